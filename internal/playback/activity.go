package playback

import (
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
)

// This file interprets the newest observation that is believed.

// activity is what the host's player does, as far as the newest observation tells.
type activity int

const (
	notObserved  activity = iota // there is no observation yet
	noDevice                     // no device is active
	silence                      // a device is active, and nothing plays, even if Spotify says so
	pausedSong                   // the host paused in the middle of a song
	playingSong                  // a song plays
	playingOther                 // something plays that is not a song
	pausedOther                  // the host paused something that is not a song
)

const (
	endTail       = 3 * time.Second        // a song that stops within this time before its end has ended
	maxOverrun    = 2 * time.Second        // a song that still plays this long after its end, by its progress, has ended
	stuckAfter    = 3 * time.Second        // a song whose progress stands still for this long has ended
	stuckAtEnd    = 700 * time.Millisecond // the same within endTail
	skipThreshold = 5 * time.Second        // a song that stops more than this before its end was skipped
	// emptyAfter is how long a player may claim to play something without saying what, while its progress stands still.
	// For advertisements, which report no progress either, it is longestAdvertisements.
	emptyAfter            = 45 * time.Second
	longestAdvertisements = 3 * time.Minute
	maxWatchGap           = 2 * time.Second // between observations that are no further apart, no song is heard unnoticed
)

// classify derives the activity and the room's item from the newest observation.
func (d *decision) classify() {
	s := d.memory.observation
	d.activity, d.item = notObserved, nil
	switch {
	case s.At.IsZero():
	case !active(s):
		d.activity = noDevice
	case s.Song == nil && s.Playing && !d.standsEmpty(s):
		d.activity = playingOther
	case d.pausesOther(s):
		d.activity = pausedOther
	case s.Song == nil || d.finished(s):
		d.activity = silence
	default:
		d.classifySong(s)
	}
}

// standsEmpty reports whether a player that claims to play something without saying what has not moved for so long that
// it plays nothing.
func (d *decision) standsEmpty(s Observation) bool {
	most := emptyAfter
	switch {
	case s.Other != nil && s.Other.URI != "":
		return false
	case s.Other != nil && s.Other.Advertisement:
		most = longestAdvertisements
	}
	return s.At.Sub(d.memory.progressedAt) >= most
}

// pausesOther reports whether the host paused an episode, a local file or an advertisement that this party has heard,
// before its end.
func (d *decision) pausesOther(s Observation) bool {
	last := d.lastShown()
	heard := last.Status != party.Idle && last.Song == nil
	switch {
	case s.Song != nil || s.Other == nil || s.Playing || !heard:
		return false
	case s.Other.Advertisement:
		return true
	}
	return s.Other.URI != "" && s.Progress > 0 && s.Progress < s.Other.Duration-endTail
}

func (d *decision) classifySong(s Observation) {
	item := d.itemOf(s.Song)
	switch {
	case s.Playing:
		d.activity, d.item = playingSong, item
	case d.paused(s, item):
		d.activity, d.item = pausedSong, item
	default:
		d.activity = silence
	}
}

// paused reports whether the host paused the loaded song, which does not play. A song that this party has never heard
// was loaded before the party, and does not count.
func (d *decision) paused(s Observation, item *party.QueueItem) bool {
	if item != nil && (item == d.room.NowPlaying || item == d.room.Committed()) {
		return true
	}
	last := d.lastShown()
	return last.Status != party.Idle && last.Song != nil && last.Song.URI == s.Song.URI
}

// finished reports whether the loaded song has ended, even if Spotify says that it plays. Spotify's players end a song
// in several ways: they stop at 0, stop or get stuck near the end, or count on beyond it.
func (d *decision) finished(s Observation) bool {
	whole := durationOf(s.Song)
	standstill := s.At.Sub(d.memory.progressedAt)
	switch {
	case !s.Playing:
		return s.Progress == 0 || inTail(s)
	case whole > 0 && s.Progress >= whole+maxOverrun:
		return true
	case inTail(s):
		return standstill >= stuckAtEnd
	case s.Progress == 0: // this proves nothing for as long as the song lasts: some devices always report it
		return whole > 0 && standstill >= whole+maxCrossfade
	}
	return standstill >= stuckAfter
}

// inTail reports whether a song is so near its end that it may have ended.
func inTail(s Observation) bool {
	if s.Song == nil {
		return false
	}
	whole := durationOf(s.Song)
	return whole > 0 && s.Progress >= whole-min(endTail, whole/4)
}

func active(s Observation) bool { return s.Device != nil && s.Device.IsActive }

func restricted(s Observation) bool { return s.Device != nil && s.Device.IsRestricted }

// sameRecording reports whether two songs are the same recording. Spotify may play another release than the requested
// one, and does not say which release it replaced.
func sameRecording(a, b *party.Song) bool {
	if a.URI == b.URI || a.ISRC != "" && strings.EqualFold(a.ISRC, b.ISRC) {
		return true
	}
	return len(a.Artists) > 0 && len(b.Artists) > 0 && strings.EqualFold(a.Artists[0], b.Artists[0]) &&
		strings.EqualFold(a.Name, b.Name) && (durationOf(a)-durationOf(b)).Abs() <= 2*time.Second
}

func durationOf(s *party.Song) time.Duration { return time.Duration(s.DurationMS) * time.Millisecond }
