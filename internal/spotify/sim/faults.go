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

// Fault describes a failure to inject into the responses to certain requests.
type Fault struct {
	// Method and Path select the requests that fail. An empty Method means any method. Path is a prefix of the URL's path,
	// such as "/v1/me/player/queue" or "/api/token"; an empty Path means the whole Web API.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Times is how many requests fail; 0 means one.
	Times int `json:"times,omitempty"`
	// Status is the status of the response. 0 closes the connection without a response, after which Go's client repeats a
	// GET by itself.
	Status int `json:"status,omitempty"`
	// Delay is the time before the response, and after the request was applied if it is. The client may disconnect
	// earlier. With a Status of 0 it simulates a server that hangs. It elapses in real time, or in that of a synctest
	// bubble, and not on the clock of Config.Now.
	Delay time.Duration `json:"delay_ns,omitempty"`
	// RetryAfter is sent as the Retry-After header unless it is 0, in seconds, rounded up.
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
	// Message and Reason are those of the error body. An empty Message becomes the usual one for the status. Usual reasons
	// are "QUOTA_EXCEEDED" and "PREMIUM_REQUIRED".
	Message string `json:"message,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// PlainText sends the message as plain text, as Spotify's rate limiter and gateways do. HTML sends it as a page, as
	// Spotify's proxies do.
	PlainText bool `json:"plain_text,omitempty"`
	HTML      bool `json:"html,omitempty"`
	// Empty sends no body.
	Empty bool `json:"empty,omitempty"`
	// AfterApplying applies the request before it fails.
	AfterApplying bool `json:"after_applying,omitempty"`
}

// InjectFault makes the next matching requests fail. If several faults match a request, the oldest applies.
func (s *Spotify) InjectFault(f Fault) {
	f.Path = cmp.Or(f.Path, "/v1/")
	f.Times = max(f.Times, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// ClearFaults removes the faults that have not occurred yet.
func (s *Spotify) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// injectFaults wraps a handler and replaces its responses by the injected faults.
func (s *Spotify) injectFaults(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, ok := s.nextFault(r)
		if !ok {
			handler.ServeHTTP(w, r)
			return
		}
		if fault.AfterApplying {
			handler.ServeHTTP(discard{}, r)
		}
		if fault.Delay > 0 {
			_, _ = io.Copy(io.Discard, r.Body) // otherwise the server does not notice that the client disconnects
			select {
			case <-time.After(fault.Delay):
			case <-r.Context().Done():
			}
		}
		fault.answer(w)
	})
}

// nextFault returns the fault for a request, if there is one, and counts it.
func (s *Spotify) nextFault(r *http.Request) (Fault, bool) {
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

// kind returns the name under which Injected counts the fault.
func (f Fault) kind() string {
	name := "cut"
	switch {
	case f.Status == 0 && f.Delay > 0:
		name = "hang"
	case f.Status != 0:
		name = strconv.Itoa(f.Status)
	}
	for _, property := range []struct {
		name    string
		applies bool
	}{
		{f.Reason, f.Reason != ""}, {"text", f.PlainText}, {"html", f.HTML}, {"empty", f.Empty},
		{"late", f.Status != 0 && f.Delay > 0}, {"after applying", f.AfterApplying},
	} {
		if property.applies {
			name += " " + property.name
		}
	}
	return name
}

func (f Fault) answer(w http.ResponseWriter) {
	message := cmp.Or(f.Message, defaultMessage(f.Status))
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	switch {
	case f.Status == 0:
		panic(http.ErrAbortHandler) // this is how net/http closes a connection without a response
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

func defaultMessage(status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusInternalServerError:
		return "Server error."
	}
	return http.StatusText(status)
}

// discard is an http.ResponseWriter that discards the response.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
