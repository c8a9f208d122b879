package playback

import "time"

// This file says what a room does that has cost almost all that it may: its player may come and go, or lie, all the
// time. What is left of hourlyCalls is spread over the time until enough calls are older than an hour.

const (
	// rationFrom is the number of calls in an hour from which a room is rationed.
	rationFrom = hourlyCalls - 10
	// callsPerLook is how many calls an observation of a rationed room leads to, itself included.
	callsPerLook = 7
	// longestPause is how long a rationed room does nothing, at most.
	longestPause = 5 * time.Minute
)

// isRationed reports whether a room will have cost so much by some time that it may cost next to nothing until enough
// of that is older than an hour. It still costs three calls in two minutes, and more while an observation costs two.
func (d *decision) isRationed(at time.Time) bool {
	calls, inTwoMinutes := d.memory.calls.At(at), 3
	if d.memory.hidden {
		inTwoMinutes = 5
	}
	for minutes := range 60 { // from then on
		if calls.Last(60-minutes)+minutes*inTwoMinutes/2 >= rationFrom {
			return true
		}
	}
	return false
}

// rationed delays an observation of a rationed room, unless it shows what a command has done, or a song plays as it
// should and moves: then the observation is due because the next song is.
func (d *decision) rationed(at time.Time) time.Time {
	if d.justCommanded() || d.playsAsKnown() && !d.mayStandStill() {
		return at
	}
	pace := d.rationPause()
	if item := d.room.Committed(); item != nil && d.nothingPlays() {
		// Until it is known what has become of a song that was sent, it could be heard unseen.
		if waited := d.memory.lookedAt.Sub(item.CommittedAt); waited <= slowestPace {
			pace = min(max(2*waited, confirmDelay), burstPace)
		}
	}
	return later(at, d.affordable(pace, d.isRationed))
}

// rationPause returns how long a rationed room does nothing.
func (d *decision) rationPause() time.Duration {
	minutes, left := 1, max(1, hourlyCalls-d.memory.calls.Total())
	for minutes < 60 && d.isRationed(d.now.Add(time.Duration(minutes)*time.Minute)) {
		minutes++
	}
	return min(max(time.Duration(minutes*callsPerLook/left)*time.Minute, slowestPace), longestPause)
}

// mayStart returns when a rationed room may let a song begin that nobody has asked for right now: each attempt leads to
// several calls. The time is zero if the room is not rationed, or the command does no such thing.
func (d *decision) mayStart(c Command) time.Time {
	begins := c.HostCommandID == "" && (c.Kind.startsSong() || c.Kind == Append && d.nothingPlays())
	if !begins || d.memory.commandedAt.IsZero() || !d.isRationed(d.now) {
		return time.Time{}
	}
	return d.memory.commandedAt.Add(d.rationPause())
}
