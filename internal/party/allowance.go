package party

import "time"

// Allowance computes how many songs a guest may still add. It is a token bucket: it holds PerHour songs and refills
// evenly, within one hour from empty to full. PerHour must be positive.
type Allowance struct {
	PerHour int
	FullAt  time.Time // when the bucket is full again; zero or in the past: it is full
}

// every returns how long the bucket takes to refill by one song.
func (a Allowance) every() time.Duration { return time.Hour / time.Duration(a.PerHour) }

// Left returns how many songs may be added now, from 0 to PerHour.
func (a Allowance) Left(now time.Time) int {
	missing := max(0, a.FullAt.Sub(now))
	return max(0, a.PerHour-int((missing+a.every()-1)/a.every()))
}

// RefillsAt returns when the next song may be added: now, or the time at which the empty bucket has refilled by one
// song.
func (a Allowance) RefillsAt(now time.Time) time.Time {
	return laterOf(now, a.FullAt.Add(-a.every()*time.Duration(a.PerHour-1)))
}

// Spend returns the allowance after one more song was added. The caller has checked Left.
func (a Allowance) Spend(now time.Time) Allowance {
	return Allowance{PerHour: a.PerHour, FullAt: laterOf(now, a.FullAt).Add(a.every())}
}

// Refund returns the allowance after one added song was given back, as undo does.
func (a Allowance) Refund() Allowance {
	return Allowance{PerHour: a.PerHour, FullAt: a.FullAt.Add(-a.every())}
}

// Rescale returns the allowance after the host changed the limit to perHour: as many songs are missing from the bucket
// as before.
func (a Allowance) Rescale(perHour int, now time.Time) Allowance {
	missing := float64(max(0, a.FullAt.Sub(now))) / float64(a.every())
	other := Allowance{PerHour: perHour}
	other.FullAt = now.Add(time.Duration(missing * float64(other.every())))
	return other
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
