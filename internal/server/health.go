package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// readyTimeout is how long Config.Ready may take; load balancers do not wait much longer.
const readyTimeout = 2 * time.Second

// Build says which build of the program this is. Fields that are not known may be empty.
type Build struct {
	Version   string `json:"version,omitempty"`
	Commit    string `json:"commit,omitempty"`
	GoVersion string `json:"go_version,omitempty"`
}

type health struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
	Build
}

// serveHealth answers that the process runs, and which build it is. It checks nothing else, so that a broken database
// does not lead to a restart.
func serveHealth(build Build) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writeHealth(w, http.StatusOK, health{Status: "alive", Build: build})
	}
}

// Shared returns a check for many concurrent callers. They share one run of check, and its result is kept for a while.
// A run does not end when its caller's ctx ends, but it has a time limit, readyTimeout. A caller whose ctx ends while
// it waits for another run gets the error of ctx.
func Shared(check func(context.Context) error, kept time.Duration) func(context.Context) error {
	var answer error
	var answered time.Time
	turn := make(chan struct{}, 1) // holds a token while somebody runs the check, or reads its answer
	return func(ctx context.Context) error {
		select {
		case turn <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("the previous check is still running: %w", ctx.Err())
		}
		defer func() { <-turn }()
		if answered.IsZero() || time.Since(answered) >= kept {
			running, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
			defer cancel()
			answer = check(running)
			answered = time.Now()
		}
		return answer
	}
}

// serveReadiness answers 200 if requests should be sent to this server, and otherwise 503 with the reason.
func serveReadiness(ready func(context.Context) error, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		err := ready(ctx)
		if err == nil {
			writeHealth(w, http.StatusOK, health{Status: "ready"})
			return
		}
		reason := err.Error()
		if errors.Is(err, context.DeadlineExceeded) {
			reason = "no answer within " + readyTimeout.String() + ": " + reason
		}
		log.WarnContext(r.Context(), "not ready", "error", err)
		writeHealth(w, http.StatusServiceUnavailable, health{Status: "unavailable", Reason: reason})
	}
}

func writeHealth(w http.ResponseWriter, status int, h health) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(h) // strings can be encoded, and a prober that has left is no failure
}
