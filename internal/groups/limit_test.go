package groups_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/groups"
)

func TestGroupsGrowByOneAndAreHalvedByTimeouts(t *testing.T) {
	size, committed, timedOut := groups.Limit()
	expect := func(after string, want int) {
		t.Helper()
		if size() != want {
			t.Errorf("after %s up to %d changes share a transaction, want %d", after, size(), want)
		}
	}
	expect("the start", groups.MaxGroup)
	timedOut()
	expect("a timeout", groups.MaxGroup/2)
	committed(3, true)
	expect("a transaction that had time for three changes", 3)
	committed(2, false)
	expect("a transaction that was not full", 3)
	committed(3, false)
	expect("a full transaction", 4)
}

// Whatever happens, at least one change is made at a time, and never more than MaxGroup. Full transactions that succeed
// bring the limit back to its maximum.
func TestGroupLimitRecoversFromAnything(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	size, committed, timedOut := groups.Limit()
	for range 10_000 {
		before := size()
		if random.IntN(3) == 0 {
			timedOut()
		} else {
			committed(1+random.IntN(before), random.IntN(2) == 0)
		}
		if now := size(); now < 1 || now > groups.MaxGroup || now > before+1 {
			t.Fatalf("the limit went from %d to %d", before, now)
		}
	}
	for range groups.MaxGroup {
		committed(size(), false)
	}
	if size() != groups.MaxGroup {
		t.Errorf("the limit is %d after many full transactions, want %d", size(), groups.MaxGroup)
	}
}

// A transaction that takes as long for each change, for its beginning and for its commit never exceeds its timeout by
// adding changes, and always adds some while changes are fast.
func TestThereIsTimeForTheCommit(t *testing.T) {
	const ms = time.Millisecond
	for _, perChange := range []time.Duration{time.Microsecond, 20 * ms, 400 * ms, 1000 * ms} {
		elapsed, sinceFirst, made := 2*perChange, time.Duration(0), 1
		for made < groups.MaxGroup && groups.HasTimeFor(elapsed, sinceFirst, perChange, database.TxTimeout) {
			elapsed, sinceFirst, made = elapsed+perChange, sinceFirst+perChange, made+1
		}
		if elapsed+perChange > database.TxTimeout {
			t.Errorf("with %v for each change, %d changes leave no time for the commit", perChange, made)
		}
		if want := int(time.Second / perChange); made < min(want, groups.MaxGroup) {
			t.Errorf("with %v for each change, only %d share a transaction", perChange, made)
		}
	}
}
