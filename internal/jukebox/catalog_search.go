package jukebox

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/internal/party"
)

const (
	maxSearchLimit  = 10  // Spotify's own
	maxSearchOffset = 990 // Spotify ends at 1000
)

// SongSearch is a page of search results.
type SongSearch struct {
	Hits     []party.SongHit
	HasMore  bool
	Degraded bool // Spotify does not answer: only songs of this room
}

// SearchSongs searches Spotify for what guests of an open room may add; while Spotify does not answer, the room's own songs.
// For guests.
func (j *Jukebox) SearchSongs(ctx context.Context, roomID, query string, limit, offset int) (*SongSearch, error) {
	a, err := j.authorize(ctx, roomID, party.ActSearch)
	if err := cmp.Or(err, a.checkOpen()); err != nil {
		return nil, err
	}
	if query, err = parseQuery(query, limit, offset); err != nil {
		return nil, err
	}
	songs, hasMore, err := j.cfg.Catalog.Search(ctx, a.hostID, query, limit, offset)
	degraded := party.CodeOf(err) == party.UpstreamUnavailable
	if degraded {
		songs, hasMore, err = j.searchRoomSongs(ctx, roomID, query, limit, offset)
	}
	if err != nil {
		return nil, fmt.Errorf("search songs: %w", err)
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	adds, err := j.allowanceOf(ctx, a, &state.Settings)
	if err != nil {
		return nil, err
	}
	search := &SongSearch{HasMore: hasMore && offset+limit <= maxSearchOffset, Hits: []party.SongHit{}, Degraded: degraded}
	for _, s := range songs {
		if !degraded {
			j.cacheSong(a.hostID, s)
		}
		search.Hits = append(search.Hits, state.SearchHit(s, a.viewer.UserID, a.role, adds, time.Now()))
	}
	return search, nil
}

// allowanceOf returns how much the viewer may add, where the room limits that.
func (j *Jukebox) allowanceOf(ctx context.Context, a access, s *party.RoomSettings) (party.Allowance, error) {
	if s.AddsPerHour == nil || a.role != party.RoleGuest {
		return party.Allowance{}, nil
	}
	row, err := j.db.Read.Membership.Query().Where(membership.RoomID(a.roomID), membership.UserID(a.viewer.UserID)).Only(ctx)
	if err != nil {
		return party.Allowance{}, fmt.Errorf("load what the viewer may add: %w", err)
	}
	return allowanceOf(row, s), nil
}

func parseQuery(query string, limit, offset int) (string, error) {
	query = strings.TrimSpace(query)
	switch n := utf8.RuneCountInString(query); {
	case n < 1 || n > party.MaxQuery || !utf8.ValidString(query):
		return "", party.BadInput("query", "must have 1 to %d characters", party.MaxQuery)
	case limit < 1 || limit > maxSearchLimit:
		return "", party.BadInput("limit", "must be 1 to %d", maxSearchLimit)
	case offset < 0 || offset > maxSearchOffset:
		return "", party.BadInput("offset", "must be 0 to %d", maxSearchOffset)
	}
	return query, nil
}
