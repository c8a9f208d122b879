//go:build linux

package measure

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// Storm is what a third of the clients notices while another third reads nothing, and the last third resets its
// connections in the middle of a frame.
type Storm struct {
	Behaving      int
	Alone, During Latency      // of one like after the other
	Before, After server.Usage // with the behaving clients only; After once the others are gone
	Peak          int64        // bytes of memory during the storm
	Settled       time.Duration
}

// toConnect is how long a connection may take on a busy machine: the clients that misbehave connect 50 at a time.
const toConnect = 10 * time.Millisecond

// Storm measures the latency of a third of the connections, without the others and with them.
func (b *Bench) Storm(ctx context.Context, connections int) (result Storm, err error) {
	third := connections / 3
	result.Behaving = third
	t := trial.Trial{
		Kind: server.Antwon, Shape: trial.Shape{Rooms: 1, PerRoom: third}, Document: trial.ChangesDocument,
		More: time.Duration(connections) * toConnect,
	}
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		if err := s.Connect(ctx); err != nil {
			return err
		}
		if result.Alone, err = b.oneByOne(ctx, s); err != nil {
			return err
		}
		if result.Before, err = s.Server.Usage(ctx, true); err != nil {
			return err
		}
		if err := b.disturb(ctx, s, third, &result); err != nil {
			return err
		}
		result.After, result.Settled, err = awaitUsage(ctx, s.Server, result.Before)
		return err
	})
	return result, err
}

// disturb measures while twice as many other clients misbehave, and then closes their connections.
func (b *Bench) disturb(ctx context.Context, s *trial.Setup, third int, result *Storm) error {
	var others []load.Subscriber
	for n := range 2 * third {
		others = append(others, s.Subscriber(0, n, trial.QueueDocument, 0))
	}
	watched, stop := context.WithCancel(ctx)
	peak, isReset := make(chan int64, 1), make(chan struct{})
	go func() { peak <- peakRSS(watched, s.Server) }()
	disturbers, err := load.Disturb(ctx, s.Server.Address, others)
	if err != nil {
		stop()
		return err
	}
	go func() {
		defer close(isReset)
		disturbers.Reset(watched, b.OneByOneFor)
	}()
	result.During, err = b.oneByOne(ctx, s)
	stop()
	<-isReset
	result.Peak = <-peak
	disturbers.Close()
	return errors.Join(err, s.Clients.Err())
}
