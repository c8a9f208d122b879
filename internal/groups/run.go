package groups

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/internal/database"
)

// runNextGroup runs the next group, whose first change is the caller's own. Then it wakes the callers of the changes
// that are done, and the caller that runs the group after this one.
func (g *Groups[J]) runNextGroup(own *Work[J]) {
	group := g.nextGroup(own)
	for _, p := range group {
		p.done = true
	}
	finished := false
	defer func() { // also if run panics, or the other callers would wait forever
		g.finish(group, finished)
	}()
	g.run(group)
	finished = true
}

// run makes the changes of a group. It sets the Err of each change that is done, and resets done where a change has to
// run again. Changes whose context has ended, or which have waited too long, do not run.
func (g *Groups[J]) run(group []*Work[J]) {
	alive := group[:0:0]
	for _, p := range group {
		switch {
		case p.Ctx.Err() != nil:
			p.Err = p.Ctx.Err()
		case time.Since(p.since) > maxWait:
			p.Err = errTooManyChanges
		default:
			alive = append(alive, p)
		}
	}
	made, err := g.cfg.Attempt(alive)
	switch {
	case err == nil:
		g.cfg.Sizes.Observe(float64(made))
		g.adapt(func(l *groupLimit) { l.committed(made, made < len(alive)) })
		for i, p := range alive {
			p.alone = p.alone || p.Left
			p.done = i < made && !p.Left
		}
	case len(alive) > 1 && timedOut(err):
		g.adapt((*groupLimit).timedOut)
		for _, p := range alive {
			p.timeouts++
			p.Err, p.done = err, p.timeouts == maxTimeouts
		}
	case len(alive) > 1 && mayBeOnesFault(err):
		g.runAlone(alive)
	default:
		for _, p := range alive {
			p.Err = err
		}
	}
}

// runAlone runs changes in transactions of their own, so that only the one at fault fails. After groupBudget it leaves
// the others for the next group, so that their callers can still give up, and a slow database does not hold the queue
// for as long as all of them take. At least one change runs, so the one at fault has its turn in the end.
func (g *Groups[J]) runAlone(changes []*Work[J]) {
	began := time.Now()
	for i, p := range changes {
		if i > 0 && time.Since(began) > groupBudget {
			p.done = false
			continue
		}
		if _, err := g.cfg.Attempt(changes[i : i+1]); err != nil {
			p.Err = err
		}
	}
}

func (g *Groups[J]) adapt(change func(*groupLimit)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.limit)
}

// timedOut reports whether a transaction took too long and was rolled back. After a failed commit that is unknown, so
// it returns false.
func timedOut(err error) bool {
	failed, ok := errors.AsType[*database.TxError](err)
	return errors.Is(err, context.DeadlineExceeded) && (!ok || !failed.Commit)
}

// mayBeOnesFault reports whether one change of a group may have caused err, so that the others may succeed without it.
// A transaction that could not begin or commit, or took too long, is no single change's fault.
func mayBeOnesFault(err error) bool {
	return !errors.As(err, new(*database.TxError)) && !errors.Is(err, context.DeadlineExceeded)
}
