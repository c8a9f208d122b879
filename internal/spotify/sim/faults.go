package sim

import (
	"cmp"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is a failure to inject.
type Fault struct {
	// Method and Path say which requests fail: "" is any method, Path is a prefix of the URL's path, such as
	// "/v1/me/player/queue" or "/api/token", and "" all of the Web API.
	Method, Path string
	// Times is how many requests fail; 0 is one.
	Times int
	// Status is what they are answered. 0 cuts the connection without an answer (Go's client then repeats a GET by
	// itself).
	Status int
	// RetryAfter is sent as that header, in whole seconds rounded up, where it is not 0.
	RetryAfter time.Duration
	// Message and Reason are the error's; an empty Message is a usual one for the status, "QUOTA_EXCEEDED" and
	// "PREMIUM_REQUIRED" are usual reasons.
	Message, Reason string
	// PlainText sends the message as text, as Spotify's rate limiter and gateways do.
	PlainText bool
	// AfterApplying carries the request out before it fails.
	AfterApplying bool
}

// Fail makes the next matching requests fail. Of several faults that match a request the oldest is used.
func (s *Spotify) Fail(f Fault) {
	f.Path = cmp.Or(f.Path, "/v1/")
	f.Times = max(f.Times, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// failing wraps the handler with the faults that were injected.
func (s *Spotify) failing(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, ok := s.takeFault(r)
		if !ok {
			handler.ServeHTTP(w, r)
			return
		}
		if fault.AfterApplying {
			handler.ServeHTTP(unheard{}, r)
		}
		fault.answer(w)
	})
}

func (s *Spotify) takeFault(r *http.Request) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := &s.faults[i]
		if (f.Method == "" || f.Method == r.Method) && strings.HasPrefix(r.URL.Path, f.Path) {
			f.Times--
			taken := *f
			if f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
			return taken, true
		}
	}
	return Fault{}, false
}

func (f Fault) answer(w http.ResponseWriter) {
	if f.Status == 0 {
		panic(http.ErrAbortHandler) // net/http's way to cut a connection
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	message := cmp.Or(f.Message, usualMessage(f.Status))
	if f.PlainText {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, message)
		return
	}
	writeJSON(w, f.Status, map[string]apiError{"error": {Status: f.Status, Message: message, Reason: f.Reason}})
}

func usualMessage(status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusInternalServerError:
		return "Server error."
	}
	return http.StatusText(status)
}

// unheard takes an answer that nobody gets.
type unheard struct{}

func (unheard) Header() http.Header         { return http.Header{} }
func (unheard) Write(b []byte) (int, error) { return len(b), nil }
func (unheard) WriteHeader(int)             {}
