package graph

import (
	"context"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// quotaLook is how soon after an event it is looked at when the quota that it told refills.
const quotaLook = time.Second

// viewerInRoom lets a member follow what concerns them.
func (r *Resolver) viewerInRoom(ctx context.Context, args map[string]any) (*gqlserver.Grant, error) {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	var looked, concerned int64 // the newest version that was looked at, and the one at which the viewer was concerned
	opened, err := r.open(aspect{
		own: viewer.UserID,
		changed: func(s *party.State) int64 {
			if s.AffectedSince(viewer.UserID) > looked {
				concerned = s.Version
			}
			looked = s.Version
			return concerned
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

// viewerSource shows a room's state again when time alone lets the viewer add a song again.
type viewerSource struct {
	gqlserver.Source
	told      int64      // the version that was told last, like all here in versions of its own
	refilled  int64      // the version that time made last
	refillsAt *time.Time // as was told; nil: nobody waits for it
}

func (s *viewerSource) Newest() (gqlserver.State, <-chan struct{}) {
	newest, replaced := s.Source.Newest()
	finer(&newest)
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
	case newest.ChangedAt > s.told: // when it refills is known once this was told
		newest.RefreshAfter = quotaLook
	default:
		newest.RefreshAfter = max(0, left)
	}
	return newest, replaced
}

func (s *viewerSource) Event(ctx context.Context, since *int64, state gqlserver.State) (any, error) {
	event, err := s.Source.Event(ctx, since, state)
	if mine, ok := event.(*jukebox.ViewerInRoom); ok && err == nil {
		s.told, s.refillsAt = state.ChangedAt, mine.Quota.RefillsAt
	}
	return event, err
}
