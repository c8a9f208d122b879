package party

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Whatever somebody does, within any stretch of time they add no more than the bucket holds and what flowed in
// meanwhile; and who waits until it refills may add one.
func TestAnAllowanceGivesNoMoreThanItHas(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		a := Allowance{PerHour: 1 + random.IntN(20)}
		start := time.Date(2026, 11, 27, 21, 0, 0, 0, time.UTC)
		now, added := start, 0
		for range 300 {
			now = now.Add(time.Duration(random.Int64N(int64(2 * a.every()))))
			switch left := a.Left(now); {
			case left > 0:
				a = a.Spend(now)
				added++
				if random.IntN(5) == 0 {
					a = a.Refund()
					added--
				}
			case a.Left(a.RefillsAt(now)) != 1 || a.Left(a.RefillsAt(now).Add(-time.Nanosecond)) != 0:
				t.Fatalf("seed %d: it does not refill when it says", seed)
			}
			if most := a.PerHour + int(now.Sub(start)/a.every()); added > most {
				t.Fatalf("seed %d: %d added in %v, %d at most", seed, added, now.Sub(start), most)
			}
		}
		if full := a.Left(now.Add(time.Hour)); full != a.PerHour {
			t.Fatalf("seed %d: after an hour %d of %d are left", seed, full, a.PerHour)
		}
	}
}
