package playback

import (
	"context"
	"time"

	"antwon.dj/backend/internal/party"
)

// This file lets a room pass from one host's player to the next host's. Songs already handed to the old player play to
// their end there, and nothing else is handed to it; then the next host's player begins with an empty memory.

const (
	// lastSongMargin is added to the time when the last song should end by the clock. After that the room no longer waits
	// for an old player that cannot be observed.
	lastSongMargin = 10 * time.Second
	// followsWithin is the longest time between the room's last song and a song that the old player went on to by itself.
	followsWithin = time.Minute
)

// hasNextHost reports whether a co-host has accepted the room and becomes its host.
func (d *decision) hasNextHost() bool { return d.room.Offer.Accepted }

// changeHost makes the next host the room's host as soon as no sound of the room comes from the old host's player. What
// that player goes on to by itself is paused, because the next host's player begins.
func (d *decision) changeHost() (action, bool) {
	if !d.hasNextHost() || !d.oldPlayerIsDone() {
		return action{}, false
	}
	step := party.PlaybackStep{ChangeHost: true}
	if !d.goesOnAlone() {
		return action{step: step}, true
	}
	if d.seenOnce() {
		return action{observeBy: d.nextLook()}, true
	}
	return d.send(Command{Kind: Pause}, step)
}

// oldPlayerIsDone reports whether nothing of the room is heard on the old player, and nothing will be: nothing plays
// and nothing was handed over, or the player has stopped in the middle. If it cannot be observed, or plays something
// else and not what was handed to it, the clock decides, but not before a first observation was tried. A host's command
// is answered first, which takes seconds at most.
func (d *decision) oldPlayerIsDone() bool {
	isOverdue := d.now.After(d.lastSongEnds().Add(lastSongMargin))
	switch {
	case d.activity == notObserved && d.memory.observationBackoff.kind == "":
		return false
	case d.playerUnknown():
		return isOverdue
	case len(d.room.PendingCommands) > 0 || d.mayBeginSong():
		return false
	case d.room.NowPlaying == nil && d.room.Committed() == nil:
		return true
	case d.inDoubt() || d.seenOnce():
		return false
	case d.activity == pausedSong || d.activity == pausedOther || d.activity == noDevice:
		return true
	}
	return isOverdue
}

// mayBeginSong reports whether the old player has begun a song of the room, or a command may still have an effect that
// was not seen yet.
func (d *decision) mayBeginSong() bool {
	return d.activity == playingSong && d.item != nil || !d.memory.observedAt.After(d.memory.commandedAt) ||
		d.now.Before(d.memory.lateUntil)
}

// lastSongEnds returns when the room's songs on the old player should have ended by the clock; zero: there are none.
func (d *decision) lastSongEnds() (end time.Time) {
	if playing := d.room.NowPlaying; playing != nil {
		end = playing.StartedAt.Add(durationOf(&playing.Song))
		if d.item == playing {
			end = later(end, d.memory.observation.At.Add(d.duration()-d.progress()))
		}
	}
	if next := d.room.Committed(); next != nil {
		end = later(end, next.CommittedAt).Add(durationOf(&next.Song))
	}
	return end
}

// goesOnAlone reports whether the old player plays a song that it went on to by itself after the room's last song, and
// no command to it fails at present.
func (d *decision) goesOnAlone() bool {
	ended := d.memory.lastEnded
	return d.activity == playingSong && d.item == nil && ended.song != nil && !d.playerUnknown() && !d.inDoubt() &&
		d.memory.commandBackoff.kind == "" && d.songBegan().Sub(ended.at).Abs() < followsWithin
}

const (
	lastAttempts = 3                // how often the last command is sent to an old player
	lastWithin   = 20 * time.Second // no attempt begins later than this after the first
)

// sendLast sends the last command to an old host's player, and again if Spotify fails for a moment. The new player
// begins afterwards, whether the command succeeded or not. It returns party.ErrLeaseLost as send does, and no other
// error.
func (d *driver) sendLast(ctx context.Context, host string, last Command) error {
	if last.Kind == None {
		return nil
	}
	deadline := time.Now().Add(lastWithin)
	for failures := (backoff{}); ; sleep(ctx, time.Until(failures.until)) {
		answer, err := d.send(ctx, host, last)
		if err != nil {
			return err
		}
		fault := answer.Fault
		if fault == nil || fault.Kind != Unreachable && fault.Kind != CoolingDown {
			return nil
		}
		failures = failures.afterFault(fault, time.Now())
		if failures.attempts == lastAttempts || failures.until.After(deadline) || ctx.Err() != nil {
			return nil
		}
	}
}
