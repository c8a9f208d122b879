//go:build linux

package measure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
	"antwon.dj/backend/cmd/antwon-bench/stats"
)

// LikeCost is the processor time of one like in µs.
type LikeCost struct {
	Songs     int     // in the queue
	Unwatched float64 // without subscribers
	Delivery  float64 // in addition with one subscriber of roomQueueChanges: from the hint to the message
}

const costTurns = 5

// LikeCosts measures likes in several rooms, alternately without a subscriber and with one, in one process. The
// difference is the cost of the hint, the load, the merge, the execution and the writing of one message, of which a Go
// benchmark of the execution would cover only a part.
func (b *Bench) LikeCosts(ctx context.Context, rooms ...int) (costs []LikeCost, err error) {
	unwatched, delivery := make([][]time.Duration, len(rooms)), make([][]time.Duration, len(rooms))
	err = b.Run(ctx, oneSubscriber, func(ctx context.Context, s *trial.Setup) error {
		for n := range costTurns * len(rooms) {
			i := n % len(rooms)
			without, err := b.cpuOfLikes(ctx, s, rooms[i], nil)
			if err != nil {
				return err
			}
			with, err := b.cpuOfWatchedLikes(ctx, s, rooms[i])
			if err != nil {
				return err
			}
			unwatched[i], delivery[i] = append(unwatched[i], without), append(delivery[i], with-without)
		}
		return nil
	})
	for i, room := range rooms {
		costs = append(costs, LikeCost{
			Songs:     len(b.Seed.Rooms[room].Items),
			Unwatched: stats.Microseconds(stats.Quantile(unwatched[i], 50)),
			Delivery:  stats.Microseconds(stats.Quantile(delivery[i], 50)),
		})
	}
	return costs, err
}

// cpuOfLikes returns the server's processor time of one like. Likes are performed one after the other. After each,
// cpuOfLikes waits until clients, unless nil, have received it, and then a moment for the rest of its effects.
func (b *Bench) cpuOfLikes(
	ctx context.Context, s *trial.Setup, room int, clients *load.Clients,
) (time.Duration, error) {
	before, err := s.Server.Usage(ctx, true)
	if err != nil {
		return 0, err
	}
	for range b.CostLikes {
		likes, err := s.Server.Like(ctx, oneLike(room))
		if err != nil {
			return 0, err
		}
		if clients != nil {
			if err := clients.Await(ctx, room, likes[0].Version); err != nil {
				return 0, err
			}
		}
		time.Sleep(time.Millisecond)
	}
	after, err := s.Server.Usage(ctx, false)
	return (after.CPU - before.CPU) / time.Duration(b.CostLikes), err
}

// cpuOfWatchedLikes does the same with one subscriber, which must receive every like in a message of its own.
func (b *Bench) cpuOfWatchedLikes(ctx context.Context, s *trial.Setup, room int) (time.Duration, error) {
	clients, err := load.New(s.Server.Address)
	if err != nil {
		return 0, err
	}
	subscriber := s.Subscriber(room, 0, trial.ChangesDocument, 0)
	err = clients.Connect(ctx, []load.Subscriber{subscriber}, 1)
	clients.DrainArrivals()
	var cost time.Duration
	if err == nil {
		cost, err = b.cpuOfLikes(ctx, s, room, clients)
	}
	if n := len(clients.DrainArrivals()); err == nil && n != b.CostLikes {
		err = fmt.Errorf("%d likes arrived in %d messages", b.CostLikes, n)
	}
	return cost, errors.Join(err, clients.Close())
}
