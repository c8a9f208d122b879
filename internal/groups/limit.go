package groups

import "time"

const (
	// MaxGroup is how many changes share a transaction at most.
	MaxGroup = 32
	// likesPerChange is how many changes that share statements, such as likes, count as one.
	likesPerChange = 4
	// groupBudget is how long further changes are added to a transaction after its first one: the caller of the first
	// waits for the others, and so do changes of the room at other servers. It also bounds how long changes run one by
	// one.
	groupBudget = 1500 * time.Millisecond
)

// groupLimit is how many changes may share a transaction. It adapts to the database as TCP adapts to a network: it
// grows by one after a transaction that was full, and is halved after one that took too long. Its zero value is
// MaxGroup, since most databases are fast enough.
type groupLimit struct{ below int } // MaxGroup minus the limit

func (l *groupLimit) size() int { return MaxGroup - l.below }

func (l *groupLimit) set(size int) { l.below = MaxGroup - min(max(1, size), MaxGroup) }

// fitting returns how many of the first changes fit into a transaction of size changes.
func fitting[J any](changes []*Work[J], size int) int {
	left := size * likesPerChange
	for i, p := range changes {
		if left--; !p.Shares {
			left -= likesPerChange - 1
		}
		if left < 0 {
			return i
		}
	}
	return len(changes)
}

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

// HasTimeFor reports whether one more change fits into a transaction that began elapsed ago, whose first change was
// done sinceFirst ago, and whose slowest change took slowest. There has to be time for the commit, too, which takes up
// to as long as a change.
func HasTimeFor(elapsed, sinceFirst, slowest, timeout time.Duration) bool {
	return sinceFirst+slowest <= groupBudget && elapsed+3*slowest <= timeout
}
