package server

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// observe writes one line of the access log per request, counts it and makes it a span. It must get the same
// *http.Request as the mux, which stores the matched pattern in it. The line of a WebSocket is written when the
// WebSocket opens.
func observe(log *slog.Logger, metrics *metrics, tracing *tracing, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &recorder{ResponseWriter: w}
		r, span := tracing.begin(r)
		defer func() { end(span, r.Method, r.Pattern, recorder.code()) }()
		next.ServeHTTP(recorder, r)
		took := time.Since(start)
		metrics.count(r.Pattern, recorder.code(), took)
		log.LogAttrs(r.Context(), levelOf(r.Pattern), "request",
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path), // without the query, which may contain secrets
			slog.Int("status", recorder.code()),
			slog.Int64("bytes", recorder.bytes),
			slog.Float64("duration_ms", float64(took.Microseconds())/1000),
			slog.String("remote_addr", r.RemoteAddr),
		)
	})
}

// levelOf returns debug for the routes that monitoring requests every few seconds, and info for all others.
func levelOf(pattern string) slog.Level {
	switch pattern {
	case routeHealth, routeReady, routeMetrics:
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
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

// secure sets headers that keep browsers from doing more with an answer than they should. Pages replace the policy by
// their own.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin") // addresses contain rooms' codes
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}
