package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// This file finds out what plays when observations say that no player is active. Spotify has been seen to say that
// while music plays, and then its queue still names the song.

// askQueue reads the queue when observations say that no player is active: after two of them or, while the player is
// hidden, after one.
func (d *decision) askQueue() (action, bool) {
	doubt := d.memory.suspicion
	if doubt.kind != noPlayer {
		return action{}, false
	}
	enough := doubt.looks >= 2 || d.memory.hidden
	earliest := later(later(doubt.queueRead.Add(confirmDelay), d.memory.commandBackoff.until), d.nextLookIfNot(enough))
	if d.now.Before(earliest) || !enough {
		return action{observeBy: earliest}, true
	}
	return action{command: Command{Kind: ReadQueue}}, true
}

func (d *decision) nextLookIfNot(enough bool) time.Time {
	if enough {
		return time.Time{}
	}
	return d.nextLook()
}

// takeQueue decides by the queue whether a player is active. If the queue names a song, that song is taken to play, and
// its progress is estimated by the clock. An unexpected song has to be named twice.
func (d *decision) takeQueue(a *Answer) {
	doubt := &d.memory.suspicion
	if doubt.kind != noPlayer {
		return
	}
	doubt.queueRead = d.now
	if a.Fault != nil && a.Fault.Kind != NoDevice {
		doubt.queueFails++
		d.memory.commandBackoff = d.memory.commandBackoff.afterFault(a.Fault, d.now)
		return
	}
	if doubt.queueFails > 0 { // it answers again
		doubt.queueFails, d.memory.commandBackoff = 0, backoff{}
	}
	current := a.Queue.Current
	if a.Fault != nil {
		current = nil
	}
	if d.isUnexpected(current) && !doubt.names(current) { // the answer may be old, or untrue
		doubt.queueSaid, doubt.queueURI = true, uriOf(current)
		return
	}
	s := Observation{At: d.now}
	if current != nil {
		s = d.observationFromQueue(current)
	}
	*doubt = suspicion{}
	d.accept(s)
	d.memory.hidden = s.Song != nil
}

// isUnexpected reports whether the queue's answer is unexpected: it names a song that is neither the known one nor the
// committed one or, if song is nil, it names none although something should play.
func (d *decision) isUnexpected(song *party.Song) bool {
	k, item := d.known(), d.room.Committed()
	if song == nil {
		return k.plays && (k.end().IsZero() || d.now.Before(k.end()))
	}
	return !k.has(song) && (item == nil || !sameRecording(&item.Song, song))
}

// names reports whether the queue's last unexpected answer named this song, too; for nil, whether it named none.
func (s suspicion) names(song *party.Song) bool { return s.queueSaid && s.queueURI == uriOf(song) }

// observationFromQueue returns what the player probably does while only its queue names the song. A song that was
// loaded and silent before counts as silent, because the queue does not say whether it plays.
func (d *decision) observationFromQueue(song *party.Song) Observation {
	k := d.known()
	s := Observation{
		At: d.now, Song: song, Playing: k.plays || !k.sounds && !k.has(song), Device: d.usedDevice(),
		Context: d.memory.observation.Context,
	}
	switch {
	case k.has(song):
		s.Progress = k.progress
		if k.plays { // the clock alone does not end a song that the queue still names
			s.Progress = min(s.Progress+d.now.Sub(k.at), max(s.Progress, durationOf(song)-time.Second))
		}
	case !k.end().IsZero() && d.now.After(k.end()):
		s.Playing, s.Progress = true, d.now.Sub(k.end())
	default:
		s.Playing = true
	}
	return s
}
