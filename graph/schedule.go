package graph

import (
	"context"
	"time"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/party"
)

const (
	// scheduleInterval is the minimum time between two schedules, because each like would cause one.
	scheduleInterval = time.Second
	// stalledInterval is how often a schedule is sent while the music stands still, because all times in it advance.
	stalledInterval = 5 * time.Second
)

// roomSchedule opens the source of the roomSchedule subscription.
func (r *Resolver) roomSchedule(ctx context.Context, args map[string]any) (*gqlserver.Grant, error) {
	opened, err := r.open(aspect{
		changed: func(s *party.State) int64 { return max(s.QueueVersion, s.PlaybackVersion) },
		event: func(_ context.Context, _ *int64, s *party.State) (any, error) {
			return s.Schedule(time.Now()), nil
		},
	})(ctx, args)
	if err != nil {
		return nil, err
	}
	return refine(opened, func(room gqlserver.Source) gqlserver.Source { return &scheduleSource{Source: room} }), nil
}

// scheduleSource limits how often the schedule of a room is sent and, while the music stands still, repeats it, because
// time alone then changes it.
type scheduleSource struct {
	gqlserver.Source
	shown   gqlserver.State // the state that was shown last, in the versions of this source
	shownAt time.Time
}

func (s *scheduleSource) Newest() (gqlserver.State, <-chan struct{}) {
	newest, replaced := s.Source.Newest()
	now := time.Now()
	toTicks(&newest)
	news, stalled := newest.ChangedAt > s.shown.ChangedAt, newest.Value.(*party.State).IsStalled(now)
	since := now.Sub(s.shownAt)
	switch {
	case s.shownAt.IsZero() || newest.Last || news && since >= scheduleInterval:
	case stalled && since >= stalledInterval:
		newest.Version = max(newest.Version, s.shown.Version+1)
		newest.ChangedAt = newest.Version
	case news:
		s.shown.Revoked, s.shown.RevokedAt, s.shown.RefreshAfter = newest.Revoked, newest.RevokedAt, scheduleInterval-since
		return s.shown, replaced
	default:
		newest.Version, newest.ChangedAt = max(newest.Version, s.shown.Version), s.shown.ChangedAt
		newest.RefreshAfter = repeatIn(stalled, stalledInterval-since)
		return newest, replaced
	}
	newest.RefreshAfter = repeatIn(stalled, stalledInterval)
	s.shown, s.shownAt = newest, now
	return newest, replaced
}

// repeatIn returns the time after which the source has to be asked again: in, if the music stands still, and otherwise
// 0, which means never.
func repeatIn(stalled bool, in time.Duration) time.Duration {
	if stalled {
		return in
	}
	return 0
}
