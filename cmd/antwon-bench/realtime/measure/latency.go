//go:build linux

package measure

import (
	"context"
	"slices"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
	"antwon.dj/backend/cmd/antwon-bench/stats"
)

// Latency is how long likes take to reach the screens. Times are from the commit, and so consist of the hint, the load
// and the delivery, unless their comment says otherwise.
type Latency struct {
	trial.Trial
	Likes      int
	Commit50   time.Duration // from the beginning of the like to its commit
	Arrival50  time.Duration // to any screen
	Arrival99  time.Duration
	Last50     time.Duration // to the last of all screens of the room
	Last99     time.Duration
	FromLike99 time.Duration // from the beginning of the like to the last screen
	PerLike    float64       // messages per like
	Bytes      float64       // of all messages per like

	// Of the server, if likes come one by one.
	CPU     time.Duration // processor time per like, with that of the like itself
	LikeCPU time.Duration // that of a like without subscribers
}

// CPUPerScreen returns the server's processor time in µs for each screen that got a like, without that of the like.
func (l *Latency) CPUPerScreen() float64 {
	return stats.Microseconds(l.CPU-l.LikeCPU) / float64(l.Shape.PerRoom)
}

// minLikes is how many likes are awaited, however slow a server is.
const minLikes = 1

// oneByOne performs likes of which each waits until all clients have received the one before it.
func (b *Bench) oneByOne(ctx context.Context, s *trial.Setup) (Latency, error) {
	s.Clients.DrainArrivals()
	before, err := s.Server.Usage(ctx, false)
	if err != nil {
		return Latency{}, err
	}
	var likes []server.Like
	begin := time.Now()
	for n := 0; n < b.LikesOneByOne && (time.Since(begin) < b.OneByOneFor || n < minLikes); n++ {
		like, err := s.LikeAndAwait(ctx, oneLike(n%s.Shape.Rooms))
		if err != nil {
			return Latency{}, err
		}
		likes = append(likes, like...)
	}
	after, err := s.Server.Usage(ctx, false)
	latency := newLatency(s, likes, s.Clients.DrainArrivals())
	latency.CPU = (after.CPU - before.CPU) / time.Duration(len(likes))
	return latency, err
}

// Flow measures the latency of likes that come at a constant rate.
func (b *Bench) Flow(ctx context.Context, t trial.Trial, perSecond int) (result Latency, err error) {
	every := time.Second / time.Duration(perSecond)
	request := server.LikeRequest{Rooms: t.Shape.Rooms, Likes: int(b.FlowFor / every), Every: every}
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		if err := s.Connect(ctx); err != nil {
			return err
		}
		s.Clients.DrainArrivals()
		likes, err := s.LikeAndAwait(ctx, request)
		if err != nil {
			return err
		}
		result = newLatency(s, likes, s.Clients.DrainArrivals())
		return nil
	})
	return result, err
}

// newLatency finds, for each like and each screen of its room, the first message that shows the like.
func newLatency(s *trial.Setup, likes []server.Like, arrivals []load.Arrival) Latency {
	slices.SortFunc(likes, func(a, b server.Like) int { return int(a.Version - b.Version) })
	byRoom := map[int][]int{} // the indexes of the room's likes, by version
	for i, like := range likes {
		byRoom[like.Room] = append(byRoom[like.Room], i)
	}
	shown := make([]int, s.Shape.Subscribers()) // how many of the likes of its room a client has shown
	last := make([]time.Time, len(likes))       // when the like was shown by the last client
	var latencies []time.Duration
	for _, a := range arrivals {
		ofRoom := byRoom[s.RoomOf(a.Client)]
		for shown[a.Client] < len(ofRoom) && likes[ofRoom[shown[a.Client]]].Version <= a.Version {
			i := ofRoom[shown[a.Client]]
			shown[a.Client]++
			latencies = append(latencies, a.At.Sub(likes[i].Committed))
			last[i] = a.At // arrivals are in the order of their times
		}
	}
	latency := summarize(s.Trial, likes, last, latencies)
	latency.PerLike = float64(len(arrivals)) / float64(len(likes))
	for _, a := range arrivals {
		latency.Bytes += float64(a.Bytes) / float64(len(likes))
	}
	return latency
}

func summarize(t trial.Trial, likes []server.Like, last []time.Time, latencies []time.Duration) Latency {
	var commits, lasts, fromLikes []time.Duration
	for i, like := range likes {
		commits = append(commits, like.Committed.Sub(like.Began))
		lasts = append(lasts, last[i].Sub(like.Committed))
		fromLikes = append(fromLikes, last[i].Sub(like.Began))
	}
	return Latency{
		Trial:      t,
		Likes:      len(likes),
		Commit50:   stats.Quantile(commits, 50),
		Arrival50:  stats.Quantile(latencies, 50),
		Arrival99:  stats.Quantile(latencies, 99),
		Last50:     stats.Quantile(lasts, 50),
		Last99:     stats.Quantile(lasts, 99),
		FromLike99: stats.Quantile(fromLikes, 99),
	}
}
