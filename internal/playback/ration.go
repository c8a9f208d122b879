package playback

import "time"

// This file rations the calls of a room that has used up almost all its hourlyCalls, for example because its player
// keeps disappearing, or because Spotify's answers about it keep being false. The calls that are left are spread over
// the time until enough calls are older than an hour.
// TestAnyTroublesStayInTheBudget tries the constants; docs/playback.md says how far they suffice.

const (
	// rationFrom is the number of calls in an hour from which a room is rationed. The ten calls that are left until
	// hourlyCalls are for finishing what has begun by then.
	rationFrom = hourlyCalls - 10
	// callsPerLook is how many calls an observation of a rationed room may lead to, itself included: a search for a
	// device, commands, and the observations that show what these have done.
	callsPerLook = 7
	// longestPause is how long a rationed room does nothing, at most: about as long as a song lasts.
	longestPause = 5 * time.Minute
	// unclearFor is how long after its commit a song that does not play makes observations more frequent.
	unclearFor = time.Minute
)

// isRationed reports whether a room is rationed at a time: whether three calls in every two minutes from then on, or
// five while an observation costs two calls, would bring the calls of any hour to rationFrom. It assumes that there are
// no calls between now and that time.
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

// delayRationed returns when to make an observation of a rationed room that is due at a time. It delays the observation
// unless it follows a command, or a song plays as expected and its progress advances: such an observation is due for
// the next song.
func (d *decision) delayRationed(at time.Time) time.Time {
	if d.justCommanded() || d.playsAsKnown() && !d.mayStandStill() {
		return at
	}
	pace := d.rationPause()
	if item := d.room.Committed(); item != nil && d.nothingPlays() {
		// A song that was sent could be heard without an observation of it.
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

// earliestStart returns the earliest time at which a rationed room may send a command that starts a song: each attempt
// leads to several calls. The time is zero if the room is not rationed, if the command starts no song, if no command
// was sent before, or if a host waits: one who has sent a host command or removed the song that plays.
func (d *decision) earliestStart(c Command) time.Time {
	begins := c.Kind.startsSong() || c.Kind == Append && d.nothingPlays()
	playing := d.room.NowPlaying
	wanted := len(d.room.PendingCommands) > 0 || playing != nil && playing.SkipOnStart
	if !begins || wanted || d.memory.commandedAt.IsZero() || !d.isRationed(d.now) {
		return time.Time{}
	}
	return d.memory.commandedAt.Add(d.rationPause())
}
