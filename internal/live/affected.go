package live

import (
	"cmp"
	"slices"
)

// maxHeard bounds the hints that a feed keeps for one load. Of more it forgets the oldest, and then everybody is told.
const maxHints = 64

// Touched tells whom the changes in (from, to] concern as far as hints told: these users, sorted, each once; or all, where
// some version of the span was announced by no hint, or by one that concerns everybody.
type AffectedUsers func(from, to int64) (users []string, all bool)

// Between asks t. Nil knows of no hint, so that any change concerns everybody.
func (t AffectedUsers) Between(from, to int64) (users []string, all bool) {
	if t == nil {
		return nil, from < to
	}
	return t(from, to)
}

// hear keeps a hint until what it tells about is loaded. The hub's mutex is held, as it is for forget.
func (f *feed[S]) recordHint(hint Hint) {
	if !hint.describesChanges() {
		return
	}
	if len(f.newHints) == maxHints {
		f.newHints = slices.Delete(f.newHints, 0, 1)
	}
	f.newHints = append(f.newHints, hint)
}

// forget drops the hints that a load was to answer, if it did, and those that it answered although they came meanwhile. A
// hint that was wrong about a version would otherwise speak for that version when it really comes.
func (f *feed[S]) discardAnsweredHints(err error) {
	heard := f.newHints
	if err != nil { // they are for the next load
		heard = slices.Concat(f.loadingHints, f.newHints)
		heard = heard[max(0, len(heard)-maxHints):]
	}
	f.loadingHints = nil
	if n := f.newest.Load(); n != nil {
		heard = slices.DeleteFunc(heard, func(h Hint) bool { return h.Version <= n.version })
	}
	f.newHints = heard
}

// touched is the feed's Touched.
func (f *feed[S]) affectedUsers(from, to int64) (users []string, all bool) {
	f.hub.mu.Lock()
	hints := slices.Concat(f.loadingHints, f.newHints)
	f.hub.mu.Unlock()
	return affectedBy(hints, from, to)
}

// concerned tells whom the changes in (from, to] concern, by hints in any order, which it sorts. A hint speaks for all
// its versions alike: where only a part of them is in the span, its users still count.
func affectedBy(hints []Hint, from, to int64) (users []string, all bool) {
	if from >= to {
		return nil, false
	}
	slices.SortFunc(hints, func(a, b Hint) int { return cmp.Compare(a.Since, b.Since) })
	reached := from
	for _, h := range hints {
		switch {
		case !h.describesChanges() || h.Version <= from || h.Since >= to: // not about this span
			continue
		case h.Since > reached || h.Users == nil:
			return nil, true
		}
		reached = max(reached, h.Version)
		users = append(users, h.Users...)
	}
	if reached < to {
		return nil, true
	}
	slices.Sort(users)
	return slices.Compact(users), false
}
