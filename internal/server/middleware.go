package server

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// observe writes a line of the access log for each request, counts it and makes it a span. It must get the same
// *http.Request as the mux, which stores the matched pattern in it. The line of a WebSocket is written when the
// WebSocket opens.
func observe(log *accessLog, metrics *metrics, tracing *tracing, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &recorder{ResponseWriter: w}
		r, span := tracing.begin(r)
		defer func() { end(span, r.Method, r.Pattern, recorder.code()) }()
		next.ServeHTTP(recorder, r)
		took := time.Since(start)
		metrics.count(r.Pattern, recorder.code(), took)
		log.write(r, recorder, took)
	})
}

// recoverPanics logs a panic of next, and answers 500 unless next had begun to answer.
func recoverPanics(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
				panic(p) // makes net/http close the connection without a log line
			}
			log.ErrorContext(r.Context(), "panic in a handler", "panic", p, "stack", string(debug.Stack()))
			if recorder, ok := w.(*recorder); ok && recorder.status == 0 {
				http.Error(w, "internal server error", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
