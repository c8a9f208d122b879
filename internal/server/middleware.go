package server

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// observe writes one access log line per request, counts it and makes it a span. It must see the same *http.Request as the mux, which
// leaves the matched pattern there. A WebSocket's line comes when it begins.
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
			slog.String("path", r.URL.Path), // without the query: it may hold what nobody should read in a log
			slog.Int("status", recorder.code()),
			slog.Int64("bytes", recorder.bytes),
			slog.Float64("duration_ms", float64(took.Microseconds())/1000),
			slog.String("remote_addr", r.RemoteAddr),
		)
	})
}

// levelOf keeps what machines ask every few seconds out of the log.
func levelOf(pattern string) slog.Level {
	switch pattern {
	case routeHealth, routeReady, routeMetrics:
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}

// recoverPanics answers 500 where a handler panicked, unless it had begun to answer.
func recoverPanics(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p) // asks net/http to cut the connection, quietly
			}
			log.ErrorContext(r.Context(), "panic in a handler", "panic", p, "stack", string(debug.Stack()))
			if recorder, ok := w.(*recorder); ok && recorder.status == 0 {
				http.Error(w, "internal server error", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// secure sets what keeps a browser from doing more with an answer than it should. Pages that need more say so themselves.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin") // a room's code stands in its address
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}
