package live

import (
	"cmp"
	"slices"
)

// maxHints bounds the hints that a feed keeps for one load. When there are more, the feed discards the oldest, and the
// changes that those described affect everybody.
const maxHints = 64

// AffectedUsers returns the users affected by the changes in (from, to], as far as hints described them: either a
// sorted list without duplicates, or all, if a version of the span was announced by no hint or by a hint for everybody.
// Minor says that all of these changes are minor, and is false if that is unknown.
type AffectedUsers func(from, to int64) (users []string, all, minor bool)

// Between calls f. A nil f knows no hints: every change affects everybody.
func (f AffectedUsers) Between(from, to int64) (users []string, all, minor bool) {
	if f == nil {
		return nil, from < to, false
	}
	return f(from, to)
}

// recordHint keeps a hint until the changes that it describes are loaded. The caller holds the hub's mutex.
func (f *feed[S]) recordHint(hint Hint) {
	if !hint.describesChanges() {
		return
	}
	if len(f.newHints) == maxHints {
		f.newHints = slices.Delete(f.newHints, 0, 1)
	}
	f.newHints = append(f.newHints, hint)
}

// discardAnsweredHints discards the hints that a load, which returned err, has answered: those that it was started for,
// unless it failed, and those that arrived during the load for versions that it returned. Otherwise a wrong hint would
// still describe its version when a later change creates that version. The caller holds the hub's mutex.
func (f *feed[S]) discardAnsweredHints(err error) {
	hints := f.newHints
	if err != nil { // the retry has to answer them
		hints = slices.Concat(f.loadingHints, f.newHints)
		hints = hints[max(0, len(hints)-maxHints):]
	}
	f.loadingHints = nil
	if n := f.newest.Load(); n != nil {
		hints = slices.DeleteFunc(hints, func(h Hint) bool { return h.Version <= n.version })
	}
	f.newHints = hints
}

// affectedUsers is the AffectedUsers that the feed passes to its source.
func (f *feed[S]) affectedUsers(from, to int64) (users []string, all, minor bool) {
	f.hub.mu.Lock()
	hints := slices.Concat(f.loadingHints, f.newHints)
	f.hub.mu.Unlock()
	return affectedBy(hints, from, to)
}

// affectedBy returns the users affected by the changes in (from, to] according to hints, which may be in any order and
// which it sorts. A hint does not say which of its changes affects which user, so all its users count even if only some
// of its versions are in the span.
func affectedBy(hints []Hint, from, to int64) (users []string, all, minor bool) {
	if from >= to {
		return nil, false, false
	}
	slices.SortFunc(hints, func(a, b Hint) int { return cmp.Compare(a.Since, b.Since) })
	covered := from // every version in (from, covered] is described by a hint
	minor = true
	for _, h := range hints {
		switch {
		case !h.describesChanges() || h.Version <= from || h.Since >= to: // outside the span
			continue
		case h.Since > covered || h.Users == nil:
			return nil, true, false
		}
		covered = max(covered, h.Version)
		minor = minor && h.Minor
		users = append(users, h.Users...)
	}
	if covered < to {
		return nil, true, false
	}
	slices.Sort(users)
	return slices.Compact(users), false, minor
}
