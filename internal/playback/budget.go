package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// All rooms share the app's rate limit at Spotify. A room that needs more calls than usual, because Spotify's answers
// about its player are contradictory, therefore observes its player less often while nothing is about to happen.

const (
	// hourlyCalls is the most calls that one room may cost in an hour, unplanned ones included.
	hourlyCalls = 350
	// thriftMost is the number of calls in the last hour from which the player is observed a quarter as often.
	thriftMost = hourlyCalls - 30
	// burstCalls is the number of calls within burstMinutes from which a room's observations are burstPace apart, whatever
	// the reason for them. The busiest room in which nothing goes wrong needs fewer than 60.
	burstCalls = 70
	// usualCalls is how many calls a room that plays costs in a minute. It is assumed if no driver has recorded them.
	usualCalls   = 5
	burstMinutes = 10
	burstPace    = 26 * time.Second // between two observations; a command may follow each of them
	// maxUnrecorded is how many calls a driver makes before it records the room's count of calls with its lease. Up to
	// that many calls may be unknown to the next driver, which counts them as made.
	maxUnrecorded = 5
	slowestPace   = time.Minute // between two observations when thriftMost is reached
)

// knownCalls returns the count of a room's calls with which a driver begins. It includes calls that another node may
// have made and not recorded.
func knownCalls(lease party.Lease, now time.Time) party.CallCount {
	if lease.Calls.Minute == 0 || !lease.Inherited {
		return lease.Calls
	}
	return lease.Calls.Add(maxUnrecorded, now)
}

// assumeCalls assumes the usual number of calls in the last hour, for a room whose calls no driver has recorded. It
// assumes none if the room shows no observation of that hour in which the player had something to play.
func (d *decision) assumeCalls() {
	if p := d.room.Playback; p.Status == party.Idle && p.Song == nil || d.now.Sub(p.ObservedAt) > time.Hour {
		return
	}
	d.memory.calls = d.memory.calls.At(d.now)
	for m := range d.memory.calls.PerMinute {
		d.memory.calls.PerMinute[m] = usualCalls
	}
}

// countCall counts the call whose outcome is the input of this decision.
func (d *decision) countCall(in Input) {
	if d.memory.calls.Minute == 0 {
		d.assumeCalls()
	}
	n := 0
	switch {
	case in.Answer != nil:
		n = in.Answer.Command.Kind.calls()
	case in.Observation != nil || in.Fault != nil:
		n = 1
	}
	d.memory.calls = d.memory.calls.Add(n, d.now)
}

// calls returns how many calls to Spotify carry a command out.
func (k CommandKind) calls() int {
	if k == ResetModes {
		return 2
	}
	return 1
}

// paced returns when to make an observation that is due at a time: later if the room has cost too many calls. It delays
// nothing while a host command waits, while a song plays as expected, just after a command, when a silence or a doubt
// has just begun, or when the device is being replaced. For a rationed room, delayRationed decides.
func (d *decision) paced(at time.Time) time.Time {
	m := d.memory
	started := d.justCommanded() && m.commandBackoff.attempts <= 1 && !d.fails()
	switch {
	case len(d.room.PendingCommands) > 0:
		return at
	case d.isRationed(d.now):
		return d.delayRationed(at)
	case d.playsAsKnown() && !m.hidden, started, d.newlyInDoubt(), d.newlySilent(at), d.replacesDevice(at):
		return at
	case d.isCostly(d.now):
		return later(at, d.affordable(slowestPace, d.isCostly))
	case m.calls.Last(burstMinutes) >= burstCalls:
		return later(at, m.lookedAt.Add(burstPace))
	}
	return at
}

// fails reports whether the newest observation or command has failed.
func (d *decision) fails() bool {
	observing, commanding := d.memory.observationBackoff, d.memory.commandBackoff
	return observing.kind != "" || commanding.kind != "" && d.now.Before(commanding.until)
}

// playsAsKnown reports whether a song plays that is not overdue, and nothing speaks against that.
func (d *decision) playsAsKnown() bool {
	inDoubt := d.memory.suspicion.kind != nothingNew || d.fails()
	return d.activity == playingSong && d.remaining() > -maxOverrun && !inDoubt
}

// justCommanded reports whether a command that may have changed what plays was answered since the last observation.
func (d *decision) justCommanded() bool { return d.memory.changedAt.After(d.memory.lookedAt) }

// isCostly reports whether the calls in the hour before a time reach thriftMost, so that the player is observed less
// often.
func (d *decision) isCostly(at time.Time) bool { return d.memory.calls.At(at).Total() >= thriftMost }

// affordable returns when a room that has cost too much may be observed again: as soon as enough calls are older than
// an hour, so that isTooMuch returns false, but at the latest the given time after the last observation.
func (d *decision) affordable(after time.Duration, isTooMuch func(time.Time) bool) time.Time {
	latest := d.memory.lookedAt.Add(after)
	for at := d.now.Truncate(time.Minute).Add(time.Minute); at.Before(latest); at = at.Add(time.Minute) {
		if !isTooMuch(at) {
			return at
		}
	}
	return latest
}

// newlyInDoubt reports whether the newest observation is in doubt, and another one should follow soon: it is the first
// one in doubt, or came late with a new claim, or only repeats the one before.
func (d *decision) newlyInDoubt() bool {
	doubt := d.memory.suspicion
	late, repeated := doubt.looks == 1 && d.cameLate(), doubt.inRow < manyStill && d.isRepeated()
	return d.inDoubt() && (doubt.inRow == 1 || late || repeated)
}

// newlySilent reports whether an observation at that time may confirm a silence, so that a waiting song can start: the
// silence has just begun, or shows on a device to which playback was just transferred. If Spotify says that the silent
// player plays, this holds only if a single observation shows the silence and came late.
func (d *decision) newlySilent(at time.Time) bool {
	waits := d.nothingPlays() && (d.room.NowPlaying != nil || d.hasNext())
	matters := !d.memory.observation.Playing || d.seenOnce() && d.cameLate()
	since := d.memory.inactiveSince
	if d.memory.resumeAfterTransfer {
		since = later(since, d.memory.changedAt)
	}
	return waits && matters && at.Sub(since) < staleWindow+confirmDelay
}

// replacesDevice reports whether an observation at that time leads to the replacement of a device that has disappeared:
// to the first search for another one, or to a song on one that was just found.
func (d *decision) replacesDevice(at time.Time) bool {
	search, due := d.memory.deviceSearch, d.memory.silentSince.Add(searchDelay)
	searches := d.interrupted() && !at.Before(due) && d.memory.lookedAt.Before(due)
	found := search.foundID != "" && search.at.After(d.memory.lookedAt)
	return d.activity == noDevice && (searches || found)
}

// cameLate reports whether the newest observation came long after the one before.
func (d *decision) cameLate() bool { return d.memory.lookedAt.Sub(d.memory.lookedBefore) >= burstPace }

// hiddenThrift is the factor by which intervals between observations grow while only the queue tells what plays.
const hiddenThrift = 3

// thrifty stretches an interval between observations that nothing calls for, up to slowestPace, or more in a rationed
// room. An observation costs two calls while only the queue tells what plays.
func (d *decision) thrifty(interval time.Duration) time.Duration {
	if d.memory.hidden {
		interval *= hiddenThrift
	}
	if d.isCostly(d.now) {
		interval *= 4
	}
	if d.activity == playingSong && d.isRationed(d.now) { // until the next song has to be committed
		return longestPause
	}
	return min(interval, slowestPace)
}
