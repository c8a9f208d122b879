package playback

import "time"

// All rooms share what Spotify lets an app request. A room that needs more calls than usual, because its player answers
// strangely, therefore observes its player less often while nothing is about to happen.

const (
	// hourlyCalls is what one room may cost in an hour, including what nobody planned.
	hourlyCalls = 350
	// thriftFrom and thriftMost are the numbers of calls in the last hour from which the player is observed half as often,
	// and a quarter as often.
	thriftFrom = hourlyCalls - 25
	thriftMost = hourlyCalls - 10
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

func (c callCount) total() (n int) {
	for _, calls := range c.perMinute {
		n += int(calls)
	}
	return n
}

// countCall counts the call whose outcome is the input of this decision.
func (d *decision) countCall(in Input) {
	n := 0
	switch {
	case in.Answer != nil && in.Answer.Command.Kind == ResetModes:
		n = 2
	case in.Answer != nil || in.Observation != nil || in.Fault != nil:
		n = 1
	}
	d.memory.calls = d.memory.calls.add(n, d.now)
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
