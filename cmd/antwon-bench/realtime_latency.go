//go:build linux

package main

import (
	"context"
	"slices"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

// latency is how long likes take to the screens. All but the commit begin with the commit: what the hint, the load and the
// delivery take.
type latency struct {
	trial
	likes            int
	commit50         time.Duration // from the like's beginning to its commit
	commit99         time.Duration
	arrival50        time.Duration // to any one screen
	arrival99        time.Duration
	last50, last99   time.Duration // to the last of all the room's screens
	fromLike99       time.Duration // from the like's beginning to the last screen
	deliveriesOfLike float64       // messages for each like
}

// oneByOne has each like wait until everybody has the one before it.
func (s *stage) oneByOne(ctx context.Context) (latency, error) {
	s.crowd.Take()
	var likes []like
	begin := time.Now()
	for n := 0; n < s.likesOneByOne && (time.Since(begin) < s.oneByOneFor || n < leastLikes); n++ {
		done, err := s.likeAndAwait(ctx, likesOrder{FirstRoom: n % s.shape.rooms, Rooms: 1, Likes: 1})
		if err != nil {
			return latency{}, err
		}
		likes = append(likes, done...)
	}
	return s.evaluate(likes, s.crowd.Take()), nil
}

// leastLikes are waited for however slow a server is.
const leastLikes = 1

// measureFlow has likes come at their own pace.
func (b *bench) measureFlow(ctx context.Context, t trial) (result latency, err error) {
	err = b.perform(ctx, t, func(ctx context.Context, s *stage) error {
		if err := s.join(ctx); err != nil {
			return err
		}
		s.crowd.Take()
		likes, err := s.likeAndAwait(ctx, s.flow())
		if err != nil {
			return err
		}
		result = s.evaluate(likes, s.crowd.Take())
		return nil
	})
	return result, err
}

// evaluate finds for each like and each screen of its room the first message that shows it.
func (s *stage) evaluate(likes []like, arrivals []load.Arrival) latency {
	slices.SortFunc(likes, func(a, b like) int { return int(a.Version - b.Version) })
	byRoom := map[int][]int{} // indexes of likes, by version
	for i, l := range likes {
		byRoom[l.Room] = append(byRoom[l.Room], i)
	}
	shown := make([]int, s.shape.subscribers()) // of each client: how many likes of its room it has seen
	last := make([]time.Time, len(likes))
	var every []time.Duration
	for _, a := range arrivals {
		of := byRoom[s.memberRoom(a.Client)]
		for shown[a.Client] < len(of) && likes[of[shown[a.Client]]].Version <= a.Version {
			i := of[shown[a.Client]]
			shown[a.Client]++
			every = append(every, a.At.Sub(likes[i].Committed))
			last[i] = a.At // arrivals are in order
		}
	}
	return s.summarise(likes, last, every, len(arrivals))
}

func (s *stage) summarise(likes []like, last []time.Time, every []time.Duration, arrivals int) latency {
	var commits, lasts, wholes []time.Duration
	for i, l := range likes {
		commits = append(commits, l.Committed.Sub(l.Began))
		lasts = append(lasts, last[i].Sub(l.Committed))
		wholes = append(wholes, last[i].Sub(l.Began))
	}
	return latency{
		trial: s.trial, likes: len(likes),
		commit50: quantile(commits, 50), commit99: quantile(commits, 99),
		arrival50: quantile(every, 50), arrival99: quantile(every, 99),
		last50: quantile(lasts, 50), last99: quantile(lasts, 99), fromLike99: quantile(wholes, 99),
		deliveriesOfLike: float64(arrivals) / float64(len(likes)),
	}
}

// quantile sorts, and is the greatest of all where there are too few.
func quantile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)*percent/100, len(all)-1)]
}

// distinct counts the states that were delivered: versions, by room.
func distinct(arrivals []load.Arrival, room func(client int) int) int {
	type state struct {
		room    int
		version int64
	}
	states := map[state]struct{}{}
	for _, a := range arrivals {
		states[state{room(a.Client), a.Version}] = struct{}{}
	}
	return len(states)
}
