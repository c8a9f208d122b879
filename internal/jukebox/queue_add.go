package jukebox

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/song"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// AddedSong is what adding a song gave.
type AddedSong struct {
	Item          *party.QueueItem
	AlreadyQueued bool // the recording was there: the add became a like, or none if it is committed or playing
}

// AddSong adds a song by its URI or link to a room's queue. A recording that is queued already becomes a like of the
// viewer instead. For guests. NotFound if Spotify has no such song, Refused by a rule of the room.
func (j *Jukebox) AddSong(ctx context.Context, roomID, songURI string, key *string) (*AddedSong, error) {
	a, err := j.authorize(ctx, roomID, party.ActAdd)
	if err != nil {
		return nil, err
	}
	uri, err := party.ParseTrack("songUri", songURI)
	if err != nil {
		return nil, err
	}
	arguments := [2]string{roomID, uri}
	known, err := j.isRepeated(ctx, key, "addSong", arguments)
	if err != nil {
		return nil, fmt.Errorf("add song: %w", err)
	}
	var s party.Song
	if a.status == party.Open && !known { // a closed room takes none, but still answers for those it took
		if s, err = j.catalog.fetchSong(ctx, a.hostID, uri); err != nil {
			return nil, fmt.Errorf("add song: %w", err)
		}
	}
	done, err := j.changeOnce(ctx, a, key, "addSong", arguments, func(ctx context.Context, t *roomTx) (result, error) {
		return t.addSong(ctx, s)
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

func (t *roomTx) addSong(ctx context.Context, s party.Song) (result, error) {
	recording := party.RecordingOf(s)
	queued, err := t.tx.QueueItem.Query().Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecording(recording)).Only(ctx)
	if err == nil {
		return result{objectID: queued.ID, flag: true}, t.likeInstead(ctx, queued)
	}
	if !ent.IsNotFound(err) {
		return result{}, err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return result{}, err
	}
	w, err := t.addRequest(ctx, s, recording, &settings)
	if err != nil {
		return result{}, err
	}
	if refusal := settings.MayAdd(w, t.now); refusal != nil {
		return result{}, refusal.Err()
	}
	newcomer, err := t.isNewcomer(ctx, &settings)
	if err != nil {
		return result{}, err
	}
	id := database.NewID()
	if err := t.enqueue(ctx, newItem{id: id, song: s, addedBy: &t.actor, needsApproval: newcomer}); err != nil {
		return result{}, err
	}
	t.affects(t.actor)
	t.log(logEvent{kind: EventAdded, itemID: id})
	if newcomer {
		err = t.affectsHosts(ctx)
	}
	return result{objectID: id}, cmp.Or(err, t.spendAllowance(ctx, w.Allowance))
}

// addAgain adds a recording that is there already: a like, where likes count.
func (t *roomTx) likeInstead(ctx context.Context, queued *ent.QueueItem) error {
	if party.MayLike(party.QueueItemState(queued.State)) != nil {
		return nil
	}
	if err := t.like(ctx, queued, t.actor); err != nil || party.QueueItemState(queued.State) != party.AwaitingApproval {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	if newcomer, err := t.isNewcomer(ctx, &settings); err != nil || newcomer {
		return err
	}
	return t.approve(ctx, queued) // somebody wants it who needs nobody's approval
}

// wish is what the rules have to know of a song that the actor wants to add.
func (t *roomTx) addRequest(ctx context.Context, s party.Song, recording string, settings *party.RoomSettings) (w party.AddRequest, err error) {
	w = party.AddRequest{Song: s, Role: t.role}
	if w.Waiting, err = t.waitingItems().Where(isNotUnlikedFallback()).Count(ctx); err != nil {
		return w, err
	}
	if w.PlayedAt, err = t.lastPlayedAt(ctx, recording, settings); err != nil || t.role != party.RoleGuest {
		return w, err
	}
	if settings.MaxQueuedPerGuest != nil {
		if w.Queued, err = t.waitingItems().Where(queueitem.AddedByID(t.actor)).Count(ctx); err != nil {
			return w, err
		}
	}
	if settings.AddsPerHour != nil {
		row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(t.actor)).Only(ctx)
		if err != nil {
			return w, err
		}
		w.Allowance = allowanceOf(row, settings)
	}
	return w, nil
}

// waiting are the songs that wait, also for approval.
func (t *roomTx) waitingItems() *ent.QueueItemQuery {
	return t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecordingNotNil(), queueitem.StateNEQ(string(party.NowPlaying)))
}

// askedFor is true of all but fallback music, which takes nobody's place.
func isNotUnlikedFallback() predicate.QueueItem {
	return queueitem.Or(queueitem.AddedByIDNotNil(), queueitem.LikeCountGT(0))
}

// fillsIn is QueueItem.FillsIn of a row.
func isUnlikedFallback(row *ent.QueueItem) bool { return row.AddedByID == nil && row.LikeCount == 0 }

// playedAt returns when a recording began to play last, if that matters.
func (t *roomTx) lastPlayedAt(ctx context.Context, recording string, settings *party.RoomSettings) (time.Time, error) {
	if settings.CooldownMinutes == 0 {
		return time.Time{}, nil
	}
	row, err := t.tx.QueueItem.Query().Where(queueitem.RoomID(t.roomID), queueitem.Recording(recording), queueitem.StartedAtNotNil()).
		Order(queueitem.ByStartedAt(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return *row.StartedAt, nil
}

func allowanceOf(row *ent.Membership, s *party.RoomSettings) party.Allowance {
	a := party.Allowance{PerHour: *s.AddsPerHour}
	if row.AddsFullAt != nil {
		a.FullAt = *row.AddsFullAt
	}
	return a
}

// countAdd counts a song against what the actor may add, where that is limited.
func (t *roomTx) spendAllowance(ctx context.Context, adds party.Allowance) error {
	if adds.PerHour == 0 {
		return nil
	}
	return t.tx.Membership.Update().Where(membership.RoomID(t.roomID), membership.UserID(t.actor)).
		SetAddsFullAt(database.Microseconds(adds.Spend(t.now).FullAt)).Exec(ctx)
}

// entry is a song that comes into the queue.
type newItem struct {
	id            string
	song          party.Song
	addedBy       *string // nil: nobody
	needsApproval bool    // for a host's approval
}

// queue puts a song at the end of the queue.
func (t *roomTx) enqueue(ctx context.Context, e newItem) error {
	if err := t.storeSong(ctx, e.song); err != nil {
		return err
	}
	recording := party.RecordingOf(e.song)
	create := t.versioned().QueueItem.Create().SetID(e.id).SetRoomID(t.roomID).SetSongID(e.song.URI).SetNillableAddedByID(e.addedBy).
		SetAddedAt(t.now).SetAge(t.version).SetVersion(t.version).SetState(string(party.Queued)).SetLikeCount(0).
		SetRecording(recording).SetActiveRecording(recording)
	if e.needsApproval {
		create.SetState(string(party.AwaitingApproval)).SetApproval(approvalWaiting)
	}
	return create.Exec(ctx)
}

// keepSong stores a song, or notes that it was fetched anew.
func (t *roomTx) storeSong(ctx context.Context, s party.Song) error {
	n, err := t.tx.Song.Update().Where(song.ID(s.URI)).SetPlayable(s.Playable).SetFetchedAt(t.now).SetArtistUris(s.ArtistURIs).Save(ctx)
	if err != nil || n == 1 {
		return err
	}
	err = t.unversioned().Song.Create().SetID(s.URI).SetName(party.Truncate(s.Name, 1024)).SetArtists(s.Artists).SetArtistUris(s.ArtistURIs).SetAlbumName(party.Truncate(s.AlbumName, 1024)).
		SetNillableImageURL(s.ImageURL).SetDurationMs(s.DurationMS).SetExplicit(s.Explicit).SetPlayable(s.Playable).
		SetSpotifyURL(s.SpotifyURL).SetIsrc(party.Truncate(s.ISRC, 32)).SetFetchedAt(t.now).Exec(ctx)
	if ent.IsConstraintError(err) { // added to another room at this moment
		return nil
	}
	return err
}
