package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// All rooms share what Spotify lets an app request. A room that needs more calls than usual, because its player answers
// strangely, therefore observes its player less often while nothing is about to happen.

const (
	// hourlyCalls is what one room may cost in an hour, including what nobody planned.
	hourlyCalls = 350
	// thriftMost is the number of calls in the last hour from which the player is observed a quarter as often.
	thriftMost = hourlyCalls - 30
	// almostMost is the number of calls in the last hour from which nothing is asked that the music can do without, and
	// no search for a device is in a hurry: it may come and go all the time.
	almostMost = hourlyCalls - 10
	// burstCalls is how many calls a room may cost in burstMinutes before its observations are paced, whatever calls for
	// them. The busiest room that nothing goes wrong in needs fewer than 60.
	burstCalls = 70
	// usualCalls is what a room that plays costs in a minute. It is assumed if no driver has recorded it.
	usualCalls   = 5
	burstMinutes = 10
	burstPace    = 26 * time.Second // between two observations; a command may follow each of them
	// maxUnrecorded is how many calls a driver makes before it records what the room has cost with its lease. So many may
	// be unknown to the next driver, which counts them as made.
	maxUnrecorded = 5
	slowestPace   = time.Minute // the same when thriftMost is reached, and what no thrift exceeds
)

// knownCalls returns what a room has cost when a driver begins. It includes calls that another node may have made and
// not recorded.
func knownCalls(lease party.Lease, now time.Time) party.CallCount {
	if lease.Calls.Minute == 0 || !lease.Inherited {
		return lease.Calls
	}
	return lease.Calls.Add(maxUnrecorded, now)
}

// assumeCalls lets a driver of a room of which no driver has recorded the calls assume that there were the usual number
// in the last hour, if the room's player was observed then.
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

// paced delays an observation if the room has cost too many calls. A host who waits for a command is not made to wait,
// and neither is a room where a song plays as it should, of the room or of the host, where a song was just started,
// where a silence has just begun, or where what is in doubt is new.
func (d *decision) paced(at time.Time) time.Time {
	m := d.memory
	fails := m.observationBackoff.kind != "" || m.commandBackoff.kind != "" && d.now.Before(m.commandBackoff.until)
	inDoubt := m.suspicion.kind != nothingNew || m.hidden || fails
	plays := d.activity == playingSong && d.remaining() > -maxOverrun && !inDoubt
	started := m.changedAt.After(m.lookedAt) && m.commandBackoff.attempts <= 1 && !fails
	changes := started || d.newlyInDoubt() || d.newlySilent(at) || d.replacesDevice(at)
	if len(d.room.PendingCommands) > 0 || plays || changes {
		return at
	}
	switch calls := d.memory.calls; {
	case calls.Total() >= thriftMost:
		return later(at, d.affordable())
	case calls.Last(burstMinutes) >= burstCalls:
		return later(at, d.memory.lookedAt.Add(burstPace))
	}
	return at
}

// affordable returns when a room that has cost much may be observed again: as soon as enough calls are no longer of the
// last hour, or slowestPace after the last observation.
func (d *decision) affordable() time.Time {
	latest, nextMinute := d.memory.lookedAt.Add(slowestPace), d.now.Truncate(time.Minute).Add(time.Minute)
	if nextMinute.Before(latest) && d.memory.calls.At(nextMinute).Total() < thriftMost {
		return nextMinute
	}
	return latest
}

// newlyInDoubt reports whether the newest observation is the first one that is in doubt, came late and claims something
// else than those before, or only repeats the one before.
func (d *decision) newlyInDoubt() bool {
	doubt := d.memory.suspicion
	late, repeated := doubt.looks == 1 && d.cameLate(), doubt.inRow < manyStill && d.isRepeated()
	return d.inDoubt() && (doubt.inRow == 1 || late || repeated)
}

// newlySilent reports whether a silence has just begun at that time, or shows on a device to which playback was just
// transferred, and a song waits, which begins once an observation confirms the silence. If the player claims to play,
// and does not, only one that follows a late one counts.
func (d *decision) newlySilent(at time.Time) bool {
	waits := d.nothingPlays() && (d.room.NowPlaying != nil || d.hasNext())
	matters := !d.memory.observation.Playing || d.seenOnce() && d.cameLate()
	since := d.memory.inactiveSince
	if d.memory.resumeAfterTransfer && d.memory.calls.Total() < almostMost {
		since = later(since, d.memory.changedAt)
	}
	return waits && matters && at.Sub(since) < staleWindow+confirmDelay
}

// replacesDevice reports whether a search follows an observation at that time, for another device than the one that has
// just disappeared, or a song on a device that was just found.
func (d *decision) replacesDevice(at time.Time) bool {
	search, due := d.memory.deviceSearch, d.memory.silentSince.Add(searchDelay)
	searches := d.interrupted() && !at.Before(due) && d.memory.lookedAt.Before(due)
	found := search.foundID != "" && search.at.After(d.memory.lookedAt)
	return d.activity == noDevice && (searches || found) && d.memory.calls.Total() < almostMost
}

// cameLate reports whether the newest observation came long after the one before.
func (d *decision) cameLate() bool { return d.memory.lookedAt.Sub(d.memory.lookedBefore) >= burstPace }

// hiddenThrift is how much less often a player is observed of which only the queue tells what it plays.
const hiddenThrift = 3

// thrifty stretches an interval between observations that nothing calls for. An observation costs two calls while only
// the queue tells what plays.
func (d *decision) thrifty(interval time.Duration) time.Duration {
	if d.memory.hidden {
		interval *= hiddenThrift
	}
	if d.memory.calls.Total() >= thriftMost {
		interval *= 4
	}
	return min(interval, slowestPace)
}
