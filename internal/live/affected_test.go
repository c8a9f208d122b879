package live_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

// minor returns a hint of minor changes.
func minor(since, version int64, users ...string) live.Hint {
	h := hint(since, version, users...)
	h.Minor = true
	return h
}

func hint(since, version int64, users ...string) live.Hint {
	return live.Hint{Topic: "a", Since: since, Version: version, Users: append([]string{}, users...)}
}

func TestAffectedBy(t *testing.T) {
	everybody := live.Hint{Topic: "a", Since: 2, Version: 3}
	for name, c := range map[string]struct {
		hints    []live.Hint
		from, to int64
		want     string
	}{
		"no change affects nobody":          {nil, 3, 3, "[]"},
		"a change that no hint announced":   {nil, 2, 3, "all"},
		"one change":                        {[]live.Hint{hint(2, 3, "x")}, 2, 3, "[x]"},
		"a change for everybody":            {[]live.Hint{everybody}, 2, 3, "all"},
		"a change for nobody in particular": {[]live.Hint{hint(2, 3)}, 2, 3, "[]"},
		"two reordered hints":               {[]live.Hint{hint(3, 4, "y"), hint(2, 3, "x")}, 2, 4, "[x y]"},
		"duplicated and overlapping hints": {
			[]live.Hint{hint(2, 5, "y", "x"), hint(3, 4, "x"), hint(2, 5, "y", "x")}, 2, 5, "[x y]",
		},
		"a gap at the beginning":             {[]live.Hint{hint(3, 5, "x")}, 2, 5, "all"},
		"a gap in the middle":                {[]live.Hint{hint(2, 3, "x"), hint(4, 5, "y")}, 2, 5, "all"},
		"a gap at the end":                   {[]live.Hint{hint(2, 4, "x")}, 2, 5, "all"},
		"hints beyond both ends":             {[]live.Hint{hint(0, 3, "x"), hint(3, 9, "y")}, 2, 5, "[x y]"},
		"hints about other versions":         {[]live.Hint{hint(0, 2, "w"), hint(2, 3, "x"), hint(3, 4, "y")}, 2, 3, "[x]"},
		"everybody before the span":          {[]live.Hint{everybody, hint(3, 4, "x")}, 3, 4, "[x]"},
		"a version hint describes no change": {[]live.Hint{live.VersionHint("a", 3)}, 2, 3, "all"},
		"minor changes":                      {[]live.Hint{minor(2, 3, "x"), minor(3, 6)}, 2, 5, "minor [x]"},
		"a minor change after another":       {[]live.Hint{hint(2, 3, "x"), minor(3, 4, "y")}, 2, 4, "[x y]"},
		"a minor change after a gap":         {[]live.Hint{minor(3, 4, "y")}, 2, 4, "all"},
		"a version hint beside another":      {[]live.Hint{live.VersionHint("a", 3), hint(2, 3, "x")}, 2, 3, "[x]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := format(live.AffectedBy(c.hints, c.from, c.to)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func format(users []string, all, minor bool) string {
	if minor {
		return fmt.Sprint("minor ", users)
	}
	if all {
		return "all"
	}
	return fmt.Sprint(users)
}

func TestAffectedByAgreesWithCheckingEachVersion(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var hints []live.Hint
		for range random.IntN(9) {
			since := random.Int64N(12)
			h := hint(since, since+random.Int64N(4)-1)
			for range random.IntN(3) {
				h.Users = append(h.Users, userOf(random.Int64N(7)))
			}
			if random.IntN(12) == 0 {
				h.Users = nil
			}
			h.Minor = random.IntN(2) == 0
			hints = append(hints, h)
		}
		from := random.Int64N(12)
		to := from + random.Int64N(5)
		want := format(checkEachVersion(hints, from, to))
		if got := format(live.AffectedBy(slices.Clone(hints), from, to)); got != want {
			t.Fatalf("(%d, %d] of %v: got %s, want %s", from, to, hints, got, want)
		}
	}
}

// checkEachVersion computes the affected users of a span from one version after the other.
func checkEachVersion(hints []live.Hint, from, to int64) (users []string, all, minor bool) {
	affected := map[string]bool{}
	minor = from < to
	for version := from + 1; version <= to; version++ {
		announced := false
		for _, h := range hints {
			if h.Since < version && version <= h.Version {
				announced = true
				all = all || h.Users == nil
				minor = minor && h.Minor
				for _, user := range h.Users {
					affected[user] = true
				}
			}
		}
		all = all || !announced
	}
	for user := range affected {
		users = append(users, user)
	}
	slices.Sort(users)
	return users, all, minor && !all
}

func TestAffectedUsersOfALoad(t *testing.T) {
	next := func(w *world, watcher *live.Watcher[*state], version int64) string {
		w.Helper()
		w.wantNext(watcher, version)
		s := watcher.Latest()
		return format(s.users, s.all, false)
	}
	wants := func(t *testing.T, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("the load was told %s, want %s", got, want)
		}
	}

	t.Run("are those that the hint of the change names", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.change("a")
			wants(t, next(w, a, 2), "[user2]")
		})
	})

	t.Run("are all that the hints of several changes name", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			for range 3 {
				w.change("a")
			}
			wants(t, next(w, a, 4), "[user2 user3 user4]")
			w.change("a")
			wants(t, next(w, a, 5), "[user5]")
		})
	})

	t.Run("include those of hints that arrive while the rows are read", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			time.Sleep(interval)
			first, second := w.source.commit("a"), w.source.commit("a")
			w.source.set(func(s *source) { s.delay = time.Second })
			w.bus.Publish(first)
			synctest.Wait() // the load has read both versions
			w.bus.Publish(second)
			wants(t, next(w, a, 3), "[user2 user3]")
		})
	})

	t.Run("are everybody if a hint was lost, but not for the changes after that", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.commit("a")
			wants(t, next(w, a, 2), "all") // found by reconciling
			w.source.commit("a")
			w.change("a")
			wants(t, next(w, a, 4), "all")
			w.change("a")
			wants(t, next(w, a, 5), "[user5]")
		})
	})

	t.Run("are kept for the retry of a failed load", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.source.set(func(s *source) { s.err = errDown })
			w.change("a")
			time.Sleep(time.Second)
			w.change("a")
			time.Sleep(time.Second)
			w.source.set(func(s *source) { s.err = nil })
			wants(t, next(w, a, 3), "[user2 user3]")
		})
	})

	t.Run("are not taken from a wrong hint when its versions really come", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			a := w.watch("a")
			w.wantNext(a, 1)
			w.bus.Publish(live.Hint{Topic: "a", Since: 1, Version: 1000, Users: []string{"nobody here"}})
			w.wantQuiet(a, time.Second)
			w.source.commit("a")
			wants(t, next(w, a, 2), "all")
		})
	})

	t.Run("are everybody if there were more hints than a feed keeps", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.watch("a").Close()
			time.Sleep(time.Second)
			for range 65 { // nothing is loaded while there is no watcher
				w.change("a")
			}
			a := w.watch("a")
			wants(t, next(w, a, 66), "all")
			for range 64 {
				w.change("a")
			}
			wants(t, next(w, a, 130), "[user0 user1 user2 user3 user4 user5 user6]")
		})
	})

	t.Run("are everybody for a caller without a feed", func(t *testing.T) {
		var none live.AffectedUsers
		wants(t, format(none.Between(1, 2)), "all")
		wants(t, format(none.Between(2, 2)), "[]")
	})
}
