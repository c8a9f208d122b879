package jukebox

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/internal/party"
)

const (
	maxSearchLimit  = 10  // Spotify's limit
	maxSearchOffset = 990 // Spotify returns no more than 1000 results
)

// SongSearch is a page of search results.
type SongSearch struct {
	Hits     []party.SongHit
	HasMore  bool
	Degraded bool // Spotify is unavailable: the hits are songs of this room only
}

// SearchSongs searches Spotify for songs that the viewer may add to an open room. While Spotify is unavailable it
// searches the songs of the room instead. limit is 1 to 10 and offset 0 to 990. For guests.
func (j *Jukebox) SearchSongs(ctx context.Context, roomID, query string, limit, offset int) (*SongSearch, error) {
	a, err := j.authorize(ctx, roomID, party.ActSearch)
	if err != nil {
		return nil, err
	}
	if err := a.checkOpen(); err != nil {
		return nil, err
	}
	if query, err = parseQuery(query, limit, offset); err != nil {
		return nil, err
	}
	found, err := j.catalog.Search(ctx, a.hostID, roomID, query, limit, offset)
	if err != nil {
		return nil, fmt.Errorf("search songs: %w", err)
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	search, err := j.searchHits(ctx, a, state, found.Songs, j.chosenFor(ctx, a, &state.Settings))
	if err != nil {
		return nil, err
	}
	search.HasMore, search.Degraded = found.HasMore && offset+limit <= maxSearchOffset, found.Degraded
	return search, nil
}

// loadAllowance returns how many songs the viewer may still add, or the zero Allowance if there is no limit.
func (j *Jukebox) loadAllowance(ctx context.Context, a access, s *party.RoomSettings) (party.Allowance, error) {
	if s.AddsPerHour == nil || a.role != party.RoleGuest {
		return party.Allowance{}, nil
	}
	row, err := j.db.Read.Membership.Query().
		Where(membership.RoomID(a.roomID), membership.UserID(a.viewer.UserID)).Only(ctx)
	if err != nil {
		return party.Allowance{}, fmt.Errorf("load how many songs the viewer may add: %w", err)
	}
	return allowanceOf(row, s), nil
}

// parseQuery checks the arguments of a search and returns the query without the spaces around it.
func parseQuery(query string, limit, offset int) (string, error) {
	query = strings.TrimSpace(query)
	switch n := utf8.RuneCountInString(query); {
	case n < 1 || n > party.MaxQuery || !utf8.ValidString(query):
		return "", party.BadInput("query", "must have 1 to %d characters", party.MaxQuery)
	case limit < 1 || limit > maxSearchLimit:
		return "", party.BadInput("first", "must be 1 to %d", maxSearchLimit)
	case offset < 0 || offset > maxSearchOffset:
		return "", party.BadInput("after", "must be the cursor of one of the first %d results", maxSearchOffset)
	}
	return query, nil
}
