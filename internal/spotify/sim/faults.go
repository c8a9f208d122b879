package sim

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault describes a failure to inject into the responses to certain requests.
type Fault struct {
	// Method and Path select the requests that fail. An empty Method means any method. Path is a prefix of the URL's path,
	// such as "/v1/me/player/queue" or "/api/token"; an empty Path means the whole Web API. Exact requires the whole path
	// to be equal.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	Exact  bool   `json:"exact,omitempty"`
	// URI selects the requests that contain this URI in their query or body, such as those that enqueue or play one track.
	URI string `json:"uri,omitempty"`
	// Times is how many requests fail; -1 means all. 0 means one or, with For, all.
	Times int `json:"times,omitempty"`
	// For is how long requests fail, on the clock of Config.Now; 0 means that there is no end.
	For time.Duration `json:"for_ns,omitempty"`
	// Probability is the share of the matching requests that fail, from 0 to 1; 0 means all.
	Probability float64 `json:"probability,omitempty"`
	// Status is the status of the response. 0 closes the connection without a response, after which Go's client repeats a
	// GET by itself; with a Body it is that of the real response.
	Status int `json:"status,omitempty"`
	// Delay is the time before the response, and after the request was applied if it is. The client may disconnect
	// earlier. With a Status of 0 it simulates a server that hangs. It elapses in real time, or in that of a synctest
	// bubble, and not on the clock of Config.Now. A slow body takes this long; an endless one pauses after each part.
	Delay time.Duration `json:"delay_ns,omitempty"`
	// RetryAfter is sent as the Retry-After header unless it is 0, in seconds, rounded up. RetryAfterText is sent as it
	// is, whatever it means.
	RetryAfter     time.Duration `json:"retry_after_ns,omitempty"`
	RetryAfterText string        `json:"retry_after_text,omitempty"`
	// Message and Reason are those of the error body. An empty Message becomes the usual one for the status. Usual reasons
	// are "QUOTA_EXCEEDED" and "PREMIUM_REQUIRED". At /api/token, a Reason such as "invalid_grant" is the code of an error
	// of OAuth.
	Message string `json:"message,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// PlainText sends the message as plain text, as Spotify's rate limiter and gateways do. HTML sends it as a page, as
	// Spotify's proxies do.
	PlainText bool `json:"plain_text,omitempty"`
	HTML      bool `json:"html,omitempty"`
	// Empty sends no body.
	Empty bool `json:"empty,omitempty"`
	// Body applies the request and sends its real response: as it is ("real"), without its end ("truncated"), slowly
	// ("slow"), or with an end that never comes ("endless").
	Body string `json:"body,omitempty"`
	// ContentType replaces the Content-Type of the response.
	ContentType string `json:"content_type,omitempty"`
	// AfterApplying applies the request before it fails.
	AfterApplying bool `json:"after_applying,omitempty"`
	// AppliedAfter applies a player command this long after the response.
	AppliedAfter time.Duration `json:"applied_after_ns,omitempty"`
}

// injectedFault is a fault with the requests that are left of it.
type injectedFault struct {
	Fault
	schedule
}

// lateKey is the context key of how long after its response a command is applied.
type lateKey struct{}

// InjectFault makes the next matching requests fail. If several faults match a request, the oldest applies.
func (s *Spotify) InjectFault(f Fault) {
	f.Path = cmp.Or(f.Path, "/v1/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, injectedFault{f, newSchedule(f.Times, f.For, f.Probability, s.now())})
}

// ClearFaults removes the faults that have not occurred yet.
func (s *Spotify) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Validate returns an error if the fault is not possible.
func (f Fault) Validate() error {
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("%d is not an HTTP status", f.Status)
	case f.Probability < 0 || f.Probability > 1:
		return fmt.Errorf("probability is %v, must be from 0 to 1", f.Probability)
	case !slices.Contains([]string{"", "real", "truncated", "slow", "endless"}, f.Body):
		return fmt.Errorf("body is %q, must be real, truncated, slow or endless", f.Body)
	}
	return nil
}

// injectFaults wraps a handler and replaces its responses by the injected faults.
func (s *Spotify) injectFaults(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, ok := s.nextFault(r, peekBody(r))
		if !ok {
			handler.ServeHTTP(w, r)
			return
		}
		actual := &recordedResponse{header: http.Header{}}
		switch {
		case fault.AppliedAfter > 0:
			handler.ServeHTTP(actual, r.WithContext(context.WithValue(r.Context(), lateKey{}, fault.AppliedAfter)))
		case fault.AfterApplying, fault.Body != "":
			handler.ServeHTTP(actual, r)
		}
		if fault.Body != "" {
			fault.sendBody(w, r, actual)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // otherwise the server does not notice that the client disconnects
		wait(r.Context(), fault.Delay)
		fault.answer(w, r)
	})
}

// peekBody returns the body of a request, as far as a handler reads it, and leaves it to be read again.
func peekBody(r *http.Request) string {
	read, _ := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(read), r.Body), r.Body}
	return string(read)
}

// wait waits until d has passed, or the client has disconnected.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// nextFault returns the fault for a request with the given body, if there is one, and counts it.
func (s *Spotify) nextFault(r *http.Request, body string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.faults = slices.DeleteFunc(s.faults, func(f injectedFault) bool { return f.isOver(now) })
	for i := range s.faults {
		if f := &s.faults[i]; f.matches(r, body) && f.take(now, s.random) {
			s.injected[f.kind()]++
			return f.Fault, true
		}
	}
	return Fault{}, false
}

func (f Fault) matches(r *http.Request, body string) bool {
	path := r.URL.Path
	return (f.Method == "" || f.Method == r.Method) &&
		(path == f.Path || !f.Exact && strings.HasPrefix(path, f.Path)) &&
		(f.URI == "" || r.URL.Query().Get("uri") == f.URI || strings.Contains(body, `"`+f.URI+`"`))
}

// kind returns the name under which Injected counts the fault.
func (f Fault) kind() string {
	name := "cut"
	switch {
	case f.Status != 0:
		name = strconv.Itoa(f.Status)
	case f.Body != "":
		name = "actual status"
	case f.Delay > 0:
		name = "hang"
	}
	late := f.Status != 0 && f.Delay > 0 && f.Body == ""
	for _, property := range []struct {
		name    string
		applies bool
	}{
		{f.Reason, f.Reason != ""}, {"text", f.PlainText}, {"html", f.HTML}, {"empty", f.Empty},
		{f.Body + " body", f.Body != ""}, {f.ContentType, f.ContentType != ""},
		{"retry-after " + f.RetryAfterText, f.RetryAfterText != ""}, {"of one track", f.URI != ""},
		{"late", late}, {"after applying", f.AfterApplying}, {"applied later", f.AppliedAfter > 0},
	} {
		if property.applies {
			name += " " + property.name
		}
	}
	return name
}
