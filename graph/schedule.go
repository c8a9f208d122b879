package graph

import (
	"context"
	"time"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/party"
)

const (
	// scheduleEvery is the least time between two schedules: each like would make one.
	scheduleEvery = time.Second
	// scheduleDrift is how often one is made while the music stands still, and everything moves on with the time.
	scheduleDrift = 5 * time.Second
)

// roomSchedule lets a member follow when the songs play.
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

// scheduleSource shows the states of a room, but not too many, and the same one again while time alone makes it another.
type scheduleSource struct {
	gqlserver.Source
	given   gqlserver.State // in the schedule's own versions
	givenAt time.Time
}

func (s *scheduleSource) Newest() (gqlserver.State, <-chan struct{}) {
	newest, replaced := s.Source.Newest()
	now := time.Now()
	finer(&newest)
	news, drifts := newest.ChangedAt > s.given.ChangedAt, newest.Value.(*party.State).IsStalled(now)
	since := now.Sub(s.givenAt)
	switch {
	case s.givenAt.IsZero() || newest.Last || news && since >= scheduleEvery:
	case drifts && since >= scheduleDrift:
		newest.Version = max(newest.Version, s.given.Version+1)
		newest.ChangedAt = newest.Version
	case news:
		s.given.Revoked, s.given.RevokedAt, s.given.RefreshAfter = newest.Revoked, newest.RevokedAt, scheduleEvery-since
		return s.given, replaced
	default:
		newest.Version, newest.ChangedAt = max(newest.Version, s.given.Version), s.given.ChangedAt
		newest.RefreshAfter = again(drifts, scheduleDrift-since)
		return newest, replaced
	}
	newest.RefreshAfter = again(drifts, scheduleDrift)
	s.given, s.givenAt = newest, now
	return newest, replaced
}

func again(drifts bool, in time.Duration) time.Duration {
	if drifts {
		return in
	}
	return 0
}
