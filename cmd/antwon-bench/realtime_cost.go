//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

// likeCost is the processor time of one like from its hint to the message for roomQueueChanges.
type likeCost struct {
	songs         int
	alone, beyond float64 // µs of a like that nobody watches, and how many more with one subscriber
}

const costTurns = 5

// measureLikeCosts compares likes that one subscriber watches with likes that nobody watches, in one process and by turns.
// The difference is the hint, the load, the merge, the execution and the writing of one message: all that a Go benchmark of
// the execution alone would leave out, too.
func (b *bench) measureLikeCosts(ctx context.Context, rooms ...int) (results []likeCost, err error) {
	alone, watched := make([][]time.Duration, len(rooms)), make([][]time.Duration, len(rooms))
	t := trial{kind: antwonServer, shape: shape{1, 1}, document: changesDocument}
	err = b.perform(ctx, t, func(ctx context.Context, s *stage) error {
		for n := range costTurns * len(rooms) {
			i := n % len(rooms)
			cost, err := s.cpuOfLikes(ctx, rooms[i], nil)
			if err != nil {
				return err
			}
			more, err := s.cpuOfWatchedLikes(ctx, rooms[i])
			if err != nil {
				return err
			}
			alone[i], watched[i] = append(alone[i], cost), append(watched[i], more-cost)
		}
		return nil
	})
	for i, room := range rooms {
		results = append(results, likeCost{
			len(b.seed.Rooms[room].Items), microseconds(quantile(alone[i], 50)), microseconds(quantile(watched[i], 50)),
		})
	}
	return results, err
}

// cpuOfLikes has one like after the other done, each after a pause in which all that it set going has ended.
func (s *stage) cpuOfLikes(ctx context.Context, room int, watch *load.Crowd) (time.Duration, error) {
	before, err := s.site.vitals(ctx, true)
	if err != nil {
		return 0, err
	}
	for range s.costLikes {
		done, err := s.site.likes(ctx, likesOrder{FirstRoom: room, Rooms: 1, Likes: 1})
		if err != nil {
			return 0, err
		}
		if watch != nil {
			if err := watch.Await(ctx, room, done[0].Version); err != nil {
				return 0, err
			}
		}
		time.Sleep(time.Millisecond)
	}
	after, err := s.site.vitals(ctx, false)
	return (after.CPU - before.CPU) / time.Duration(s.costLikes), err
}

func (s *stage) cpuOfWatchedLikes(ctx context.Context, room int) (time.Duration, error) {
	crowd, err := load.New(s.site.Site)
	if err != nil {
		return 0, err
	}
	err = crowd.Join(ctx, []load.Member{s.seed.member(room, 0, changesDocument, 0)}, 1)
	crowd.Take()
	var cost time.Duration
	if err == nil {
		cost, err = s.cpuOfLikes(ctx, room, crowd)
	}
	if n := len(crowd.Take()); err == nil && n != s.costLikes {
		err = fmt.Errorf("%d likes came in %d messages", s.costLikes, n)
	}
	return cost, errors.Join(err, crowd.Leave())
}
