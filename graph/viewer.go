package graph

import (
	"context"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// quotaDelay is the time from a new state until the source is read again. By then the event for that state has been
// sent, so it is known when the viewer's quota refills.
const quotaDelay = time.Second

// viewerInRoom opens the source of the viewerInRoom subscription.
func (r *Resolver) viewerInRoom(ctx context.Context, args map[string]any) (*gqlserver.Grant, error) {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	var checked, affected int64 // the newest version that was checked, and the newest one that affected the viewer
	opened, err := r.open(aspect{
		viewerID: viewer.UserID,
		changed: func(s *party.State) int64 {
			if s.AffectedSince(viewer.UserID) > checked {
				affected = s.Version
			}
			checked = s.Version
			return affected
		},
		event: func(ctx context.Context, _ *int64, s *party.State) (any, error) {
			return r.jukebox.ViewerInRoom(ctx, s)
		},
	})(ctx, args)
	if err != nil {
		return nil, err
	}
	return refine(opened, func(room gqlserver.Source) gqlserver.Source { return &viewerSource{Source: room} }), nil
}

// viewerSource repeats the state of a room when time alone lets the viewer add a song again. All its versions are in
// ticks.
type viewerSource struct {
	gqlserver.Source
	sent      int64      // the version of the event that was sent last
	refilled  int64      // the last version that exists because the quota refilled
	refillsAt *time.Time // when the quota refills, according to the last event; nil: nothing to wait for
}

func (s *viewerSource) Newest() (gqlserver.State, <-chan struct{}) {
	newest, replaced := s.Source.Newest()
	toTicks(&newest)
	newest.Version = max(newest.Version, s.refilled)
	left := time.Duration(0)
	if s.refillsAt != nil {
		if left = time.Until(*s.refillsAt); left <= 0 {
			newest.Version++
			s.refilled, s.refillsAt = newest.Version, nil
		}
	}
	newest.ChangedAt = max(newest.ChangedAt, s.refilled)
	switch limits := newest.Value.(*party.State).Settings.AddsPerHour != nil; {
	case newest.Last || !limits:
	case newest.ChangedAt > s.sent: // the event for this state says when it refills
		newest.RefreshAfter = quotaDelay
	default:
		newest.RefreshAfter = max(0, left)
	}
	return newest, replaced
}

func (s *viewerSource) Event(ctx context.Context, since *int64, state gqlserver.State) (any, error) {
	event, err := s.Source.Event(ctx, since, state)
	if shown, ok := event.(*jukebox.ViewerInRoom); ok && err == nil {
		s.sent, s.refillsAt = state.ChangedAt, shown.Quota.RefillsAt
	}
	return event, err
}
