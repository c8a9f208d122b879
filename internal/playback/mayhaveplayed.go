package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// This file decides whether a song may have been heard while the player was not observed. A song that may have been
// heard is not started again.

// endEstimate is the earliest time at which an item's song may end, judging by the last observation of it.
type endEstimate struct {
	itemID string
	at     time.Time
}

// handover is how an item was handed to the player, whatever the outcome.
type handover struct {
	itemID  string
	loaded  *party.Song // the song that was loaded at the time, or was interrupted by something that is no song
	direct  bool        // the player was told to play the item at once, not only to append it
	over    bool        // direct, while the loaded song was playing
	watched bool        // the observations since followed so closely that the song cannot have been heard unnoticed
	ends    time.Time   // when the loaded song should end; zero: unknown, or the item may have arrived after that end
	passed  bool        // the player stopped at that end, so the item is not in its queue
	adopted bool        // another driver sent the item, and its player was not observed since
}

// estimateEnd updates the earliest end of the room's song.
func (d *decision) estimateEnd() {
	playing, s := d.room.NowPlaying, d.memory.observation
	switch {
	case playing == nil:
		d.memory.earliestEnd = endEstimate{}
	case d.item == playing:
		d.memory.earliestEnd = endEstimate{playing.ID, s.At.Add(d.duration() - d.progress())}
	case d.memory.earliestEnd.itemID != playing.ID:
		d.memory.earliestEnd = endEstimate{playing.ID, d.estimateEndFromState(playing)}
	}
}

// estimateEndFromState estimates the end from the room's state alone, for a driver that has not observed the song.
func (d *decision) estimateEndFromState(playing *party.QueueItem) time.Time {
	last := d.lastShown()
	if last.Item == nil || last.Item.ID != playing.ID || last.ProgressMS == nil {
		return playing.CommittedAt.Add(durationOf(&playing.Song))
	}
	return last.ObservedAt.Add(durationOf(&playing.Song) - time.Duration(*last.ProgressMS)*time.Millisecond)
}

// adoptCommitted reconstructs the handover of a committed song that another driver sent. It was played directly if
// nothing had been playing.
func (d *decision) adoptCommitted() {
	item, playing, last := d.room.Committed(), d.room.NowPlaying, d.lastShown()
	switch {
	case item == nil || item.ID == d.memory.handover.itemID:
	case playing != nil:
		d.memory.handover = handover{itemID: item.ID, loaded: &playing.Song, adopted: item.Commit == party.CommitPending}
	default:
		direct := last.Status == party.Idle && last.ObservedAt.Before(item.CommittedAt)
		loaded := last.Song
		if last.ProgressMS != nil && expected(last, item.CommittedAt) < 0 { // it began after that
			loaded = nil
		}
		d.memory.handover = handover{itemID: item.ID, loaded: loaded, direct: direct}
	}
	d.adoptEnd(item)
}

// adoptEnd sets the end of the loaded song in the handover of an item that a crashed driver may have sent to the
// player's queue. It does so only if the item must have arrived before that end: Spotify got the request within
// lateEffect or not at all, and carried it out within another lateEffect.
func (d *decision) adoptEnd(item *party.QueueItem) {
	h := &d.memory.handover
	if item == nil || !h.adopted || !d.accepted {
		return
	}
	h.adopted = false
	end := d.now.Add(d.remaining())
	if d.activity == playingSong && d.item == d.room.NowPlaying && end.Sub(item.CommittedAt) >= 2*lateEffect {
		h.ends = end
	}
}

// mayHaveEnded reports whether the room's song may have reached its end, before its device disappeared or since. A
// device that has disappeared from Spotify may play on, but no longer than the song lasts. A song that the host paused
// stays where it is until somebody resumes it.
func (d *decision) mayHaveEnded(playing *party.QueueItem) bool {
	if d.memory.paused {
		return false
	}
	before := !d.memory.silentSince.Before(d.memory.earliestEnd.at)
	return before || d.now.Sub(d.memory.silentSince) >= durationOf(&playing.Song)
}

// endIsNear reports whether the room's song should be over by now, judging by the last observation of it.
func (d *decision) endIsNear(playing *party.QueueItem) bool {
	end := d.memory.earliestEnd
	return end.itemID == playing.ID && !d.now.Before(end.at.Add(-endTail-d.memory.crossfade))
}

// mayHavePlayed reports whether the committed song may have been heard completely since it was committed.
func (d *decision) mayHavePlayed(item *party.QueueItem) bool {
	return d.now.Sub(item.CommittedAt) >= durationOf(&item.Song)
}

// queueUnreliable reports whether Spotify's queue may fail to list the committed song: it was appended behind a song,
// of the room or of the host, on a device that has disappeared. This is so until the item has waited for as long as its
// song lasts.
func (d *decision) queueUnreliable() bool {
	item := d.room.Committed()
	waitsThere := d.sentToQueue() && !d.mayHavePlayed(item) && !d.passedOver(item)
	return d.activity == noDevice && (d.room.NowPlaying != nil || waitsThere)
}

// notePassing notes that the player has stopped at the end of the song that was loaded when an item was sent to its
// queue, which it does only if the item is not there. One observation is not enough.
func (d *decision) notePassing() {
	s, h := d.memory.observation, &d.memory.handover
	stopped := d.activity == silence && s.Song != nil && !s.Playing && s.Progress == 0
	if h.ends.IsZero() || d.inDoubt() || d.memory.alike.times < 2 || !stopped {
		return
	}
	h.passed = sameRecording(s.Song, h.loaded) && !d.memory.inactiveSince.Before(h.ends.Add(-endTolerance))
}

// passedOver reports whether an item is not in the player's queue, judging by what the player has done since. It is
// asked about items of which it is unknown whether they were sent.
func (d *decision) passedOver(item *party.QueueItem) bool {
	h := d.memory.handover
	return h.itemID == item.ID && h.passed && item.Commit != party.CommitSent
}

// sentToQueue reports whether the committed song was sent to the player's queue, or may have been, and not played
// directly.
func (d *decision) sentToQueue() bool {
	item := d.room.Committed()
	return item != nil && item.Via != party.DeliveryPlaylist && !d.memory.handover.direct
}

// playHadNoEffect reports whether the player was told to play a song and did not, and was observed all the time.
func (d *decision) playHadNoEffect(item *party.QueueItem) bool {
	h := d.memory.handover
	return h.itemID == item.ID && h.direct && h.watched
}

// playerMovedOn reports whether the player has left the song that was loaded when the item was sent to its queue. If
// that song is unknown, the room's last song is taken to have been loaded. If that is unknown, too, a song that is
// loaded and silent may have been there before, so it counts only if it is the item's, or if the item was certainly in
// the queue, which has lost it.
func (d *decision) playerMovedOn(item *party.QueueItem) bool {
	current, before := d.memory.observation.Song, d.memory.handover.loaded
	if before == nil {
		before = d.memory.lastEnded.song
	}
	left := false
	switch {
	case current == nil:
	case before != nil:
		left = !sameRecording(current, before) || d.beganAgain(item)
	default:
		wasInQueue := item.Commit == party.CommitSent && d.sentToQueue()
		left = d.activity != silence || sameRecording(current, &item.Song) || wasInQueue
	}
	return item.Via != party.DeliveryPlaylist && left && !d.leftNoTime(item)
}

// beganAgain reports whether an item was to be played in place of a song that played, and that song has begun again
// since: before it did, the item may have been heard.
func (d *decision) beganAgain(item *party.QueueItem) bool {
	moves := d.activity == playingSong && d.memory.observation.Progress > 0 && !d.mayStandStill()
	return d.memory.handover.over && moves && d.songBegan().After(item.CommittedAt.Add(maxWatchGap))
}

// mayStandStill reports whether the newest observations show a song that does not move, so that nobody can tell when it
// began.
func (d *decision) mayStandStill() bool { return d.activity == playingSong && d.memory.still.times > 1 }

// leftNoTime reports whether the song that plays began before the item was committed, or so soon after something else
// was seen to play, or was over, that the item can have been heard for a moment at most.
func (d *decision) leftNoTime(item *party.QueueItem) bool {
	began := d.songBegan()
	atOnce := min(began.Sub(d.memory.otherSeen).Abs(), began.Sub(d.memory.otherEnds).Abs()) < maxWatchGap
	return d.activity == playingSong && (atOnce || began.Before(item.CommittedAt))
}
