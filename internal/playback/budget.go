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
	// thriftFrom and thriftMost are the numbers of calls in the last hour from which the player is observed half as often,
	// and a quarter as often.
	thriftFrom = hourlyCalls - 30
	thriftMost = hourlyCalls - 20
	// burstCalls is how many calls a room may cost in burstMinutes before its observations are paced, whatever calls for
	// them. The busiest room that nothing goes wrong in needs fewer than 60.
	burstCalls = 70
	// usualCalls is what a room that plays costs in a minute.
	usualCalls   = 5
	burstMinutes = 10
	burstPace    = 26 * time.Second // between two observations; a command may follow each of them
	slowestPace  = time.Minute      // the same when thriftMost is reached
)

// callCount counts the calls of the last hour by minutes.
type callCount struct {
	minute    int64 // the newest that is counted, since the epoch
	perMinute [60]uint16
}

// add returns the count with n more calls at a time.
func (c callCount) add(n int, now time.Time) callCount {
	c = c.at(now)
	c.perMinute[c.minute%60] += uint16(n)
	return c
}

// at returns the count without what is older than an hour.
func (c callCount) at(now time.Time) callCount {
	minute := now.Unix() / 60
	for m := max(c.minute+1, minute-59); m <= minute; m++ {
		c.perMinute[m%60] = 0
	}
	c.minute = max(minute, c.minute)
	return c
}

func (c callCount) total() int { return c.last(len(c.perMinute)) }

// last returns how many calls were made in the last minutes, 60 at most.
func (c callCount) last(minutes int) (n int) {
	for m := range int64(minutes) {
		n += int(c.perMinute[((c.minute-m)%60+60)%60])
	}
	return n
}

// assumeCalls lets a new driver assume that the driver before it has made the usual number of calls in the last hour,
// if the room's player was observed then.
func (d *decision) assumeCalls() {
	if p := d.room.Playback; p.Status == party.Idle && p.Song == nil || d.now.Sub(p.ObservedAt) > time.Hour {
		return
	}
	d.memory.calls = d.memory.calls.at(d.now)
	for m := range d.memory.calls.perMinute {
		d.memory.calls.perMinute[m] = usualCalls
	}
}

// countCall counts the call whose outcome is the input of this decision.
func (d *decision) countCall(in Input) {
	if d.memory.calls.minute == 0 {
		d.assumeCalls()
	}
	n := 0
	switch {
	case in.Answer != nil && in.Answer.Command.Kind == ResetModes:
		n = 2
	case in.Answer != nil || in.Observation != nil || in.Fault != nil:
		n = 1
	}
	d.memory.calls = d.memory.calls.add(n, d.now)
}

// paced delays an observation if the room has cost too many calls. A host who waits for a command is not made to wait,
// and neither is a room whose song plays as it should.
func (d *decision) paced(at time.Time) time.Time {
	m := d.memory
	inDoubt := m.suspicion.kind != nothingNew || m.hidden || m.commandBackoff.kind != "" || m.observationBackoff.kind != ""
	plays := d.activity == playingSong && d.item != nil && !inDoubt
	if len(d.room.PendingCommands) > 0 || plays {
		return at
	}
	switch calls := d.memory.calls; {
	case calls.total() >= thriftMost:
		return later(at, d.memory.lookedAt.Add(slowestPace))
	case calls.last(burstMinutes) >= burstCalls:
		return later(at, d.memory.lookedAt.Add(burstPace))
	}
	return at
}

// thrifty stretches an interval between observations that nothing calls for. An observation costs two calls while only
// the queue tells what plays.
func (d *decision) thrifty(interval time.Duration) time.Duration {
	if d.memory.hidden {
		interval *= 3
	}
	switch calls := d.memory.calls.total(); {
	case calls >= thriftMost:
		return 4 * interval
	case calls >= thriftFrom:
		return 2 * interval
	}
	return interval
}
