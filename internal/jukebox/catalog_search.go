package jukebox

import (
	"context"
	"fmt"
	"strings"
	"time"
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
	found, err := j.catalog.search(ctx, a, query, limit, offset)
	if err != nil {
		return nil, fmt.Errorf("search songs: %w", err)
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	allowance, err := j.loadAllowance(ctx, a, &state.Settings)
	if err != nil {
		return nil, err
	}
	search := &SongSearch{
		HasMore: found.hasMore && offset+limit <= maxSearchOffset, Hits: []party.SongHit{}, Degraded: found.degraded,
	}
	for _, s := range found.songs {
		search.Hits = append(search.Hits, state.SearchHit(s, a.viewer.UserID, a.role, allowance, time.Now()))
	}
	return search, nil
}

// foundSongs is one page of what the catalogue found.
type foundSongs struct {
	songs    []party.Song
	hasMore  bool
	degraded bool // found among the room's songs, because Spotify is unavailable
}

// search asks Spotify on behalf of the room's host and caches the songs it finds. While Spotify is unavailable it
// searches the room's songs.
func (c *songCatalog) search(
	ctx context.Context, a access, query string, limit, offset int,
) (found foundSongs, err error) {
	found.songs, found.hasMore, err = c.spotify.Search(ctx, a.hostID, query, limit, offset)
	if party.CodeOf(err) == party.UpstreamUnavailable {
		found.degraded = true
		found.songs, found.hasMore, err = c.searchRoomSongs(ctx, a.roomID, query, limit, offset)
		return found, err
	}
	for _, s := range found.songs {
		c.cacheSong(a.hostID, s)
	}
	return found, err
}

// loadAllowance returns how many songs the viewer may still add. The zero Allowance is returned where nothing limits
// them.
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
