package secrets

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// ChangedError reports secrets with changes that a running server cannot adopt.
type ChangedError struct{ Secrets []string }

func (e *ChangedError) Error() string {
	return "these secrets have changed, and the server has to be restarted to use them: " + strings.Join(e.Secrets, ", ")
}

// Watch reads the secrets at random intervals around Options.Refresh and adopts a changed database user and password.
// It returns a *ChangedError when anything else has changed and usable accepts the new values, and nil when ctx ends.
// The intervals are random, so that servers that watch the same secrets do not all stop at the same moment.
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

// refresh reads the secrets once. It returns the names of the secrets with changes that the server cannot adopt, but
// could be started with.
func (s *Source) refresh(ctx context.Context, log *slog.Logger, usable func(Values) error) []string {
	read, err := s.readAll(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		log.WarnContext(ctx, "secrets could not be read; the server keeps the former values", "error", err)
	}
	changed, restarted := s.apply(read)
	if len(changed) == 0 {
		return nil
	}
	if err := usable(restarted); err != nil {
		log.ErrorContext(ctx, "secrets have changed and cannot be used; the server keeps the former values",
			"secrets", changed, "error", err)
		return nil
	}
	return changed
}

// apply adopts the changes that a running server can adopt. It returns the names of the secrets with other changes, and
// the values that a restarted server would have. The parameter read is in the order of s.secrets; nil stands for a
// secret that was not read.
func (s *Source) apply(read []map[string]string) (changed []string, restarted Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.values)
	for i, values := range read {
		switch {
		case values == nil:
			continue
		case equalExceptUser(s.values[i], values):
			s.values[i] = values
		default:
			changed = append(changed, s.secrets[i].name)
		}
		all[i] = values
	}
	return changed, s.merge(all)
}
