package sim

import (
	"math/rand/v2"
	"time"
)

// schedule determines to which of the matching requests a fault or a look applies.
type schedule struct {
	times       int       // how many requests are left; negative: any number
	until       time.Time // zero: no end
	probability float64   // 0: each request
}

// newSchedule returns a schedule that starts now. Without a number of times it is one request, or, if it lasts for a
// time, any number.
func newSchedule(times int, lasts time.Duration, probability float64, now time.Time) schedule {
	s := schedule{times: times, probability: probability}
	if lasts > 0 {
		s.until = now.Add(lasts)
	}
	if times == 0 && lasts <= 0 {
		s.times = 1
	} else if times == 0 {
		s.times = -1
	}
	return s
}

// isOver reports whether the schedule has applied to all requests that it is for.
func (s schedule) isOver(now time.Time) bool {
	return s.times == 0 || !s.until.IsZero() && !now.Before(s.until)
}

// take reports whether the schedule applies to a request, and counts it if it does.
func (s *schedule) take(now time.Time, random *rand.Rand) bool {
	if s.isOver(now) || s.probability > 0 && random.Float64() >= s.probability {
		return false
	}
	if s.times > 0 {
		s.times--
	}
	return true
}
