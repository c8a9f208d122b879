package party

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Within any period nobody can add more songs than the full bucket holds and than have refilled since. At RefillsAt
// exactly one more song can be added, and none before.
func TestAllowanceNeverExceedsItsRate(t *testing.T) {
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
				t.Fatalf("seed %d: RefillsAt is not when the next song can be added", seed)
			}
			if most := a.PerHour + int(now.Sub(start)/a.every()); added > most {
				t.Fatalf("seed %d: %d songs were added in %v, at most %d are allowed", seed, added, now.Sub(start), most)
			}
		}
		if full := a.Left(now.Add(time.Hour)); full != a.PerHour {
			t.Fatalf("seed %d: after an hour %d songs are left, want %d", seed, full, a.PerHour)
		}
	}
}
