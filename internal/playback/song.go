package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// This file has the rules that start, end and skip songs of the room.

// startSong records that a song of the queue plays. Usually it is the committed one; the host may have started another.
func (d *decision) startSong() (action, bool) {
	item, playing := d.item, d.room.NowPlaying
	started := d.activity == playingSong || d.activity == pausedSong && item == d.room.Committed()
	if !started || item == nil || item == playing {
		return action{}, false
	}
	d.memory.commandBackoff, d.memory.lateUntil = backoff{}, time.Time{}
	d.memory.starts++
	return action{step: d.startStep(item)}, true
}

// startStep returns the step that ends the room's current song, if any, and starts item.
func (d *decision) startStep(item *party.QueueItem) party.PlaybackStep {
	step := party.PlaybackStep{StartedItem: item.ID}
	if playing := d.room.NowPlaying; playing != nil {
		d.learnCrossfade(playing, item)
		step.EndedItem, step.Skipped = playing.ID, d.endedEarly(playing)
		d.noteEnd(playing)
	}
	return step
}

// assumePlayed returns the step that starts the committed item although no observation has shown it playing. The item
// may be ended by the very next decision.
func (d *decision) assumePlayed(item *party.QueueItem) party.PlaybackStep {
	d.memory.earliestEnd = endEstimate{itemID: item.ID}
	step := d.startStep(item)
	step.Skipped = step.Skipped && d.item != d.room.NowPlaying // it plays on
	return step
}

// endSong records that the room's song no longer plays.
func (d *decision) endSong() (action, bool) {
	playing := d.room.NowPlaying
	if playing == nil || !d.hasEnded(playing) {
		return action{}, false
	}
	if d.activity == noDevice && d.now.Sub(d.memory.observedAt) > maxObservationAge { // the device may be back by now
		return action{observeBy: d.now}, true
	}
	s := d.memory.observation
	beganAgain := s.Playing && s.Progress == 0 // for all that one observation can tell
	expected := d.activity == noDevice || d.memory.skippedID == playing.ID || d.endIsNear(playing) && !beganAgain
	if d.seenOnce() && !expected {
		return action{observeBy: d.nextLook()}, true
	}
	d.noteEnd(playing)
	return action{step: party.PlaybackStep{EndedItem: playing.ID, Skipped: d.endedEarly(playing)}}, true
}

func (d *decision) hasEnded(playing *party.QueueItem) bool {
	switch d.activity {
	case silence:
		return true
	case noDevice:
		next := d.room.Committed()
		return d.mayHaveEnded(playing) && (next == nil || d.mayHavePlayed(next))
	case playingSong, pausedSong:
		return d.item != playing
	}
	return false
}

// skipRemoved skips a song that a host removed after it was committed, once. The room's next song plays in its place.
func (d *decision) skipRemoved() (action, bool) {
	playing := d.room.NowPlaying
	if playing == nil || !playing.SkipOnStart || d.activity != playingSong || d.memory.skippedID == playing.ID {
		return action{}, false
	}
	if d.seenOnce() {
		return action{observeBy: d.nextLook()}, true
	}
	a, ok := d.replaceRemoved(playing)
	if a.command.Kind != None {
		d.memory.skippedID = playing.ID
	}
	return a, ok
}

// replaceRemoved plays the room's next song in place of a removed one. If the player has the next song already, or
// there is none, it skips the removed song.
func (d *decision) replaceRemoved(playing *party.QueueItem) (action, bool) {
	next := d.pick()
	if next == nil || d.givesWay(next) || d.room.Committed() != nil || d.usesPlaylist() {
		return d.send(Command{Kind: Next, ItemID: playing.ID}, party.PlaybackStep{})
	}
	return d.send(d.playCommand(next), commitStep(next, party.DeliveryQueue))
}
