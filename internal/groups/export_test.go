package groups

// Limit returns a groupLimit as functions.
func Limit() (size func() int, committed func(changes int, leftSome bool), timedOut func()) {
	l := &groupLimit{}
	return l.size, l.committed, l.timedOut
}
