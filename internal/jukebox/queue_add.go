package jukebox

import (
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

// AddedSong is the result of adding a song.
type AddedSong struct {
	Item          *party.QueueItem
	AlreadyQueued bool // the recording was queued: it got a like instead, unless it is committed or playing
}

// AddSong adds a song by its URI or link to a room's queue. If the recording is queued already, the viewer likes it
// instead. For guests. The error is NotFound if Spotify has no such song, and Refused if a rule of the room refuses it.
func (j *Jukebox) AddSong(ctx context.Context, roomID, songURI string, key *string) (*AddedSong, error) {
	a, err := j.authorize(ctx, roomID, party.ActAdd)
	if err != nil {
		return nil, err
	}
	return j.addSong(ctx, a, songURI, onBehalf{}, key)
}

// addSong is AddSong for a viewer who was authorized, perhaps in a guest's name.
func (j *Jukebox) addSong(
	ctx context.Context, a access, songURI string, of onBehalf, key *string,
) (*AddedSong, error) {
	uri, err := party.ParseTrack("songUri", songURI)
	if err != nil {
		return nil, err
	}
	var arguments any = [2]string{a.roomID, uri}
	if of != (onBehalf{}) {
		arguments = [4]string{a.roomID, uri, of.userID, of.name}
	}
	known, err := j.isRepeated(ctx, key, "addSong", arguments)
	if err != nil {
		return nil, fmt.Errorf("add song: %w", err)
	}
	var s newSong
	if a.status == party.Open && !known { // a closed room accepts no songs, but still answers repeated requests
		if s, err = j.lookUpNew(ctx, a, uri); err != nil {
			return nil, fmt.Errorf("add song: %w", err)
		}
	}
	done, err := j.changeOnce(ctx, a, key, "addSong", arguments, func(ctx context.Context, t *roomTx) (result, error) {
		s.of = of
		return t.addSong(ctx, s)
	})
	if err != nil {
		return nil, fmt.Errorf("add song: %w", err)
	}
	item, err := j.loader.Item(ctx, done.objectID)
	if err != nil {
		return nil, err
	}
	return &AddedSong{Item: item, AlreadyQueued: done.flag}, nil
}

// newSong is a song that somebody wants to add, with what the rules need from Spotify.
type newSong struct {
	song   party.Song
	chosen *party.ChosenSongs // see Jukebox.chosenFor
	of     onBehalf           // in whose name it is added; zero: the actor's
}

// lookUpNew asks Spotify for a new song and for the playlist, if any, to which the viewer's songs are restricted.
func (j *Jukebox) lookUpNew(ctx context.Context, a access, uri string) (newSong, error) {
	song, err := j.catalog.Song(ctx, a.hostID, uri)
	if err != nil || !a.role.HasGuestRules() {
		return newSong{song: song}, err
	}
	state, err := j.currentState(ctx, a.roomID)
	if err != nil {
		return newSong{}, err
	}
	return newSong{song: song, chosen: j.chosenFor(ctx, a, &state.Settings)}, nil
}

// addSong adds a song if the rules allow it. The result is the item's id, with a flag if the recording was queued
// already.
func (t *roomTx) addSong(ctx context.Context, added newSong) (result, error) {
	added.song = added.song.Bounded() // before anything compares it with stored songs
	s := added.song
	owner, err := t.ownerOf(ctx, added.of)
	if err != nil {
		return result{}, err
	}
	recording := party.RecordingOf(s)
	queued, err := t.tx.QueueItem.Query().Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecording(recording)).Only(ctx)
	if err == nil {
		return result{objectID: queued.ID, flag: true}, t.addAgain(ctx, queued, added.of)
	}
	if !ent.IsNotFound(err) {
		return result{}, err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return result{}, err
	}
	allowance, err := t.mayAdd(ctx, added, recording, owner, &settings)
	if err != nil {
		return result{}, err
	}
	newcomer, err := t.isNewcomer(ctx, &settings, owner.userID)
	if err != nil {
		return result{}, err
	}
	id := database.NewID()
	if err := t.enqueueFor(ctx, owner, newItem{id: id, song: s, needsApproval: newcomer}); err != nil {
		return result{}, err
	}
	if newcomer {
		if err := t.affectsHosts(ctx); err != nil {
			return result{}, err
		}
	}
	return result{objectID: id}, t.spendAllowance(ctx, owner, allowance)
}

// mayAdd returns the allowance of the owner of a new song, or the refusal of a rule.
func (t *roomTx) mayAdd(
	ctx context.Context, added newSong, recording string, owner songOwner, settings *party.RoomSettings,
) (party.Allowance, error) {
	request, err := t.addRequest(ctx, added.song, recording, owner, settings)
	if err != nil {
		return party.Allowance{}, err
	}
	request.Chosen = added.chosen
	if refusal := settings.MayAdd(request, t.now); refusal != nil {
		return party.Allowance{}, refusal.Err()
	}
	return request.Allowance, nil
}

// addAgain handles adding a song that is queued already. The actor likes it instead. If it is added in somebody's name,
// it gets no like, but if it waits for approval and the actor is a host, it is approved.
func (t *roomTx) addAgain(ctx context.Context, queued *ent.QueueItem, of onBehalf) error {
	switch {
	case of == (onBehalf{}):
		return t.likeInstead(ctx, queued)
	case party.QueueItemState(queued.State) == party.AwaitingApproval && t.role.May(party.ActApprove) == nil:
		return t.approve(ctx, queued)
	}
	return nil
}

// likeInstead likes a song that was added although it is queued, if it can still be liked, and the actor may like
// songs. A song that waits for approval is approved if the actor is no newcomer.
func (t *roomTx) likeInstead(ctx context.Context, queued *ent.QueueItem) error {
	if party.MayLike(party.QueueItemState(queued.State)) != nil {
		return nil
	}
	if refusal, err := t.mayLikeYet(ctx); err != nil || refusal != nil {
		return err
	}
	if err := t.like(ctx, queued, t.actor); err != nil || party.QueueItemState(queued.State) != party.AwaitingApproval {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	if newcomer, err := t.isNewcomer(ctx, &settings, t.actor); err != nil || newcomer {
		return err
	}
	return t.approve(ctx, queued)
}

// addRequest returns what the rules have to know about a song that the actor wants to add.
func (t *roomTx) addRequest(
	ctx context.Context, s party.Song, recording string, owner songOwner, settings *party.RoomSettings,
) (w party.AddRequest, err error) {
	w = party.AddRequest{Song: s, Role: t.role, ForGuest: owner.isGuest && owner.userID != t.actor}
	if w.Waiting, err = t.waitingItems().Where(isNotUnlikedFallback()).Count(ctx); err != nil {
		return w, err
	}
	if w.PlayedAt, err = t.lastPlayedAt(ctx, recording, settings); err != nil || !owner.isGuest {
		return w, err
	}
	if settings.MaxQueuedPerGuest != nil {
		if w.Queued, err = t.waitingItems().Where(queueitem.AddedByID(owner.userID)).Count(ctx); err != nil {
			return w, err
		}
	}
	if settings.AddsPerHour != nil {
		row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(owner.userID)).Only(ctx)
		switch {
		case err == nil:
			w.Allowance = allowanceOf(row, settings)
		case owner.newName == "" || !ent.IsNotFound(err):
			return w, err
		default: // the owner is new, and has added nothing yet
			w.Allowance = party.Allowance{PerHour: *settings.AddsPerHour}
		}
	}
	return w, nil
}

// waitingItems selects the songs that wait, including those that wait for approval and the committed one.
func (t *roomTx) waitingItems() *ent.QueueItemQuery {
	return t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.ActiveRecordingNotNil(), queueitem.StateNEQ(string(party.NowPlaying)))
}

// isNotUnlikedFallback selects all songs except fallback songs that nobody likes, which do not count towards the
// queue's length.
func isNotUnlikedFallback() predicate.QueueItem {
	return queueitem.Or(queueitem.AddedByIDNotNil(), queueitem.LikeCountGT(0))
}

// lastPlayedAt returns when a recording last started to play in the room. The time is zero if it has not been played,
// or if the room has no cooldown.
func (t *roomTx) lastPlayedAt(ctx context.Context, recording string, settings *party.RoomSettings) (time.Time, error) {
	if settings.CooldownMinutes == 0 {
		return time.Time{}, nil
	}
	row, err := t.tx.QueueItem.Query().
		Where(queueitem.RoomID(t.roomID), queueitem.Recording(recording), queueitem.StartedAtNotNil()).
		Order(queueitem.ByStartedAt(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return *row.StartedAt, nil
}

// allowanceOf returns a member's allowance. The settings must limit adds per hour.
func allowanceOf(row *ent.Membership, s *party.RoomSettings) party.Allowance {
	a := party.Allowance{PerHour: *s.AddsPerHour}
	if row.AddsFullAt != nil {
		a.FullAt = *row.AddsFullAt
	}
	return a
}

// spendAllowance counts an added song against its owner's allowance, if there is a limit.
func (t *roomTx) spendAllowance(ctx context.Context, owner songOwner, adds party.Allowance) error {
	if adds.PerHour == 0 {
		return nil
	}
	return t.tx.Membership.Update().Where(membership.RoomID(t.roomID), membership.UserID(owner.userID)).
		SetAddsFullAt(database.Microseconds(adds.Spend(t.now).FullAt)).Exec(ctx)
}

// newItem is a song that is about to be added to the queue.
type newItem struct {
	id            string
	song          party.Song // bounded
	addedBy       *string    // nil: it is a fallback song
	needsApproval bool
}

// enqueue adds a song to the queue.
func (t *roomTx) enqueue(ctx context.Context, e newItem) error {
	if err := t.storeSong(ctx, e.song); err != nil {
		return err
	}
	recording := party.RecordingOf(e.song)
	create := t.versioned().QueueItem.Create().SetID(e.id).SetRoomID(t.roomID).
		SetSongID(e.song.URI).SetNillableAddedByID(e.addedBy).
		SetAddedAt(t.now).SetAge(t.version).SetVersion(t.version).SetState(string(party.Queued)).SetLikeCount(0).
		SetRecording(recording).SetActiveRecording(recording)
	if e.needsApproval {
		create.SetState(string(party.AwaitingApproval)).SetApproval(approvalWaiting)
	}
	return create.Exec(ctx)
}

// storeSong stores a song, as far as it fits its columns, or updates what may have changed about a stored one.
func (t *roomTx) storeSong(ctx context.Context, s party.Song) error {
	s = s.Bounded()
	n, err := t.tx.Song.Update().Where(song.ID(s.URI)).
		SetPlayable(s.Playable).SetFetchedAt(t.now).SetArtistUris(s.ArtistURIs).Save(ctx)
	if err != nil || n == 1 {
		return err
	}
	err = t.unversioned().Song.Create().SetID(s.URI).SetName(s.Name).
		SetArtists(s.Artists).SetArtistUris(s.ArtistURIs).SetAlbumName(s.AlbumName).
		SetNillableImageURL(s.ImageURL).SetDurationMs(s.DurationMS).SetExplicit(s.Explicit).SetPlayable(s.Playable).
		SetSpotifyURL(s.SpotifyURL).SetIsrc(s.ISRC).SetFetchedAt(t.now).Exec(ctx)
	if ent.IsConstraintError(err) { // a concurrent change of another room stored it
		return nil
	}
	return err
}
