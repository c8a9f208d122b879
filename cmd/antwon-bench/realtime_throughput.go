//go:build linux

package main

import (
	"context"
	"time"
)

// likesPerSecond is how fast likes come while the servers are under pressure.
const likesPerSecond = 200

const likeEvery = time.Second / likesPerSecond

// keptPace is the part of the deliveries due in a second at which a server counts as having kept pace with the likes.
const keptPace = 0.95

// throughput is what a server does when likes come faster than they can be sent to everybody.
type throughput struct {
	trial
	deliveries int
	perSecond  float64
	all        bool    // everybody got every like by itself and in time: the load was the limit, not the server
	cpu        float64 // µs of a delivery, without what the likes themselves cost
	cpuGross   float64 // with it
	generator  float64 // µs of a delivery that the load generator took, of the same cores
	idleKB     float64 // of memory for a subscriber, right after collecting
	loadKB     float64 // at most, while likes came
	retries    int     // likes that failed and had to be tried again
	executions float64 // for each state that was delivered; below 0: not counted
}

// measurePressure performs one trial: likes without anybody watching, one like after the other for the whole crowd, and
// then likes faster than they can be sent to everybody.
func (b *bench) measurePressure(ctx context.Context, t trial) (result throughput, calm latency, err error) {
	result.trial = t
	err = b.perform(ctx, t, func(ctx context.Context, s *stage) error {
		likeCost, unwatched, err := s.likesAlone(ctx)
		if err != nil {
			return err
		}
		if result.idleKB, err = s.joinAndWeigh(ctx); err != nil {
			return err
		}
		if calm, err = s.oneByOne(ctx); err != nil {
			return err
		}
		peak, err := s.flood(ctx, likeCost, &result)
		result.loadKB = kilobytesEach(peak-unwatched, t.shape)
		return err
	})
	return result, calm, err
}

// joinAndWeigh has the crowd join and returns the memory it takes, each, while nothing happens.
func (s *stage) joinAndWeigh(ctx context.Context) (idleKB float64, err error) {
	alone, err := s.site.vitals(ctx, true)
	if err != nil {
		return 0, err
	}
	if err := s.join(ctx); err != nil {
		return 0, err
	}
	idle, err := s.site.vitals(ctx, true)
	return kilobytesEach(idle.RSS-alone.RSS, s.shape), err
}

func kilobytesEach(bytes int64, s shape) float64 {
	return float64(bytes) / 1024 / float64(s.subscribers())
}

// likesAlone measures the processor time of a like, and the memory of the site after many.
func (s *stage) likesAlone(ctx context.Context) (each time.Duration, rss int64, err error) {
	before, err := s.site.vitals(ctx, false)
	if err != nil {
		return 0, 0, err
	}
	order := s.flow()
	if _, err := s.site.likes(ctx, order); err != nil {
		return 0, 0, err
	}
	after, err := s.site.vitals(ctx, false)
	return (after.CPU - before.CPU) / time.Duration(order.Likes), after.RSS, err
}

// flow is 200 likes a second for a while. What gqlgen's own transport has not sent by then takes it long enough.
func (s *stage) flow() likesOrder {
	likes := int(s.floodFor / likeEvery)
	if s.kind == stockServer {
		likes /= 2
	}
	return likesOrder{Rooms: s.shape.rooms, Likes: likes, Every: likeEvery}
}

// flood measures from the first like until everybody has the last.
func (s *stage) flood(ctx context.Context, likeCost time.Duration, result *throughput) (peak int64, err error) {
	s.crowd.Take() // what came before
	before, ownBefore, err := s.spent(ctx)
	if err != nil {
		return 0, err
	}
	watched, stop := context.WithCancel(ctx)
	highest := make(chan int64, 1)
	go func() { highest <- s.site.highestRSS(watched) }()
	begin := time.Now()
	likes, err := s.likeAndAwait(ctx, s.flow())
	took := time.Since(begin)
	stop()
	peak = <-highest
	if err != nil {
		return 0, err
	}
	after, ownAfter, err := s.spent(ctx)
	if err != nil {
		return 0, err
	}
	arrivals := s.crowd.Take()
	n := float64(len(arrivals))
	cpu := after.CPU - before.CPU
	result.deliveries, result.perSecond = len(arrivals), n/took.Seconds()
	due := float64(len(likes) * s.shape.each)
	result.all = n >= due && result.perSecond >= keptPace*float64(likesPerSecond*s.shape.each)
	result.cpuGross, result.generator = microseconds(cpu)/n, microseconds(ownAfter-ownBefore)/n
	result.cpu = microseconds(cpu-likeCost*time.Duration(len(likes))) / n
	result.executions = -1
	if after.Executions >= 0 {
		result.executions = float64(after.Executions-before.Executions) / float64(distinct(arrivals, s.memberRoom))
	}
	for _, l := range likes {
		result.retries += l.Retries
	}
	return peak, nil
}

// spent is what the site says of itself, and the processor time of the load generator.
func (s *stage) spent(ctx context.Context) (v vitals, own time.Duration, err error) {
	if own, err = cpuTime(); err != nil {
		return v, 0, err
	}
	v, err = s.site.vitals(ctx, false)
	return v, own, err
}

// memberRoom is the room of a client, by the order in which they join.
func (s *stage) memberRoom(client int) int { return client % s.shape.rooms }

// highestRSS looks often until ctx ends.
func (r *running) highestRSS(ctx context.Context) int64 {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	var highest int64
	for {
		if rss, err := r.rss(); err == nil {
			highest = max(highest, rss)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return highest
		}
	}
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
