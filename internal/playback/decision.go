package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// decision is one call of Decide in progress: the input, the memory with what was just learned, and what the newest
// observation means. It is used by that call only.
type decision struct {
	now                time.Time
	justObserved       bool // the player was observed just now, or could not be observed
	room               *party.State
	answer             *Answer
	accepted           bool      // an observation was believed just now
	previouslyObserved time.Time // when the observation before the newest one was decided on
	memory             Memory
	activity           activity
	item               *party.QueueItem // the room's item that plays or is paused; nil: none of this room's
}

// newDecision returns a decision that has learned what is new in its input.
func newDecision(in Input) *decision {
	d := &decision{
		now: in.Now, justObserved: in.Observation != nil || in.Fault != nil, room: in.Room, answer: in.Answer,
		previouslyObserved: in.Memory.observedAt, memory: in.Memory,
	}
	d.countCall(in)
	d.updateDelivery()
	switch {
	case in.Observation != nil:
		d.takeObservation(*in.Observation)
	case in.Fault != nil:
		d.memory.observationBackoff.worked = d.memory.lookedAt
		d.memory.observationBackoff = d.memory.observationBackoff.afterFault(in.Fault, d.now)
		if d.isRationed(d.now) {
			next := d.now.Add(slowestPace).UTC().Truncate(time.Millisecond) // the room may show it as the end of a cool-down
			d.memory.observationBackoff.until = later(d.memory.observationBackoff.until, next)
		}
	case in.Answer != nil && in.Answer.Command == (Command{Kind: ReadQueue}):
		d.takeQueue(in.Answer)
		d.answer = nil // it counts as an observation
	}
	d.classify()
	d.updateHeard()
	d.estimateEnd()
	d.adoptCommitted()
	if d.accepted {
		d.trackSilence()
	}
	d.notePassing()
	return d
}

// takeObservation accepts an observation unless it is in doubt. If only its progress is in doubt, the progress is
// ignored, and everything else that was known counts as confirmed.
func (d *decision) takeObservation(s Observation) {
	s = d.withDevice(s)
	handover := &d.memory.handover
	handover.watched = handover.watched && s.Device != nil && d.now.Sub(d.memory.lookedAt) <= maxWatchGap
	d.memory.observationBackoff = backoff{}
	d.memory.lookedBefore, d.memory.lookedAt = d.memory.lookedAt, d.now
	d.memory.alike, d.memory.still = d.memory.alike.add(s), d.memory.still.add(s)
	switch {
	case d.believes(s):
		d.accept(s)
		d.memory.hidden = false
	case !d.inDoubt() && !d.memory.observation.At.IsZero():
		d.memory.observedAt = d.now
	}
}

// accept stores an observation in the memory, and ends the backoffs that it shows to be over.
func (d *decision) accept(s Observation) {
	last, known := d.memory.observation, d.known()
	standsStill := last.Playing && s.Playing && last.Progress == s.Progress && uriOf(last.Song) == uriOf(s.Song)
	switch {
	case standsStill:
	case last.At.IsZero() && s.Playing && s.Progress == 0 && known.plays && known.has(s.Song):
		d.memory.progressedAt = known.at.Add(-known.progress) // by the clock of the previous driver, it began then
	case d.memory.hidden && last.Playing && s.Playing && s.Progress == 0 && uriOf(last.Song) == uriOf(s.Song):
		d.memory.progressedAt = last.At.Add(-last.Progress) // only the clock said that it advanced; it may never have
	case d.memory.still.times > 1: // it stood still during earlier observations that were not believed
		d.memory.progressedAt = d.memory.still.since
	default:
		d.memory.progressedAt = s.At
	}
	if last.Playing && uriOf(last.Song) != uriOf(s.Song) {
		d.memory.otherSeen, d.memory.otherEnds = last.At, last.At.Add(d.duration()-last.Progress)
	}
	if active(last) && !active(s) {
		d.memory.silentSince = time.Time{}
	}
	if !active(last) && active(s) {
		d.memory.deviceSearch = deviceSearch{}
		if d.memory.commandBackoff.kind == NoDevice {
			d.memory.commandBackoff = backoff{}
		}
	}
	if d.memory.commandBackoff.kind == Restricted && restricted(last) && active(s) && !restricted(s) {
		d.memory.commandBackoff = backoff{}
	}
	d.memory.observation, d.memory.observedAt, d.accepted = s, d.now, true
}

// trackSilence records since when nothing plays, and whether that is because the host paused.
func (d *decision) trackSilence() {
	switch {
	case d.activity == playingSong || d.activity == playingOther:
		d.memory.inactiveSince = time.Time{}
		d.memory.paused = false
		d.memory.resumeAfterTransfer = d.memory.resumeAfterTransfer && d.seenOnce()
	case d.memory.inactiveSince.IsZero():
		d.memory.inactiveSince = d.memory.observation.At
	}
	wasPaused := d.previouslyObserved.IsZero() && d.activity == noDevice && d.lastShown().Status == party.Paused
	paused := d.activity == pausedSong || d.activity == pausedOther
	if paused && !d.memory.resumeAfterTransfer && !d.seenOnce() || wasPaused {
		d.memory.paused = true
	}
	switch {
	case d.activity == playingSong || d.activity == pausedSong:
		d.memory.silentSince = time.Time{}
	case d.memory.silentSince.IsZero():
		d.memory.silentSince = d.memory.observation.At
	}
}

// playerUnknown reports whether it is unknown what the player does at present.
func (d *decision) playerUnknown() bool {
	return d.activity == notObserved || d.memory.observationBackoff.kind != ""
}

// nothingPlays reports whether nothing plays, with or without a device, and nothing is paused.
func (d *decision) nothingPlays() bool { return d.activity == silence || d.activity == noDevice }

// hasNext reports whether there is a song to play after the current one.
func (d *decision) hasNext() bool { return d.room.Committed() != nil || d.pick() != nil }

// itemOf returns the room's item with this song, by its URI if possible and otherwise by its recording; nil if there is
// none.
func (d *decision) itemOf(song *party.Song) *party.QueueItem {
	items := d.room.Queue
	if d.room.NowPlaying != nil {
		items = append([]*party.QueueItem{d.room.NowPlaying}, items...)
	}
	var alike *party.QueueItem
	for _, item := range items {
		if item.Song.URI == song.URI {
			return item
		}
		if alike == nil && sameRecording(&item.Song, song) {
			alike = item
		}
	}
	return alike
}

// endedEarly reports whether the room's song, which no longer plays, did not reach its end. If another song plays, the
// room's song ended when that song began. The same goes for a song that a host removed: it may have been heard
// nevertheless.
func (d *decision) endedEarly(item *party.QueueItem) bool {
	if d.memory.wholeID == item.ID {
		return false
	}
	reached, known := d.reached(item)
	if !known { // it was never observed
		reached = d.now.Sub(item.CommittedAt)
	}
	whole := durationOf(&item.Song)
	unheard := max(min(skipThreshold, whole/2), min(d.fading(item)+d.unseen(item), whole/4))
	return whole-reached > unheard
}

// songBegan returns when the current song began, provided that nobody paused it or seeked.
func (d *decision) songBegan() time.Time {
	return d.memory.observation.At.Add(-d.memory.observation.Progress)
}

// progress returns the progress of what plays at the time of the newest observation. It goes by the clock if the player
// does not report it.
func (d *decision) progress() time.Duration {
	s, h := d.memory.observation, d.memory.heard
	switch {
	case d.item != nil && h.itemID == d.item.ID && h.at.Equal(s.At):
		return h.progress
	case d.item == nil && s.Progress == 0 && s.Playing:
		return s.At.Sub(d.memory.progressedAt)
	}
	return s.Progress
}

// duration returns the length of what plays; 0: unknown.
func (d *decision) duration() time.Duration {
	s := d.memory.observation
	switch {
	case s.Song != nil:
		return durationOf(s.Song)
	case s.Other != nil:
		return s.Other.Duration
	}
	return 0
}

// remaining returns how much of what plays is left.
func (d *decision) remaining() time.Duration {
	return d.duration() - d.progress() - d.now.Sub(d.memory.observation.At)
}

// tooLate is the time before the end of what plays in which no song is sent to the player's queue, because it might
// arrive there after the end.
const tooLate = 500 * time.Millisecond

// nearEnd reports whether what plays ends so soon that the next song has to be committed. It also returns true for an
// episode or a local file whose length is unknown.
func (d *decision) nearEnd() bool {
	switch {
	case d.activity == playingOther:
		other := d.memory.observation.Other
		if other == nil || other.Advertisement {
			return false
		}
		if other.Duration == 0 {
			return true
		}
	case d.activity != playingSong:
		return false
	}
	left := d.remaining()
	return left > tooLate && left <= d.commitLead()+jitter
}

// verificationKey names the committed item and the song that is loaded while it waits. That Spotify's queue has the
// item needs to be verified only once for each key.
func (d *decision) verificationKey(item *party.QueueItem) string {
	s := d.memory.observation
	switch {
	case d.activity == playingSong:
		return item.ID + " " + s.Song.URI
	case d.activity == playingOther && s.Other != nil:
		return item.ID + " " + s.Other.URI
	}
	return item.ID
}

// commitLead returns how long before the end of what plays the next song is committed.
func (d *decision) commitLead() time.Duration {
	most := queueLead + d.memory.crossfade
	if d.usesPlaylist() {
		most = playlistLead
	}
	return min(most, d.duration()/2)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
