package jukebox

import (
	"context"
	"time"
	"unicode/utf8"

	"antwon.dj/backend/internal/party"
)

const maxPlaylistLimit = 50

// PlaylistSongs returns a page of the songs of the playlist that the host chose for guests, or, with a query, of those
// that contain all its words. limit is 1 to 50. Without a playlist the page is empty. For guests.
func (j *Jukebox) PlaylistSongs(
	ctx context.Context, roomID string, query *string, limit, offset int,
) (*SongSearch, error) {
	a, err := j.authorize(ctx, roomID, party.ActSearch)
	if err != nil {
		return nil, err
	}
	if err := a.checkOpen(); err != nil {
		return nil, err
	}
	words := valueOrEmpty(query)
	switch {
	case utf8.RuneCountInString(words) > party.MaxQuery || !utf8.ValidString(words):
		return nil, party.BadInput("query", "must have at most %d characters", party.MaxQuery)
	case limit < 1 || limit > maxPlaylistLimit:
		return nil, party.BadInput("first", "must be 1 to %d", maxPlaylistLimit)
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil || state.Settings.GuestPlaylistURI == nil {
		return &SongSearch{Hits: []party.SongHit{}}, err
	}
	chosen, failure := j.library.Chosen(ctx, a.hostID, *state.Settings.GuestPlaylistURI)
	if chosen == nil {
		return nil, failure
	}
	songs := chosen.Find(words)
	songs = songs[min(offset, len(songs)):]
	page := songs[:min(limit, len(songs))]
	search, err := j.searchHits(ctx, a, state, page, chosen)
	if err != nil {
		return nil, err
	}
	search.HasMore, search.Degraded = len(page) < len(songs), failure != nil
	return search, nil
}

// searchHits returns a hit for each song, which says whether the viewer may add it.
func (j *Jukebox) searchHits(
	ctx context.Context, a access, state *party.State, songs []party.Song, chosen *party.ChosenSongs,
) (*SongSearch, error) {
	allowance, err := j.loadAllowance(ctx, a, &state.Settings)
	if err != nil {
		return nil, err
	}
	search := &SongSearch{Hits: []party.SongHit{}}
	for _, s := range songs {
		search.Hits = append(search.Hits, state.SearchHit(s, a.viewer.UserID, a.role, allowance, chosen, time.Now()))
	}
	return search, nil
}

// chosenFor returns the playlist to which the viewer's songs are restricted. It is nil if they are not restricted, and
// if the playlist cannot be read: the rule then refuses every song.
func (j *Jukebox) chosenFor(ctx context.Context, a access, s *party.RoomSettings) *party.ChosenSongs {
	if s.GuestPlaylistURI == nil || !a.role.HasGuestRules() || s.GuestPlaylistUse == party.PlaylistLike {
		return nil
	}
	chosen, err := j.library.Chosen(ctx, a.hostID, *s.GuestPlaylistURI)
	if chosen == nil {
		j.cfg.Log.WarnContext(ctx, "could not read the playlist for guests", "room_id", a.roomID, "error", err)
	}
	return chosen
}
