package jukebox

import "time"

const (
	maxGroup = 32 // changes that share a transaction
	// groupBudget is for how long further changes are added to a transaction after its first one: the callers of that
	// one wait for the others, and so do changes of the room at other servers.
	groupBudget = 1500 * time.Millisecond
)

// groupLimit is how many changes may share a transaction. It adapts to the database as TCP adapts to a network: it
// grows by one after a transaction that was full, and is halved after one that took too long. Its zero value is
// maxGroup, since most databases are fast enough.
type groupLimit struct{ below int } // maxGroup minus the limit

func (l *groupLimit) size() int { return maxGroup - l.below }

func (l *groupLimit) set(size int) { l.below = maxGroup - min(max(1, size), maxGroup) }

// committed records that a transaction with the given number of changes was committed, and that others were left for
// the next one because there was no time for them.
func (l *groupLimit) committed(changes int, leftSome bool) {
	switch {
	case leftSome:
		l.set(min(changes, l.size()))
	case changes >= l.size():
		l.set(l.size() + 1)
	}
}

// timedOut records that a transaction took so long that it was rolled back.
func (l *groupLimit) timedOut() { l.set(l.size() / 2) }

// hasTimeFor reports whether one more change fits into a transaction that began elapsed ago, whose first change was
// done sinceFirst ago, and whose slowest change took slowest. There has to be time for the commit, too, which takes up
// to as long as a change.
func hasTimeFor(elapsed, sinceFirst, slowest, timeout time.Duration) bool {
	return sinceFirst+slowest <= groupBudget && elapsed+3*slowest <= timeout
}
