//go:build linux

package measure

import (
	"context"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
	"antwon.dj/backend/cmd/antwon-bench/stats"
)

// keptPace is the share of the deliveries due per second that a server has to reach to count as having kept pace.
const keptPace = 0.95

// Throughput is what a server does while likes come faster than they can be delivered to all subscribers.
type Throughput struct {
	trial.Trial
	PerSecond   float64 // deliveries
	AllInTime   bool    // every subscriber received every like separately and in time: the server was not the limit
	CPU         float64 // µs per delivery, without those of the likes themselves
	CPUGross    float64 // µs per delivery, with those of the likes
	Generator   float64 // µs per delivery of the load generator, which runs on the same cores
	IdleKB      float64 // memory per subscriber, after garbage was collected
	LoadKB      float64 // memory per subscriber, at the peak while likes came
	LikeRetries int
	Executions  float64 // per state that was delivered; negative: not counted
}

// Pressure runs one trial: first likes without subscribers, then one like after the other with all subscribers, and
// then likes at a constant rate.
func (b *Bench) Pressure(ctx context.Context, t trial.Trial) (result Throughput, oneByOne Latency, err error) {
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		likeCost, unwatchedRSS, err := b.unwatchedLikes(ctx, s)
		if err != nil {
			return err
		}
		idleKB, err := connectAndWeigh(ctx, s)
		if err != nil {
			return err
		}
		if oneByOne, err = b.oneByOne(ctx, s); err != nil {
			return err
		}
		oneByOne.LikeCPU = likeCost
		f, err := b.flood(ctx, s, oneByOne.Last50)
		if err != nil {
			return err
		}
		result = f.throughput(likeCost)
		result.IdleKB, result.LoadKB = idleKB, kilobytesEach(f.peakRSS-unwatchedRSS, t.Shape)
		return nil
	})
	return result, oneByOne, err
}

// unwatchedLikes performs likes without subscribers. It returns the processor time of each, and the memory afterwards.
func (b *Bench) unwatchedLikes(ctx context.Context, s *trial.Setup) (each time.Duration, rss int64, err error) {
	before, err := s.Server.Usage(ctx, false)
	if err != nil {
		return 0, 0, err
	}
	request := b.flowRequest(s)
	if _, err := s.Server.Like(ctx, request); err != nil {
		return 0, 0, err
	}
	after, err := s.Server.Usage(ctx, false)
	return (after.CPU - before.CPU) / time.Duration(request.Likes), after.RSS, err
}

// connectAndWeigh connects all subscribers, and returns the memory that each takes while nothing happens.
func connectAndWeigh(ctx context.Context, s *trial.Setup) (idleKB float64, err error) {
	before, err := s.Server.Usage(ctx, true)
	if err != nil {
		return 0, err
	}
	if err := s.Connect(ctx); err != nil {
		return 0, err
	}
	after, err := s.Server.Usage(ctx, true)
	return kilobytesEach(after.RSS-before.RSS, s.Shape), err
}

func kilobytesEach(bytes int64, s trial.Shape) float64 {
	return float64(bytes) / 1024 / float64(s.Subscribers())
}

// flood is what was observed from the first like, at the constant rate, until all subscribers had the last one.
type flood struct {
	setup         *trial.Setup
	took          time.Duration
	likes         []server.Like
	arrivals      []load.Arrival
	before, after usage
	peakRSS       int64
}

// usage is that of the server, and the processor time of the load generator.
type usage struct {
	server.Usage
	generator time.Duration
}

func (b *Bench) flood(ctx context.Context, s *trial.Setup, each time.Duration) (f flood, err error) {
	f.setup = s
	s.Clients.DrainArrivals() // of what was measured before
	if f.before, err = readUsage(ctx, s); err != nil {
		return f, err
	}
	watched, stop := context.WithCancel(ctx)
	peak := make(chan int64, 1)
	go func() { peak <- peakRSS(watched, s.Server) }()
	begin := time.Now()
	f.likes, err = s.LikeAndAwait(ctx, b.floodRequest(s, each))
	f.took = time.Since(begin)
	stop()
	f.peakRSS = <-peak
	if err != nil {
		return f, err
	}
	f.after, err = readUsage(ctx, s)
	f.arrivals = s.Clients.DrainArrivals()
	return f, err
}

// throughput returns the figures, given the processor time of one like. Memory is left out.
func (f *flood) throughput(likeCost time.Duration) Throughput {
	perRoom := f.setup.Shape.PerRoom
	n, due := float64(len(f.arrivals)), float64(len(f.likes)*perRoom)
	cpu := f.after.CPU - f.before.CPU
	result := Throughput{
		Trial:      f.setup.Trial,
		PerSecond:  n / f.took.Seconds(),
		CPU:        stats.Microseconds(cpu-likeCost*time.Duration(len(f.likes))) / n,
		CPUGross:   stats.Microseconds(cpu) / n,
		Generator:  stats.Microseconds(f.after.generator-f.before.generator) / n,
		Executions: -1,
	}
	result.AllInTime = n >= due && result.PerSecond >= keptPace*float64(LikesPerSecond*perRoom)
	if f.after.Executions >= 0 {
		executions := f.after.Executions - f.before.Executions
		result.Executions = float64(executions) / float64(countStates(f.arrivals, f.setup.RoomOf))
	}
	for _, like := range f.likes {
		result.LikeRetries += like.Retries
	}
	return result
}

// countStates returns how many states were delivered: versions, each of one room.
func countStates(arrivals []load.Arrival, roomOf func(client int) int) int {
	type state struct {
		room    int
		version int64
	}
	states := map[state]struct{}{}
	for _, a := range arrivals {
		states[state{roomOf(a.Client), a.Version}] = struct{}{}
	}
	return len(states)
}

func readUsage(ctx context.Context, s *trial.Setup) (u usage, err error) {
	if u.generator, err = server.CPUTime(); err != nil {
		return u, err
	}
	u.Usage, err = s.Server.Usage(ctx, false)
	return u, err
}

// peakRSS reads the server's resident memory every 50 ms until ctx ends, and returns the highest value.
func peakRSS(ctx context.Context, p *server.Process) int64 {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	var peak int64
	for {
		if rss, err := p.RSS(); err == nil {
			peak = max(peak, rss)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return peak
		}
	}
}
