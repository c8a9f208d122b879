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
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Times is how many requests fail; 0 is one.
	Times int `json:"times,omitempty"`
	// Status is what they are answered. 0 cuts the connection without an answer (Go's client then repeats a GET by
	// itself).
	Status int `json:"status,omitempty"`
	// Delay is waited before that, after the request was carried out if it is. Whoever asked may leave earlier. With a
	// Status of 0 it is a server that hangs. It is real time, or a bubble's, not that of Config.Now.
	Delay time.Duration `json:"delay_ns,omitempty"`
	// RetryAfter is sent as that header, in whole seconds rounded up, where it is not 0.
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
	// Message and Reason are the error's; an empty Message is a usual one for the status, "QUOTA_EXCEEDED" and
	// "PREMIUM_REQUIRED" are usual reasons.
	Message string `json:"message,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// PlainText sends the message as text, as Spotify's rate limiter and gateways do, HTML as a page, as its proxies do.
	PlainText bool `json:"plain_text,omitempty"`
	HTML      bool `json:"html,omitempty"`
	// Empty sends no body at all.
	Empty bool `json:"empty,omitempty"`
	// AfterApplying carries the request out before it fails.
	AfterApplying bool `json:"after_applying,omitempty"`
}

// Fail makes the next matching requests fail. Of several faults that match a request the oldest is used.
func (s *Spotify) Fail(f Fault) {
	f.Path = cmp.Or(f.Path, "/v1/")
	f.Times = max(f.Times, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// Heal forgets the faults that were not used yet.
func (s *Spotify) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
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
		if fault.Delay > 0 {
			_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the client leaves
			select {
			case <-time.After(fault.Delay):
			case <-r.Context().Done():
			}
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
			s.injected[taken.kind()]++
			return taken, true
		}
	}
	return Fault{}, false
}

// kind names a fault as Injected counts it.
func (f Fault) kind() string {
	name := "cut"
	switch {
	case f.Status == 0 && f.Delay > 0:
		name = "hang"
	case f.Status != 0:
		name = strconv.Itoa(f.Status)
	}
	for _, more := range []struct {
		name string
		so   bool
	}{
		{f.Reason, f.Reason != ""}, {"text", f.PlainText}, {"html", f.HTML}, {"empty", f.Empty},
		{"late", f.Status != 0 && f.Delay > 0}, {"after applying", f.AfterApplying},
	} {
		if more.so {
			name += " " + more.name
		}
	}
	return name
}

func (f Fault) answer(w http.ResponseWriter) {
	message := cmp.Or(f.Message, usualMessage(f.Status))
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	switch {
	case f.Status == 0:
		panic(http.ErrAbortHandler) // net/http's way to cut a connection
	case f.Empty:
		w.WriteHeader(f.Status)
	case f.HTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, "<html><head><title>"+message+"</title></head><body><h1>"+message+"</h1></body></html>\n")
	default:
		apiError{Status: f.Status, Message: message, Reason: f.Reason, text: f.PlainText}.write(w)
	}
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
