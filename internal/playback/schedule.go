package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// These constants say when the player is observed although no event requires it. All observations of a server count
// against one rate limit.
const (
	commandDelay       = 700 * time.Millisecond // after a command; earlier, Spotify may still report the state before it
	endDelay           = 800 * time.Millisecond // after the expected end of a song
	waitingInterval    = time.Second            // while a song should start or end
	playingInterval    = 15 * time.Second       // while a song plays
	idleInterval       = 30 * time.Second       // while nothing plays
	shortPause         = 10 * time.Minute       // how long a paused song is observed like one that plays: it may go on
	otherFirstInterval = 5 * time.Second        // while something else plays: an advertisement is short
	otherLongAfter     = time.Minute            // when that counts as no advertisement: then playingInterval applies
	noDeviceFirst      = 5 * time.Second        // without a device, at first
	noDeviceMost       = 30 * time.Second       // without a device, at most
	noDeviceUnused     = time.Minute            // the same if there is nothing to play
)

// nextObservation returns when to observe the player: at by at the latest, unless by is zero, and never during a
// backoff that forbids it.
func (d *decision) nextObservation(by time.Time) time.Time {
	at := d.regularObservation()
	if commanded := d.lastCommand(); !commanded.IsZero() && !d.memory.observedAt.After(commanded) {
		at = commanded.Add(commandDelay)
	}
	if d.memory.suspicion.kind != nothingNew && (d.inDoubt() || d.nextLook().Before(at)) {
		at = d.nextLook()
	}
	if d.memory.still.times > 1 && d.activity == playingSong && d.nextLook().Before(at) {
		at = d.nextLook()
	}
	if until := d.memory.commandBackoff.until; until.After(d.now) && until.Before(at) {
		at = until
	}
	if !by.IsZero() && by.Before(at) {
		at = by
	}
	if d.memory.commandBackoff.forbidsObservation() {
		at = later(at, d.memory.commandBackoff.until)
	}
	return later(d.paced(at), d.memory.observationBackoff.until)
}

// lastCommand returns when the last command was answered whose effect an observation may show. A song that was appended
// to the player's queue shows only when it begins.
func (d *decision) lastCommand() time.Time {
	if item := d.room.Committed(); item != nil && item.Commit == party.CommitSent && d.sentToQueue() {
		return d.memory.changedAt
	}
	return d.memory.commandedAt
}

// regularObservation returns when to observe the player judging by its activity alone.
func (d *decision) regularObservation() time.Time {
	observed := d.memory.observedAt
	if d.activity != playingSong && d.memory.hadNothing && d.pick() != nil {
		return d.now // the first song of an empty queue
	}
	switch d.activity {
	case notObserved:
		if !d.memory.lookedAt.IsZero() { // what was seen is in doubt
			return d.nextLook()
		}
		return d.now
	case noDevice:
		return observed.Add(d.noDeviceInterval())
	case playingOther:
		if d.now.Sub(d.memory.silentSince) < otherLongAfter {
			return observed.Add(d.thrifty(otherFirstInterval))
		}
		return observed.Add(d.thrifty(playingInterval))
	case playingSong:
		return d.observationDuringSong()
	case pausedSong, pausedOther:
		if d.now.Sub(d.memory.inactiveSince) < shortPause {
			return observed.Add(d.thrifty(playingInterval))
		}
	case silence:
		if d.onlyHostCanStart() || d.memory.commandBackoff.kind == NotAllowed { // only the host can change this
			return observed.Add(playingInterval)
		}
		if item := d.room.Committed(); item != nil {
			waited := observed.Sub(later(d.memory.silentSince, item.CommittedAt))
			return observed.Add(min(max(waited/10, waitingInterval), playingInterval))
		}
	}
	return observed.Add(idleInterval)
}

// noDeviceInterval returns the interval without a device, which grows with the time for which there is none.
func (d *decision) noDeviceInterval() time.Duration {
	most := noDeviceUnused
	if d.hasNext() {
		most = noDeviceMost
	}
	return d.thrifty(min(max(d.memory.observedAt.Sub(d.memory.silentSince)/2, noDeviceFirst), most))
}

// observationDuringSong returns when the next song has to be committed, or when the current one should be over, but not
// later than after playingInterval, which thrifty may stretch.
func (d *decision) observationDuringSong() time.Time {
	s, observed := d.memory.observation, d.memory.observedAt
	end := s.At.Add(d.duration() - d.progress())
	commit := end.Add(-d.commitLead())
	at := end.Add(endDelay)
	switch {
	case !at.After(observed): // the end is overdue
		at = observed.Add(max(observed.Sub(at)/5, waitingInterval))
	case (d.isOvertaken() || d.room.Committed() == nil && d.pick() != nil) && commit.After(observed):
		at = commit
	}
	if most := observed.Add(d.thrifty(playingInterval)); most.Before(at) {
		return most
	}
	return at
}
