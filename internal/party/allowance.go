package party

import (
	"time"
)

// allowance is how many songs somebody may add: a bucket of perHour songs that refills evenly within an hour. fullAt is when
// it is full again; zero or past: it is.
type Allowance struct {
	PerHour int
	FullAt  time.Time
}

// every is how long one more song takes.
func (a Allowance) every() time.Duration { return time.Hour / time.Duration(a.PerHour) }

// left is how many songs may be added now.
func (a Allowance) Left(now time.Time) int {
	missing := max(0, a.FullAt.Sub(now))
	return max(0, a.PerHour-int((missing+a.every()-1)/a.every()))
}

// refillsAt is when one more may be added, if none may be now.
func (a Allowance) RefillsAt(now time.Time) time.Time {
	return laterOf(now, a.FullAt.Add(-a.every()*time.Duration(a.PerHour-1)))
}

// take counts a song that is added, and giveBack one that was taken back.
func (a Allowance) Spend(now time.Time) Allowance {
	return Allowance{a.PerHour, laterOf(now, a.FullAt).Add(a.every())}
}

func (a Allowance) Refund() Allowance { return Allowance{a.PerHour, a.FullAt.Add(-a.every())} }

// at is the allowance after the limit became another one: as many songs are missing as before.
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
