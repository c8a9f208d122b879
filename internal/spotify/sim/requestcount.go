package sim

import (
	"cmp"
	"net/http"
	"strconv"
)

// countRequests wraps a handler and counts its responses by the route in mux and by status.
func (s *Spotify) countRequests(mux *http.ServeMux, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		counted := &statusWriter{ResponseWriter: w}
		ended := "cut"
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.requests[cmp.Or(pattern, "unknown")+" "+ended]++
		}()
		handler.ServeHTTP(counted, r)
		ended = strconv.Itoa(cmp.Or(counted.status, http.StatusOK))
	})
}

// statusWriter records the status of a response.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = cmp.Or(w.status, status)
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush the response.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
