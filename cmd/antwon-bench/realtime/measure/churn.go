//go:build linux

package measure

import (
	"context"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// Churn is what many connections left behind.
type Churn struct {
	Connections   int
	Before, After server.Usage
	Settled       time.Duration // from the last disconnection until goroutines and sockets were as before
}

const (
	settleTimeout = 15 * time.Second
	settleCheck   = 100 * time.Millisecond // between two checks
	settleChecks  = 30                     // with the same result, which takes longer than a connection lingers
)

// Churn has waves of clients connect, receive a like and disconnect, while two clients stay, so that the room's feed is
// watched all the time. The first waves are not counted, because what grows once and is reused is not a leak.
func (b *Bench) Churn(ctx context.Context) (result Churn, err error) {
	t := trial.Trial{
		Kind: server.Antwon, Shape: trial.Shape{Rooms: 1, PerRoom: b.Wave},
		Document: trial.QueueDocument, FeedInterval: fixture.FeedInterval,
	}
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		staying := []load.Subscriber{
			s.Subscriber(0, 0, trial.QueueDocument, 0), s.Subscriber(0, 1, trial.ChangesDocument, 0),
		}
		if err := s.Clients.Connect(ctx, staying, 1); err != nil {
			return err
		}
		for range 2 {
			if err := wave(ctx, s); err != nil {
				return err
			}
		}
		if err := awaitConstantUsage(ctx, s.Server); err != nil {
			return err
		}
		if result.Before, err = s.Server.Usage(ctx, true); err != nil {
			return err
		}
		for result.Connections < b.Churns {
			if err := wave(ctx, s); err != nil {
				return err
			}
			result.Connections += b.Wave
		}
		result.After, result.Settled, err = awaitUsage(ctx, s.Server, result.Before)
		return err
	})
	return result, err
}

// wave connects clients, waits until they have received a like, and disconnects them.
func wave(ctx context.Context, s *trial.Setup) error {
	clients, err := load.New(s.Server.Address)
	if err != nil {
		return err
	}
	err = s.ConnectClients(ctx, clients)
	if err == nil {
		var likes []server.Like
		if likes, err = s.Server.Like(ctx, oneLike(0)); err == nil {
			err = clients.Await(ctx, 0, likes[0].Version)
		}
	}
	if failure := clients.Close(); err == nil {
		err = failure
	}
	return err
}

// awaitConstantUsage waits until the server's goroutines and sockets have been the same for some time, or for
// settleTimeout.
func awaitConstantUsage(ctx context.Context, p *server.Process) error {
	var before server.Usage
	same := 0
	for begin := time.Now(); same < settleChecks && time.Since(begin) < settleTimeout; time.Sleep(settleCheck) {
		u, err := p.Usage(ctx, true)
		if err != nil {
			return err
		}
		if same++; u.Goroutines != before.Goroutines || u.Sockets != before.Sockets {
			same = 0
		}
		before = u
	}
	return nil
}

// awaitUsage waits until the server has no more goroutines and sockets than in want, or for settleTimeout.
func awaitUsage(ctx context.Context, p *server.Process, want server.Usage) (server.Usage, time.Duration, error) {
	for begin := time.Now(); ; time.Sleep(settleCheck) {
		u, err := p.Usage(ctx, true)
		took := time.Since(begin)
		if err != nil || u.Goroutines <= want.Goroutines && u.Sockets <= want.Sockets || took >= settleTimeout {
			return u, took, err
		}
	}
}
