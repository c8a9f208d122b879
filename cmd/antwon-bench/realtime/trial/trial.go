//go:build linux

package trial

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/seed"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
)

// Shape is how many rooms there are, and how many subscribers in each.
type Shape struct{ Rooms, PerRoom int }

func (s Shape) String() string { return fmt.Sprintf("%d × %d", s.Rooms, s.PerRoom) }

// Subscribers returns the number of subscribers in all rooms.
func (s Shape) Subscribers() int { return s.Rooms * s.PerRoom }

// Trial is one server under one load.
type Trial struct {
	Kind         string // of the server
	Shape        Shape
	Document     string
	FeedInterval time.Duration
	More         time.Duration // the time that it may take in addition to timeout
}

func (t Trial) String() string { return fmt.Sprintf("%s, %v, %s", t.Kind, t.Shape, t.Document) }

// timeout ends a trial that hangs.
const timeout = 90 * time.Second

// Runner runs trials.
type Runner struct {
	Dir      string // of the seed, and of the servers' databases and logs
	Seed     *seed.Seed
	Peers    server.Peers
	Progress func(format string, args ...any) // called with what is being done
}

// Setup is a running server and its clients.
type Setup struct {
	*Runner
	Trial
	Server  *server.Process
	Clients *load.Clients
}

// WarmUpLikes is how many likes a server has performed before anything is measured.
const WarmUpLikes = 20

const connectAtOnce = 100

// Run starts a server, warms it up, and calls measure with clients that are not connected yet. Afterwards it
// disconnects the clients and kills the server. It fails if measure does, or if a client has failed meanwhile: then
// nothing that was measured counts. The context of measure ends after timeout plus Trial.More.
func (r *Runner) Run(ctx context.Context, t Trial, measure func(context.Context, *Setup) error) (err error) {
	r.Progress("%v", t)
	ctx, cancel := context.WithTimeout(ctx, timeout+t.More)
	defer cancel()
	process, err := server.Start(ctx, r.Dir, server.Options{Kind: t.Kind, Peers: r.Peers, FeedInterval: t.FeedInterval})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%v: %w\n%s", t, err, process.LogTail())
		}
		_ = process.Kill() // its database is deleted
	}()
	s := &Setup{Runner: r, Trial: t, Server: process}
	if err := s.warmUp(ctx); err != nil {
		return err
	}
	if s.Clients, err = s.newClients(); err != nil {
		return err
	}
	err = measure(ctx, s)
	if failure := s.Clients.Close(); err == nil {
		err = failure
	}
	return err
}

// warmUp uses every part of the server once, so that what it allocates permanently is not attributed to the
// subscribers.
func (s *Setup) warmUp(ctx context.Context) (err error) {
	if s.Clients, err = s.newClients(); err != nil {
		return err
	}
	err = s.Clients.Connect(ctx, s.Subscribers(1), connectAtOnce)
	if err == nil {
		_, err = s.LikeAndAwait(ctx, server.LikeRequest{Rooms: s.Shape.Rooms, Likes: WarmUpLikes})
	}
	if failure := s.Clients.Close(); err == nil {
		err = failure
	}
	return err
}

func (s *Setup) newClients() (*load.Clients, error) {
	clients, err := load.New(s.Server.Address)
	if err == nil {
		clients.Centrifuge = s.Kind == server.Centrifuge
	}
	return clients, err
}

// Connect connects all subscribers of the trial's shape with the setup's own clients.
func (s *Setup) Connect(ctx context.Context) error { return s.ConnectClients(ctx, s.Clients) }

// ConnectClients connects all subscribers of the trial's shape with other clients.
func (s *Setup) ConnectClients(ctx context.Context, clients *load.Clients) error {
	return clients.Connect(ctx, s.Subscribers(s.Shape.PerRoom), connectAtOnce)
}

// LikeAndAwait has the server perform likes, and returns when every client has received the newest version of its room.
func (s *Setup) LikeAndAwait(ctx context.Context, request server.LikeRequest) ([]server.Like, error) {
	likes, err := s.Server.Like(ctx, request)
	if err != nil {
		return nil, err
	}
	newest := map[int]int64{}
	for _, like := range likes {
		newest[like.Room] = max(newest[like.Room], like.Version)
	}
	for room, version := range newest {
		if err := s.Clients.Await(ctx, room, version); err != nil {
			return nil, err
		}
	}
	return likes, nil
}
