package secrets

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// ChangedError says that secrets have changed in a way that a running server cannot follow.
type ChangedError struct{ Secrets []string }

func (e *ChangedError) Error() string {
	return "what these secrets say has changed, and takes effect when the server is started anew: " + strings.Join(e.Secrets, ", ")
}

// Watch reads the secrets again and again until ctx ends; then it returns nil. It returns a *ChangedError when one has
// changed that the server cannot follow, and usable accepts what they say now. Servers that watch the same secrets look at
// different times, so that they do not all stop at the same moment.
func (s *Source) Watch(ctx context.Context, log *slog.Logger, usable func(Values) error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.options.Refresh/2 + rand.N(s.options.Refresh)):
		}
		if changed := s.refresh(ctx, log, usable); len(changed) > 0 {
			return &ChangedError{changed}
		}
	}
}

// refresh returns the names of the secrets that the server cannot follow, but could be started with.
func (s *Source) refresh(ctx context.Context, log *slog.Logger, usable func(Values) error) []string {
	read, err := s.readAll(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		log.WarnContext(ctx, "could not read secrets again, and goes on with what they said", "error", err)
	}
	changed, now := s.apply(read)
	if len(changed) == 0 {
		return nil
	}
	if err := usable(now); err != nil {
		log.ErrorContext(ctx, "secrets have changed and cannot be used; the server goes on with what they said",
			"secrets", changed, "error", err)
		return nil
	}
	return changed
}

// adopt takes over what the server can follow. It returns the secrets that differ in anything else, and what all of them
// said now, or before where nothing was read.
func (s *Source) apply(read []map[string]string) (changed []string, now Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := slices.Clone(s.values)
	for i, values := range read {
		switch {
		case values == nil:
			continue
		case equalExceptUser(s.values[i], values):
			s.values[i] = values
		default:
			changed = append(changed, s.secrets[i].name)
		}
		said[i] = values
	}
	return changed, s.merge(said)
}
