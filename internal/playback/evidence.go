package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// This file decides which observations are believed. Spotify answers from caches, late, or without parts of the truth,
// so one answer is not a fact: an observation that contradicts what is known is held back until another one confirms
// it. Until then every decision relies on what was believed before, and nothing that cannot be undone happens.

// claimKind is what a contradicting observation says.
type claimKind int

const (
	nothingNew   claimKind = iota
	noPlayer               // no device is active although something played or was paused
	stopped                // nothing plays, or the song is paused, long before its end
	otherSong              // something else plays long before the end of the song
	movedBack              // the song plays, and its progress is far behind
	standsStill            // the song plays, and its progress has not changed
	lookBack               // a song plays that has ended recently
	foreignSound           // something plays that is no song
)

// suspicion is a claim of the newest observations that is not proven. The zero value means that there is none.
type suspicion struct {
	kind       claimKind
	uri        string    // of the song that the claim is about; may be empty
	since      time.Time // when the first observation with this claim was made
	looks      int       // how many observations in a row have made it
	inRow      int       // how many observations in a row were in doubt, whatever they claimed
	queueRead  time.Time // with noPlayer: when the queue was read last, or could not be read
	queueFails int       // how often it could not be read
	queueSaid  bool      // with noPlayer: the queue has said something unexpected
	queueURI   string    // the song that it named then; empty: none
}

const (
	confirmDelay   = 1200 * time.Millisecond // from an observation that raises a suspicion to the one that confirms it
	minConfirmGap  = time.Second             // two observations that follow faster may be one answer of a cache
	noPlayerAtMost = 12 * time.Second        // how long a missing player is doubted while the queue cannot be read
	endTolerance   = 1500 * time.Millisecond // how much earlier than expected a song may end
	maxLookBack    = time.Minute             // how long after its end a song may still be shown by mistake
	staleProgress  = 2500 * time.Millisecond // how far behind a progress has to be to contradict what is known
)

// known is what was known before the newest observation.
type known struct {
	sounds   bool // something plays or is paused
	plays    bool // it plays
	song     *party.Song
	other    *OtherItem
	progress time.Duration
	at       time.Time
	active   bool // a device is active
}

// known returns what the last believed observation says or, for a driver without one, what the room shows.
func (d *decision) known() known {
	s := d.memory.observation
	if s.At.IsZero() {
		return knownFromRoom(d.lastShown())
	}
	d.classify()
	k := known{song: s.Song, other: s.Other, progress: s.Progress, at: s.At, active: active(s)}
	k.plays = d.activity == playingSong || d.activity == playingOther
	k.sounds = k.plays || d.activity == pausedSong || d.activity == pausedOther
	if d.item != nil && d.memory.heard.itemID == d.item.ID && d.memory.heard.at.Equal(s.At) {
		k.progress = d.memory.heard.progress
	}
	return k
}

func knownFromRoom(shown party.Playback) known {
	k := known{song: shown.Song, at: shown.ObservedAt, plays: shown.Status == party.Playing, active: shown.Device != nil}
	k.sounds = shown.Status != party.Idle && shown.Song != nil
	if shown.ProgressMS != nil {
		k.progress = time.Duration(*shown.ProgressMS) * time.Millisecond
	}
	return k
}

// has reports whether this is the known song.
func (k known) has(song *party.Song) bool {
	return k.song != nil && song != nil && sameRecording(k.song, song)
}

// duration returns how long the known song or other item lasts; 0: unknown.
func (k known) duration() time.Duration {
	switch {
	case k.song != nil:
		return durationOf(k.song)
	case k.other != nil:
		return k.other.Duration
	}
	return 0
}

// end returns when what plays should end; zero: unknown, or it does not play.
func (k known) end() time.Time {
	if !k.plays || k.duration() == 0 {
		return time.Time{}
	}
	return k.at.Add(k.duration() - k.progress)
}

// believes reports whether decisions may rely on an observation: if it contradicts nothing that is known, or if its
// claim is proven. It updates the suspicion.
func (d *decision) believes(s Observation) bool {
	k := d.known()
	claim := d.claimOf(k, s)
	doubt := &d.memory.suspicion
	if claim.kind == nothingNew {
		*doubt = suspicion{}
		return true
	}
	if doubt.kind != claim.kind || doubt.uri != claim.uri {
		claim.since, claim.inRow = s.At, doubt.inRow
		*doubt = claim
	}
	doubt.looks, doubt.inRow = doubt.looks+1, doubt.inRow+1
	if d.proven(k, s) {
		*doubt = suspicion{}
		return true
	}
	return false
}

// proven reports whether the present suspicion is a fact. Observations alone do not prove that no player is active: the
// queue has to confirm it, unless it cannot be read for noPlayerAtMost. Two observations prove that another song plays
// if they differ in its progress; manyStill of them do if they do not differ.
func (d *decision) proven(k known, s Observation) bool {
	doubt := d.memory.suspicion
	lasted := s.At.Sub(doubt.since)
	switch {
	case doubt.kind == noPlayer:
		return doubt.queueFails > 0 && lasted >= noPlayerAtMost
	case doubt.kind == standsStill && !inTail(s):
		return d.memory.still.proves(s.At)
	case d.isRepeated():
		return doubt.looks >= manyStill && lasted >= minConfirmGap
	}
	return doubt.looks >= 2 && lasted >= minConfirmGap
}

// isRepeated reports whether the two newest observations show another song than the known one, at the same progress:
// they may be one answer, from a cache.
func (d *decision) isRepeated() bool {
	kind := d.memory.suspicion.kind
	return (kind == otherSong || kind == lookBack) && d.memory.still.times >= 2
}

// claimOf returns how an observation contradicts what is known.
func (d *decision) claimOf(k known, s Observation) suspicion {
	atStake := k.sounds || d.room.NowPlaying != nil
	commanded := d.memory.changedAt.After(d.memory.observedAt) // the server itself has changed what plays
	switch {
	case !active(s) && (k.sounds || k.active && atStake || d.expectsPlayer(k)):
		return suspicion{kind: noPlayer}
	case s.Playing && s.Song != nil && !commanded && !k.has(s.Song) && d.endedRecently(s.Song, s.At):
		return suspicion{kind: lookBack, uri: s.Song.URI}
	case !atStake || commanded || !active(s):
		return suspicion{}
	case s.Playing && s.Song != nil:
		return d.songClaim(k, s)
	case d.endIsDue(k, s):
		return suspicion{}
	case s.Playing:
		if k.plays && k.song == nil {
			return suspicion{}
		}
		return suspicion{kind: foreignSound}
	case !k.plays && (k.has(s.Song) && s.Progress > 0 || k.song == nil && k.other != nil && s.Other != nil):
		return suspicion{} // it is still paused
	}
	return suspicion{kind: stopped, uri: uriOf(s.Song)}
}

// expectsPlayer reports whether a device should be active although nothing is known to play: a song is committed, and
// either a device was active before, or the player has accepted a command to play the song.
func (d *decision) expectsPlayer(k known) bool {
	item := d.room.Committed()
	if item == nil {
		return false
	}
	h := d.memory.handover
	return k.active || h.direct && h.itemID == item.ID && item.Commit == party.CommitSent
}

// songClaim is claimOf for an observation of a song that plays.
func (d *decision) songClaim(k known, s Observation) suspicion {
	item, same := d.itemOf(s.Song), k.has(s.Song)
	switch {
	case item != nil && item == d.room.Committed():
		return suspicion{}
	case same && k.plays:
		return progressClaim(k, s)
	case same, d.room.NowPlaying == nil, d.room.NowPlaying == item, d.endIsDue(k, s):
		return suspicion{}
	}
	return suspicion{kind: otherSong, uri: s.Song.URI}
}

// progressClaim is claimOf for the known song, which still plays. A progress of 0 proves nothing, because some devices
// always report it.
func progressClaim(k known, s Observation) suspicion {
	since := s.At.Sub(k.at)
	switch {
	case s.Progress == 0:
		return suspicion{}
	case s.Progress == k.progress && since >= minConfirmGap:
		return suspicion{kind: standsStill, uri: s.Song.URI}
	case s.Progress < k.progress+since-staleProgress:
		return suspicion{kind: movedBack, uri: s.Song.URI}
	}
	return suspicion{}
}

// endIsDue reports whether what played should be over by the time of an observation.
func (d *decision) endIsDue(k known, s Observation) bool {
	end := k.end()
	return !end.IsZero() && !s.At.Before(end.Add(-endTolerance-d.memory.crossfade))
}

// endedRecently reports whether a song of the room has ended so recently that an observation of it may be an old one.
func (d *decision) endedRecently(song *party.Song, at time.Time) bool {
	ended := d.memory.lastEnded
	return ended.song != nil && sameRecording(ended.song, song) && at.Sub(ended.at) < maxLookBack && d.itemOf(song) == nil
}

// inDoubt reports whether the newest observation is not believed, so that it is unknown what the player does. It
// returns false if only the progress is in doubt.
func (d *decision) inDoubt() bool {
	switch d.memory.suspicion.kind {
	case nothingNew, movedBack, standsStill:
		return false
	}
	return true
}

// nextLook returns when to make the observation that may confirm the present suspicion.
func (d *decision) nextLook() time.Time { return d.memory.lookedAt.Add(confirmDelay) }

func uriOf(song *party.Song) string {
	if song == nil {
		return ""
	}
	return song.URI
}
