package groups

import (
	"errors"
	"slices"
	"time"
)

const (
	// maxTurns is how many transactions that begin with likes run at the same time with MySQL. While they run, likes of
	// other rooms gather, and then share the next one. One transaction may read while another one waits for the disk.
	maxTurns = 2
	// maxTurn is how long a transaction keeps its turn. A transaction that takes longer waits for something that need not
	// delay others.
	maxTurn = 100 * time.Millisecond
)

// queue is where changes wait: those of one room or, on SQLite, of all rooms. It is guarded by Groups.mu.
type queue[J any] struct {
	key     string
	waiting []*Work[J]
	state   queueState
	turn    *turn // of the group that runs; nil: it needs none
}

type queueState int

const (
	queueIdle    queueState = iota
	queueReady              // it waits for a turn
	queueRunning            // a caller runs a group, or has been woken to do so
)

// turn is the right to run a transaction that begins with likes.
type turn struct {
	timer *time.Timer
	ended bool
}

// enqueue adds a change to its queue, and has its caller run the next group if no other one does. It returns false if
// too many changes wait already.
func (g *Groups[J]) enqueue(p *Work[J]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := g.queueOf(p.Key)
	q := g.queues[key]
	if q == nil {
		q = &queue[J]{key: key}
		g.queues[key] = q
	}
	if len(q.waiting) >= maxWaiting {
		return false
	}
	q.waiting = append(q.waiting, p)
	if q.state == queueIdle {
		g.start(q)
	}
	return true
}

// await waits until a change is done, or its context has ended before it ran, and then returns false. It returns true
// if the caller has to run the next group.
func (g *Groups[J]) await(p *Work[J]) (leads bool) {
	select {
	case leads = <-p.wake:
		return leads
	case <-p.Ctx.Done():
	}
	g.mu.Lock()
	leaves := false
	if q := g.queues[g.queueOf(p.Key)]; q != nil && len(p.wake) == 0 {
		if i := slices.Index(q.waiting, p); i >= 0 {
			leaves = true
			q.waiting = slices.Delete(q.waiting, i, i+1)
			p.Err, p.done = p.Ctx.Err(), true
		}
	}
	g.mu.Unlock()
	return !leaves && <-p.wake
}

// queueOf returns the key of the queue in which work of a key waits.
func (g *Groups[J]) queueOf(key string) string {
	if g.cfg.OneQueue {
		return ""
	}
	return key
}

// mayShare reports whether the next change of a queue may share a transaction with those of other queues.
func (g *Groups[J]) mayShare(q *queue[J]) bool {
	return !g.cfg.OneQueue && len(q.waiting) > 0 && q.waiting[0].Shares && !q.waiting[0].alone
}

// start has the caller of a queue's first change run the next group, now or when it is the queue's turn. g.mu is
// locked, and changes wait in the queue.
func (g *Groups[J]) start(q *queue[J]) {
	if g.mayShare(q) {
		if g.turns >= maxTurns {
			q.state = queueReady
			g.ready = append(g.ready, q)
			return
		}
		q.turn = g.takeTurn()
	}
	q.state = queueRunning
	q.waiting[0].wake <- true
}

// takeTurn takes a turn. g.mu is locked.
func (g *Groups[J]) takeTurn() *turn {
	t := &turn{}
	g.turns++
	t.timer = time.AfterFunc(maxTurn, func() { // ends at once: it waits for nothing but g.mu
		g.mu.Lock()
		defer g.mu.Unlock()
		g.endTurn(t)
	})
	return t
}

// endTurn ends a turn, unless it has ended, and starts the queues that have waited longest. g.mu is locked.
func (g *Groups[J]) endTurn(t *turn) {
	if t == nil || t.ended {
		return
	}
	t.ended = true
	t.timer.Stop()
	g.turns--
	for g.turns < maxTurns && len(g.ready) > 0 {
		q := g.ready[0]
		g.ready = slices.Delete(g.ready, 0, 1)
		g.restart(q)
	}
}

// restart starts a queue in which no group runs, or removes it if nothing waits in it. g.mu is locked.
func (g *Groups[J]) restart(q *queue[J]) {
	q.state, q.turn = queueIdle, nil
	if len(q.waiting) == 0 {
		delete(g.queues, q.key)
		return
	}
	g.start(q)
}

// nextGroup removes the changes of the next group from their queues, and returns them. own is the first of them. The
// others come from its queue and, if they may share its transaction, from queues that wait for a turn.
func (g *Groups[J]) nextGroup(own *Work[J]) []*Work[J] {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := g.queues[g.queueOf(own.Key)]
	size := g.limit.size()
	if q.turn == nil || len(g.ready) == 0 {
		n := fitting(q.waiting, size)
		group := slices.Clone(q.waiting[:n])
		q.waiting = slices.Delete(q.waiting, 0, n)
		return group
	}
	group := g.dealLikes(append([]*queue[J]{q}, g.ready...), size*likesPerChange)
	g.ready = slices.DeleteFunc(g.ready, func(q *queue[J]) bool { return q.state == queueRunning })
	return group
}

// dealLikes removes up to size likes from the fronts of queues, from each in turn, so that a busy room does not keep
// others waiting. Queues from which it takes some are running from now on.
func (g *Groups[J]) dealLikes(queues []*queue[J], size int) (group []*Work[J]) {
	for n := -1; n != len(group) && len(group) < size; {
		n = len(group)
		for _, q := range queues {
			if len(group) < size && g.mayShare(q) {
				group = append(group, q.waiting[0])
				q.waiting = slices.Delete(q.waiting, 0, 1)
				q.state = queueRunning
			}
		}
	}
	return group
}

// finish wakes the callers whose changes are done, puts the others back, and starts the next groups.
func (g *Groups[J]) finish(group []*Work[J], finished bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var queues []*queue[J] // of the group, the last first
	for i, p := range slices.Backward(group) {
		q := g.queues[g.queueOf(p.Key)]
		if !slices.Contains(queues, q) {
			queues = append(queues, q)
		}
		if !finished {
			p.Err, p.done = errors.New("the transaction was not finished"), true
		}
		switch {
		case !p.done:
			q.waiting = slices.Insert(q.waiting, 0, p)
		case i > 0: // the first is the caller's own
			p.wake <- false
		}
	}
	g.endTurn(g.queues[g.queueOf(group[0].Key)].turn)
	for _, q := range slices.Backward(queues) {
		g.restart(q)
	}
}
