package jukebox

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"antwon.dj/backend/ent/membership"
)

const (
	maxSearchLimit  = 10  // Spotify's own
	maxSearchOffset = 990 // Spotify ends at 1000
)

// SongSearch is a page of search results.
type SongSearch struct {
	Hits     []SongHit
	HasMore  bool
	Degraded bool // Spotify does not answer: only songs of this room
}

// SongHit is a search result, and whether it can be added.
type SongHit struct {
	Song        Song
	CanAdd      bool
	Refusal     *Refusal // why not
	QueueItemID *string  // where it is queued, committed or playing already
}

// SearchSongs searches Spotify for what guests of an open room may add; while Spotify does not answer, the room's own songs.
// For guests.
func (j *Jukebox) SearchSongs(ctx context.Context, roomID, query string, limit, offset int) (*SongSearch, error) {
	a, err := j.enter(ctx, roomID, ActSearch)
	if err := cmp.Or(err, a.open()); err != nil {
		return nil, err
	}
	if query, err = parseQuery(query, limit, offset); err != nil {
		return nil, err
	}
	songs, hasMore, err := j.cfg.Catalog.Search(ctx, a.hostID, query, limit, offset)
	degraded := CodeOf(err) == UpstreamUnavailable
	if degraded {
		songs, hasMore, err = j.searchKnown(ctx, roomID, query, limit, offset)
	}
	if err != nil {
		return nil, fmt.Errorf("search songs: %w", err)
	}
	state, err := j.current(ctx, roomID)
	if err != nil {
		return nil, err
	}
	adds, err := j.allowanceOf(ctx, a, &state.Settings)
	if err != nil {
		return nil, err
	}
	search := &SongSearch{HasMore: hasMore && offset+limit <= maxSearchOffset, Hits: []SongHit{}, Degraded: degraded}
	for _, s := range songs {
		if !degraded {
			j.remember(a.hostID, s)
		}
		search.Hits = append(search.Hits, state.hit(s, a, adds, time.Now()))
	}
	return search, nil
}

// allowanceOf returns how much the viewer may add, where the room limits that.
func (j *Jukebox) allowanceOf(ctx context.Context, a access, s *RoomSettings) (allowance, error) {
	if s.AddsPerHour == nil || a.role != RoleGuest {
		return allowance{}, nil
	}
	row, err := j.store.read.Membership.Query().Where(membership.RoomID(a.roomID), membership.UserID(a.viewer.UserID)).Only(ctx)
	if err != nil {
		return allowance{}, fmt.Errorf("load what the viewer may add: %w", err)
	}
	return allowanceOf(row, s), nil
}

func parseQuery(query string, limit, offset int) (string, error) {
	query = strings.TrimSpace(query)
	switch n := utf8.RuneCountInString(query); {
	case n < 1 || n > maxQuery || !utf8.ValidString(query):
		return "", badInput("query", "must have 1 to %d characters", maxQuery)
	case limit < 1 || limit > maxSearchLimit:
		return "", badInput("limit", "must be 1 to %d", maxSearchLimit)
	case offset < 0 || offset > maxSearchOffset:
		return "", badInput("offset", "must be 0 to %d", maxSearchOffset)
	}
	return query, nil
}

// hit tells whether the viewer can add a song to a room in this state.
func (s *State) hit(song Song, a access, adds allowance, now time.Time) SongHit {
	recording := recordingOf(song)
	h := SongHit{Song: song, Refusal: s.Settings.mayAdd(wish{
		song: song, playedAt: s.Plays.playedAt(recording), waiting: s.waiting(),
		role: a.role, queued: s.queuedBy(a.viewer.UserID), adds: adds,
	}, now)}
	if queued := s.find(recording); queued != nil {
		if queued.State != AwaitingApproval || queued.owner() == a.viewer.UserID || a.role.may(ActApprove) == nil {
			h.QueueItemID = &queued.ID
		}
		h.Refusal = mayLike(queued.State) // adding it again is a like
	}
	h.CanAdd = h.Refusal == nil
	return h
}

// find returns the item that holds a recording, or nil.
func (s *State) find(recording string) *QueueItem {
	for item := range s.active() {
		if cmp.Or(item.recording, recordingOf(item.Song)) == recording {
			return item
		}
	}
	return nil
}

// waiting counts the songs that wait, also for approval. Fallback music takes nobody's place.
func (s *State) waiting() (n int) {
	for item := range s.active() {
		if item.State != NowPlaying && !item.FillsIn() {
			n++
		}
	}
	return n
}

// queuedBy counts the songs of somebody that wait.
func (s *State) queuedBy(userID string) (n int) {
	for item := range s.active() {
		if item.AddedBy != nil && item.AddedBy.ID == userID && item.State != NowPlaying {
			n++
		}
	}
	return n
}
