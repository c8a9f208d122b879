//go:build linux

package main

import (
	"context"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

// churn is what is left of many connections.
type churn struct {
	connections   int
	before, after vitals
	settled       time.Duration // after the last one left, until goroutines and sockets were back
}

const (
	settleTimeout = 15 * time.Second
	settledAfter  = 30 // looks in a row at the same numbers: longer than a connection lingers
)

// measureChurn has waves of clients come and go while two stay, so that the room is watched all the time. The first waves
// are not counted: what grows once and is used again is no leak.
func (b *bench) measureChurn(ctx context.Context, connections, wave int) (result churn, err error) {
	t := trial{kind: antwonServer, shape: shape{1, wave}, document: queueDocument, interval: feedInterval}
	err = b.perform(ctx, t, func(ctx context.Context, s *stage) error {
		stay := []load.Member{s.seed.member(0, 0, queueDocument, 0), s.seed.member(0, 1, changesDocument, 0)}
		if err := s.crowd.Join(ctx, stay, 1); err != nil {
			return err
		}
		for range 2 {
			if err := s.wave(ctx); err != nil {
				return err
			}
		}
		if _, _, err := s.settle(ctx, vitals{}); err != nil {
			return err
		}
		if result.before, err = s.site.vitals(ctx, true); err != nil {
			return err
		}
		for result.connections < connections {
			if err := s.wave(ctx); err != nil {
				return err
			}
			result.connections += wave
		}
		result.after, result.settled, err = s.settle(ctx, result.before)
		return err
	})
	return result, err
}

// wave comes, sees a like, and goes.
func (s *stage) wave(ctx context.Context) error {
	crowd, err := load.New(s.site.Site)
	if err != nil {
		return err
	}
	err = crowd.Join(ctx, s.seed.members(1, s.shape.each, s.document), joinAtOnce)
	if err == nil {
		var done []like
		if done, err = s.site.likes(ctx, likesOrder{Rooms: 1, Likes: 1}); err == nil {
			err = crowd.Await(ctx, 0, done[0].Version)
		}
	}
	if left := crowd.Leave(); err == nil {
		err = left
	}
	return err
}

// settle waits until the site has no more goroutines and sockets than want, or for none in particular, until their number
// stays the same for a while.
func (s *stage) settle(ctx context.Context, want vitals) (v vitals, took time.Duration, err error) {
	begin := time.Now()
	same := 0
	for time.Since(begin) < settleTimeout {
		before := v
		if v, err = s.site.vitals(ctx, true); err != nil {
			return v, 0, err
		}
		if want.Goroutines > 0 && v.Goroutines <= want.Goroutines && v.Sockets <= want.Sockets {
			break
		}
		if same++; v.Goroutines != before.Goroutines || v.Sockets != before.Sockets {
			same = 0
		}
		if want.Goroutines == 0 && same == settledAfter {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return v, time.Since(begin), nil
}
