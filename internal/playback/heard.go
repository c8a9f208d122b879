package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// This file measures how much of the room's song was heard, which decides whether it counts as played or as skipped.

// heard is how much of a song of the room has been heard, as far as observations tell.
type heard struct {
	itemID   string
	progress time.Duration // at the time at
	at       time.Time
	plays    bool // it played then
	byClock  bool // only the queue has shown the song, so it is unknown when it began
}

// endedSong is a song of the room that has ended.
type endedSong struct {
	itemID string
	song   *party.Song
	at     time.Time // when the end was recorded
	unseen bool      // it was given up without an observation of it, and may still play
}

// noteEnd remembers that the room's song ends.
func (d *decision) noteEnd(item *party.QueueItem) {
	_, seen := d.heardOf(item)
	d.memory.lastEnded = endedSong{itemID: item.ID, song: &item.Song, at: d.now, unseen: !seen}
}

// playsGivenUp reports whether the room's last song plays although it was given up without an observation of it, less
// than idleAfter before it began.
func (d *decision) playsGivenUp() bool {
	ended, s := d.memory.lastEnded, d.memory.observation
	return d.activity == playingSong && ended.unseen && sameRecording(ended.song, s.Song) &&
		d.songBegan().Sub(ended.at) < idleAfter
}

// maxCrossfade is the longest time for which Spotify's players let a song fade into the next one, plus a second by
// which an observation may be late.
const maxCrossfade = 13 * time.Second

// updateHeard updates how much of the room's song was heard. For devices that always report a progress of 0 it goes by
// the clock.
func (d *decision) updateHeard() {
	playing, s := d.room.NowPlaying, d.memory.observation
	if playing == nil || d.item != playing {
		return
	}
	h, _ := d.heardOf(playing)
	progress := s.Progress
	if progress == 0 && h.itemID == playing.ID && h.plays {
		progress = h.progress + s.At.Sub(h.at)
	}
	if h.itemID == playing.ID && h.plays && progress < h.progress && d.reachedEnd(h, playing) {
		d.memory.wholeID = playing.ID
	}
	byClock := d.memory.hidden && (d.memory.heard.itemID != playing.ID || h.byClock)
	d.memory.heard = heard{playing.ID, progress, s.At, d.activity == playingSong, byClock}
}

// reachedEnd reports whether the room's song was at its end when it began again, as a player that repeats it does.
func (d *decision) reachedEnd(h heard, playing *party.QueueItem) bool {
	return h.progress+d.songBegan().Sub(h.at) >= durationOf(&playing.Song)-endTolerance
}

// heardOf returns how much of an item was heard when it was observed last, by this driver or by an earlier one.
func (d *decision) heardOf(item *party.QueueItem) (h heard, known bool) {
	if d.memory.heard.itemID == item.ID {
		return d.memory.heard, true
	}
	last := d.lastShown()
	if last.Item == nil || last.Item.ID != item.ID || last.ProgressMS == nil {
		return heard{}, false
	}
	progress := time.Duration(*last.ProgressMS) * time.Millisecond
	return heard{item.ID, progress, last.ObservedAt, last.Status == party.Playing, false}, true
}

// reached returns how much was heard of an item that no longer plays. If another song plays, the item ended when that
// song began. known is false if no driver has observed the item.
func (d *decision) reached(item *party.QueueItem) (reached time.Duration, known bool) {
	s := d.memory.observation
	if d.activity == silence && s.Playing && s.Song != nil && sameRecording(s.Song, &item.Song) {
		return s.Progress, true // where it got stuck
	}
	h, known := d.heardOf(item)
	ended := s.At // unless it is known better
	if began := d.songBegan(); d.activity != silence && began.After(h.at) {
		ended = began
	}
	if h.plays {
		return h.progress + ended.Sub(h.at), known
	}
	return h.progress + max(0, ended.Sub(later(d.previouslyObserved, h.at))), known // it may have been resumed
}

// fading returns how long before its end an item may have given way to the song that plays now without being skipped.
// Automix also leaves out the beginning of the song that plays now, which then seems to have begun earlier.
func (d *decision) fading(ended *party.QueueItem) time.Duration {
	switch {
	case d.activity != playingSong || d.memory.skippedID == ended.ID:
		return 0
	case d.item != nil && d.item == d.room.Committed():
		return maxCrossfade + min(d.memory.observation.Progress, maxCrossfade)
	case d.memory.crossfade > 0:
		return d.memory.crossfade + endTolerance
	}
	return 0
}

// unseen returns how much more of an item may have been heard than is known: either this driver has not observed it, or
// the player was hidden, so that nobody saw when the item began.
func (d *decision) unseen(item *party.QueueItem) time.Duration {
	switch {
	case d.memory.heard.itemID != item.ID:
		return playingInterval
	case d.memory.heard.byClock:
		return hiddenThrift * playingInterval
	}
	return 0
}

// learnCrossfade learns how long before its end a song gives way to the committed one, so that the next commit is early
// enough. If the host skipped the song, the value is wrong, but only until the next song ends.
func (d *decision) learnCrossfade(ended, started *party.QueueItem) {
	reached, known := d.reached(ended)
	if !known || d.room.Committed() != started || d.activity != playingSong {
		return
	}
	early := durationOf(&ended.Song) - reached
	if early > maxCrossfade || early < endTolerance {
		early = 0
	}
	d.memory.crossfade = early
}
