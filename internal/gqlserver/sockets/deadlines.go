package sockets

import (
	"container/heap"
	"sync"
	"time"
)

// Deadlines calls each Timed at its deadline, with one timer for all of them. It is safe for concurrent use.
type Deadlines struct {
	mu    sync.Mutex
	timer *time.Timer // nil until it is needed
	queue deadlineQueue
}

// Deadline is the next time at which Call is called. The mutex of its Deadlines guards all fields but Call.
type Deadline struct {
	Call  Timed // has to be set before the first use
	at    time.Time
	place int // in the queue, from 1 on; 0: it is not there
}

// Timed has a deadline. OnDeadline must not wait. It may be called once more just after Stop.
type Timed interface{ OnDeadline() }

// Set sets the time of a deadline, or replaces it.
func (d *Deadlines) Set(one *Deadline, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one.at = at
	if one.place == 0 {
		heap.Push(&d.queue, one)
	} else {
		heap.Fix(&d.queue, one.place-1)
	}
	if d.queue[0] == one {
		d.startTimer()
	}
}

// Stop removes a deadline, if it is set.
func (d *Deadlines) Stop(one *Deadline) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if one.place > 0 {
		heap.Remove(&d.queue, one.place-1)
	}
	if d.timer != nil && len(d.queue) == 0 {
		d.timer.Stop()
	}
}

// startTimer has the timer fire at the first deadline. The caller holds the mutex.
func (d *Deadlines) startTimer() {
	wait := max(0, time.Until(d.queue[0].at))
	if d.timer == nil {
		d.timer = time.AfterFunc(wait, d.fire)
	} else {
		d.timer.Reset(wait)
	}
}

// fire calls everything whose deadline has been reached.
func (d *Deadlines) fire() {
	for due := d.next(); due != nil; due = d.next() {
		due.Call.OnDeadline()
	}
}

// next removes the first deadline that has been reached. If there is none, it starts the timer for the first of those
// that remain.
func (d *Deadlines) next() *Deadline {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case len(d.queue) == 0:
		return nil
	case d.queue[0].at.After(time.Now()):
		d.startTimer()
		return nil
	default:
		return heap.Pop(&d.queue).(*Deadline)
	}
}

// deadlineQueue is a heap.
type deadlineQueue []*Deadline

func (q deadlineQueue) Len() int           { return len(q) }
func (q deadlineQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }

func (q deadlineQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i+1, j+1
}

func (q *deadlineQueue) Push(x any) {
	one := x.(*Deadline)
	*q = append(*q, one)
	one.place = len(*q)
}

func (q *deadlineQueue) Pop() any {
	last := len(*q) - 1
	one := (*q)[last]
	(*q)[last] = nil
	*q, one.place = (*q)[:last], 0
	return one
}
