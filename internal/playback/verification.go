package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// This file decides what an answer about Spotify's queue or playlist means for the committed song.

// recordVerification decides on a committed song whose delivery was verified: either Spotify has it, or it may have
// been heard, or it returns to the queue.
func (d *decision) recordVerification(item *party.QueueItem) party.PlaybackStep {
	d.memory.commandBackoff = backoff{attempts: d.memory.commandBackoff.attempts}
	switch {
	case item == nil:
		return party.PlaybackStep{}
	case d.answerPlays(item):
		d.accept(d.observationFromQueue(d.answer.Queue.Current))
		return d.startStep(item)
	case d.answerHas(item):
		d.memory.verifiedKey = d.verificationKey(item)
		if item.Commit == party.CommitSent {
			return party.PlaybackStep{}
		}
		return party.PlaybackStep{SentItem: item.ID}
	case d.mayHavePlayed(item):
		return d.assumePlayed(item)
	case d.saysNothing(item):
		d.memory.emptyReads = d.memory.emptyReads.add(item, d.now)
		d.memory.verifyAfter = d.now.Add(verifyInterval)
		return party.PlaybackStep{}
	case d.playerMovedOn(item) && (d.seenOnce() || d.mayStandStill()): // another observation will tell
		d.memory.verifyAfter = d.now.Add(verifyInterval)
		return party.PlaybackStep{}
	case d.playerMovedOn(item):
		return d.assumePlayed(item)
	case item.Commit == party.CommitSent:
		d.memory.commandBackoff = d.memory.commandBackoff.afterNoEffect(d.now)
		return d.returnOrRefuse(item, true)
	case d.mayStillAppear(item):
		d.memory.verifyAfter = d.now.Add(verifyInterval)
		return party.PlaybackStep{}
	}
	return d.returnOrRefuse(item, false)
}

// saysNothing reports whether the queue that was read says nothing about the item: either it is empty although the
// player has a song, which it would have to name, or it names another current song than the one that plays, and is old.
func (d *decision) saysNothing(item *party.QueueItem) bool {
	q, s := d.answer.Queue, d.memory.observation
	isOld := d.activity == playingSong && q.Current != nil && !sameRecording(q.Current, s.Song)
	isEmpty := q.Current == nil && len(q.Next) == 0
	return item.Via != party.DeliveryPlaylist && d.hasSong(item) && (isEmpty || isOld)
}

// hasSong reports whether the player has a song that plays, is paused, or may have been interrupted: if the item was
// sent, or was played directly in place of another song, and something that is no song plays now, the item may follow.
func (d *decision) hasSong(item *party.QueueItem) bool {
	h := d.memory.handover
	replaced := h.itemID == item.ID && h.direct && h.loaded != nil
	waits := item.Commit == party.CommitSent && d.sentToQueue()
	interrupted := d.activity == playingOther && (replaced || waits)
	return d.activity == playingSong || d.activity == pausedSong || interrupted
}

// emptyReads is how often Spotify's queue said nothing about an item that may be in it.
type emptyReads struct {
	itemID string
	times  int
	at     time.Time // when it was read last
}

// add returns the count after another such answer.
func (r emptyReads) add(item *party.QueueItem, now time.Time) emptyReads {
	if r.itemID != item.ID {
		r = emptyReads{itemID: item.ID}
	}
	return emptyReads{r.itemID, r.times + 1, now}
}

// readsSeldom reports whether Spotify's queue need not be read now, because it has said nothing about an item at least
// maxEmptyReads times. The item stays committed. The queue is read again after a pause that doubles each time, as soon
// as no song plays, or when the item may have been heard.
func (d *decision) readsSeldom(item *party.QueueItem) bool {
	r := d.memory.emptyReads
	if r.itemID != item.ID || r.times < maxEmptyReads || !d.hasSong(item) || d.mayHavePlayed(item) {
		return false
	}
	return d.now.Before(r.at.Add(verifyInterval << min(r.times-maxEmptyReads+1, 10)))
}

// mayStillAppear reports whether a command whose outcome is unknown was sent so recently that its effect may show
// later.
func (d *decision) mayStillAppear(item *party.QueueItem) bool {
	return d.now.Sub(later(item.CommittedAt, d.memory.commandedAt)) < lateEffect
}

// answerPlays reports whether the queue that was read names the committed song as the current one. It returns false if
// the player's state shows that song, too: then it may be loaded and silent.
func (d *decision) answerPlays(item *party.QueueItem) bool {
	current, loaded := d.answer.Queue.Current, d.memory.observation.Song
	return current != nil && sameRecording(current, &item.Song) && (loaded == nil || !sameRecording(loaded, &item.Song))
}

// answerHas reports whether the songs that were read contain the committed song. In a playlist only the last song
// counts, because equal songs before it are from earlier deliveries.
func (d *decision) answerHas(item *party.QueueItem) bool {
	songs := d.answer.Queue.Next
	switch {
	case d.answer.Command.Kind == VerifyPlaylist:
		songs = d.answer.Songs[max(0, len(d.answer.Songs)-1):]
	case item.Commit != party.CommitSent:
		songs = songs[:min(len(songs), maxQueuedBefore)]
	}
	return slices.ContainsFunc(songs, func(s party.Song) bool { return sameRecording(&s, &item.Song) })
}

const (
	// lateEffect is how long after a command whose answer was lost its effect may show. Spotify has been seen to carry
	// out commands six seconds after an error, and its queue to lag behind as long.
	lateEffect     = 7 * time.Second
	verifyInterval = 1500 * time.Millisecond
	// maxEmptyReads is how often in a row Spotify's queue may say nothing. By then a lagging queue would have caught up.
	maxEmptyReads = 4
	// maxQueuedBefore is how many songs at the front of Spotify's queue are searched for a song of which it is unknown
	// whether it was sent. Further back, the same song is an entry of the list that the host plays.
	maxQueuedBefore = 5
)
