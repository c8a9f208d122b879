package jukebox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/song"
)

const (
	maxSearchLimit  = 10  // Spotify's own
	maxSearchOffset = 990 // Spotify ends at 1000
	maxQueue        = 500 // songs that can wait in a room
	// songFreshness is how long Spotify's description of a song is taken from memory when it is added.
	songFreshness = time.Hour
)

// AddedSong is what adding a song gave.
type AddedSong struct {
	Item          *QueueItem
	AlreadyQueued bool // the recording was there: the add became a like, or none if it is committed or playing
}

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
	a, err := j.toRoom(ctx, roomID)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(a.guest(), a.open()); err != nil {
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
	search := &SongSearch{HasMore: hasMore && offset+limit <= maxSearchOffset, Hits: []SongHit{}, Degraded: degraded}
	for _, s := range songs {
		if !degraded {
			j.remember(a.hostID, s)
		}
		search.Hits = append(search.Hits, hit(s, state))
	}
	return search, nil
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

// hit tells whether a song can be added to a room in this state.
func hit(s Song, state *State) SongHit {
	h := SongHit{Song: s, Refusal: mayAdd(s, len(state.Queue))}
	if queued := state.find(recordingOf(s)); queued != nil {
		h.QueueItemID = &queued.ID
		h.Refusal = mayLike(queued.State) // adding it again is a like
	}
	h.CanAdd = h.Refusal == nil
	return h
}

// find returns the item that holds a recording, or nil.
func (s *State) find(recording string) *QueueItem {
	i := slices.IndexFunc(s.Queue, func(item *QueueItem) bool { return recordingOf(item.Song) == recording })
	if i >= 0 {
		return s.Queue[i]
	}
	if s.NowPlaying != nil && recordingOf(s.NowPlaying.Song) == recording {
		return s.NowPlaying
	}
	return nil
}

// mayAdd is the rule for adding a song that is not queued to so many that are.
func mayAdd(s Song, queued int) *Refusal {
	switch {
	case !s.Playable:
		return &Refusal{ReasonNotPlayable, "Spotify does not play this song for the host."}
	case queued >= maxQueue:
		return &Refusal{ReasonQueueFull, "The queue is full: wait until a song has been played."}
	}
	return nil
}

// AddSong adds a song by its URI or link to a room's queue. A recording that is queued already becomes a like of the
// viewer instead. For guests. NotFound if Spotify has no such song, Refused by a rule of the room.
func (j *Jukebox) AddSong(ctx context.Context, roomID, songURI string, key *string) (*AddedSong, error) {
	a, err := j.toRoom(ctx, roomID)
	if err != nil {
		return nil, err
	}
	if err := a.guest(); err != nil {
		return nil, err
	}
	uri, err := parseTrack("songUri", songURI)
	if err != nil {
		return nil, err
	}
	arguments := [2]string{roomID, uri}
	known, err := j.answered(ctx, key, "addSong", arguments)
	if err != nil {
		return nil, fmt.Errorf("add song: %w", err)
	}
	var s Song
	if a.status == Open && !known { // a closed room takes none, but still answers for those it took
		if s, err = j.fetch(ctx, a, uri); err != nil {
			return nil, fmt.Errorf("add song: %w", err)
		}
	}
	done, err := j.changeOnce(ctx, a, key, "addSong", arguments, func(ctx context.Context, t *roomTx) (outcome, error) {
		return t.addSong(ctx, a.viewer.UserID, s)
	})
	if err != nil {
		return nil, fmt.Errorf("add song: %w", err)
	}
	item, err := j.loader.item(ctx, done.objectID)
	if err != nil {
		return nil, err
	}
	return &AddedSong{item, done.flag}, nil
}

// fetch returns Spotify's description of a song. It asks Spotify before any transaction begins.
func (j *Jukebox) fetch(ctx context.Context, a access, uri string) (Song, error) {
	key := fetchedKey(a.hostID, uri)
	if known, ok := j.fetched.Get(key); ok && time.Since(known.at) < songFreshness {
		return known.song, nil
	}
	s, err := j.cfg.Catalog.Song(ctx, a.hostID, uri)
	if CodeOf(err) == UpstreamUnavailable {
		if known, found, loadErr := j.knownSong(ctx, uri); found || loadErr != nil {
			return known, loadErr
		}
	}
	if err != nil {
		return Song{}, err
	}
	j.remember(a.hostID, s)
	return s, nil
}

// fetchedKey keeps hosts apart: what is playable differs from country to country.
func fetchedKey(hostID, uri string) string { return hostID + " " + uri }

func (t *roomTx) addSong(ctx context.Context, userID string, s Song) (outcome, error) {
	recording := recordingOf(s)
	queued, err := t.tx.QueueItem.Query().Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecording(recording)).Only(ctx)
	if err == nil {
		if mayLike(QueueItemState(queued.State)) == nil {
			err = t.like(ctx, queued, userID)
		}
		return outcome{objectID: queued.ID, flag: true}, err
	}
	if !ent.IsNotFound(err) {
		return outcome{}, err
	}
	waiting, err := t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecordingNotNil(), queueitem.StateNEQ(string(NowPlaying))).Count(ctx)
	if err != nil {
		return outcome{}, err
	}
	if refusal := mayAdd(s, waiting); refusal != nil {
		return outcome{}, refused(refusal)
	}
	t.concerns(userID)
	id := newID()
	return outcome{objectID: id}, t.queue(ctx, id, s, &userID)
}

// queue puts a song at the end of the queue; addedBy nil: nobody did.
func (t *roomTx) queue(ctx context.Context, id string, s Song, addedBy *string) error {
	if err := t.keepSong(ctx, s); err != nil {
		return err
	}
	return t.alter().QueueItem.Create().SetID(id).SetRoomID(t.roomID).SetSongID(s.URI).SetNillableAddedByID(addedBy).
		SetAddedAt(t.now).SetAge(t.version).SetVersion(t.version).SetState(string(Queued)).SetLikeCount(0).
		SetActiveRecording(recordingOf(s)).Exec(ctx)
}

// keepSong stores a song, or notes that it was fetched anew.
func (t *roomTx) keepSong(ctx context.Context, s Song) error {
	n, err := t.tx.Song.Update().Where(song.ID(s.URI)).SetPlayable(s.Playable).SetFetchedAt(t.now).Save(ctx)
	if err != nil || n == 1 {
		return err
	}
	err = t.note().Song.Create().SetID(s.URI).SetName(cut(s.Name, 1024)).SetArtists(s.Artists).SetAlbumName(cut(s.AlbumName, 1024)).
		SetNillableImageURL(s.ImageURL).SetDurationMs(s.DurationMS).SetExplicit(s.Explicit).SetPlayable(s.Playable).
		SetSpotifyURL(s.SpotifyURL).SetIsrc(cut(s.ISRC, 32)).SetFetchedAt(t.now).Exec(ctx)
	if ent.IsConstraintError(err) { // added to another room at this moment
		return nil
	}
	return err
}

// cut shortens a text of Spotify's to so many bytes that its column takes, at the edge of a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
