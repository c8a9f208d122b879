package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// This file decides how much the newest observations say together: an observation without a device is completed, and
// those that agree are counted.

// withDevice adds the device that was used last to an observation that names the song that plays, but no device.
func (d *decision) withDevice(s Observation) Observation {
	if s.Device == nil && s.Playing && s.Song != nil {
		s.Device = d.usedDevice()
	}
	return s
}

// usedDevice returns the device that was used last, as an active one. It has no id if none is known.
func (d *decision) usedDevice() *party.Device {
	device := d.memory.observation.Device
	if device == nil {
		device = d.lastShown().Device
	}
	used := party.Device{}
	if device != nil {
		used = *device
	}
	used.IsActive = true
	return &used
}

// place is the rough position of a player within its song.
type place int

const (
	somewhere place = iota
	atStart
	atEnd
)

func placeOf(s Observation) place {
	switch {
	case s.Progress == 0:
		return atStart
	case s.Song != nil && s.Progress >= durationOf(s.Song)-endTail:
		return atEnd
	}
	return somewhere
}

// alikeLooks is how many of the newest observations, whether they are believed or not, showed the same.
type alikeLooks struct {
	active, playing bool
	place           place
	uri             string
	times           int
}

// add returns the count after another observation.
func (a alikeLooks) add(s Observation) alikeLooks {
	next := alikeLooks{active(s), s.Playing, placeOf(s), uriOf(s.Song), a.times}
	if next != a {
		next.times = 0
	}
	next.times++
	return next
}

// stillLooks is how many of the newest observations, whether they are believed or not, showed the same song playing at
// the same place.
type stillLooks struct {
	uri      string
	progress time.Duration
	since    time.Time
	times    int
}

// manyStill is a number of observations that show the same song at the same progress. After so many, an observation
// that does not name what plays is no evidence that the song moves.
const manyStill = 4

// add returns the count after another observation. A progress of 0 proves nothing, because some devices always report
// it.
func (l stillLooks) add(s Observation) stillLooks {
	switch {
	case s.Playing && s.Song == nil && l.times >= manyStill: // the song probably has not moved
		return l
	case !s.Playing || s.Song == nil || s.Progress == 0:
		return stillLooks{}
	case l.times == 0 || l.uri != s.Song.URI || l.progress != s.Progress:
		return stillLooks{s.Song.URI, s.Progress, s.At, 1}
	}
	l.times++
	return l
}

// proves reports whether the observations prove that a song stands still: many of them within seconds, or fewer over a
// longer time, because the player of a costly room is observed less often.
func (l stillLooks) proves(at time.Time) bool {
	for _, enough := range []struct {
		times int
		over  time.Duration
	}{{8, 10 * time.Second}, {7, 25 * time.Second}, {3, 40 * time.Second}} {
		if l.times >= enough.times && at.Sub(l.since) >= enough.over {
			return true
		}
	}
	return false
}

// maxWavering is how long a silent room waits for observations that agree.
const maxWavering = 30 * time.Second

// seenOnce reports whether only one observation shows what the player does. That is not enough to cut off a sound.
// After maxWavering of silence it is: answers that contradict each other all the time must not keep a room silent.
func (d *decision) seenOnce() bool {
	silence := d.memory.inactiveSince
	wavers := d.room.NowPlaying == nil && !silence.IsZero() && d.now.Sub(silence) > maxWavering
	return d.memory.alike.times < 2 && !d.memory.hidden && !wavers
}
