package playback

import "time"

// This file says what a room does that has cost almost all that it may: its player may come and go, or lie, all the
// time. What is left of hourlyCalls is spread over the time until enough calls are older than an hour.
// TestAnyTroublesStayInTheBudget tries the constants; docs/playback.md says how far they suffice.

const (
	// rationFrom is the number of calls in an hour from which a room is rationed. What is begun then may still be ended.
	rationFrom = hourlyCalls - 10
	// callsPerLook is how many calls an observation of a rationed room may lead to, itself included: a search for a
	// device, commands, and the observations that show what these have done.
	callsPerLook = 7
	// longestPause is how long a rationed room does nothing, at most: about as long as a song lasts.
	longestPause = 5 * time.Minute
	// unclearFor is how long after its commit a song that does not play is looked for.
	unclearFor = time.Minute
)

// isRationed reports whether, from a time on, three calls in every two minutes would bring some hour to rationFrom, or
// five while an observation costs two calls. It assumes that there are no calls until then.
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

// delayRationed delays an observation of a rationed room, unless it shows what a command has done, or is due because
// the next song is: a song plays as it should, and moves.
func (d *decision) delayRationed(at time.Time) time.Time {
	if d.justCommanded() || d.playsAsKnown() && !d.mayStandStill() {
		return at
	}
	pace := d.rationPause()
	if item := d.room.Committed(); item != nil && d.nothingPlays() {
		// Until it is known what has become of a song that was sent, it could be heard unseen.
		if waited := d.memory.lookedAt.Sub(item.CommittedAt); waited <= unclearFor {
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

// earliestStart returns when a rationed room may let a song begin: each attempt leads to several calls. The time is
// zero if the room is not rationed, if the command does no such thing, or if a host waits for it: one who has sent a
// command, or has removed the song that plays.
func (d *decision) earliestStart(c Command) time.Time {
	begins := c.Kind.startsSong() || c.Kind == Append && d.nothingPlays()
	playing := d.room.NowPlaying
	wanted := len(d.room.PendingCommands) > 0 || playing != nil && playing.SkipOnStart
	if !begins || wanted || d.memory.commandedAt.IsZero() || !d.isRationed(d.now) {
		return time.Time{}
	}
	return d.memory.commandedAt.Add(d.rationPause())
}
