//go:build linux

package measure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// Memory is what subscribers of roomQueueChanges cost while nothing happens.
type Memory struct {
	Shape      trial.Shape
	Events     bool // they subscribe by Server-Sent Events instead of WebSockets
	EachKB     float64
	Goroutines int     // more than without subscribers
	LeftKB     float64 // of each, after all have left
}

func (m Memory) String() string {
	transport := "WebSocket"
	if m.Events {
		transport = "Server-Sent Events"
	}
	return fmt.Sprintf("%v, %s", m.Shape, transport)
}

// afterLinger is how long a room is kept at most after its last subscriber has left.
const afterLinger = 12 * time.Second

// Memory connects idle subscribers and lets them leave.
func (b *Bench) Memory(ctx context.Context, shape trial.Shape, events bool) (result Memory, err error) {
	t := trial.Trial{Kind: server.Antwon, Shape: shape, Document: trial.ChangesDocument}
	result = Memory{Shape: shape, Events: events}
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		clients, err := load.New(s.Server.Address)
		if err != nil {
			return err
		}
		clients.Events = events
		if _, _, err := b.unwatchedLikes(ctx, s); err != nil { // as before the other measurements
			return errors.Join(err, clients.Close())
		}
		before, err := s.Server.Usage(ctx, true)
		if err != nil {
			return errors.Join(err, clients.Close())
		}
		if err := s.ConnectClients(ctx, clients); err != nil {
			return errors.Join(err, clients.Close())
		}
		with, err := s.Server.Usage(ctx, true)
		if failure := clients.Close(); err != nil || failure != nil {
			return errors.Join(err, failure)
		}
		time.Sleep(afterLinger)
		after, err := s.Server.Usage(ctx, true)
		result.EachKB = kilobytesEach(with.RSS-before.RSS, shape)
		result.Goroutines = with.Goroutines - before.Goroutines
		result.LeftKB = kilobytesEach(after.RSS-before.RSS, shape)
		return err
	})
	return result, err
}
