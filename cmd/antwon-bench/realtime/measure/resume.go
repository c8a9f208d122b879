//go:build linux

package measure

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// Resumption is how clients resumed their subscriptions after a restart of the server.
type Resumption struct {
	Clients  int
	Took     time.Duration // from the moment the new server was ready until all clients had the newest version
	Attempts int           // connections that were begun
}

// maxVersionsBehind is how many versions the clients are behind at most.
const maxVersionsBehind = 20

// Resume kills antwon while clients are connected and restarts it at the same address. All clients reconnect at once,
// each with the version that it has. A like meanwhile ensures that none has the newest version already.
func (b *Bench) Resume(ctx context.Context) (result Resumption, err error) {
	t := trial.Trial{
		Kind: server.Antwon, Shape: trial.Shape{Rooms: 1, PerRoom: b.Resumes},
		Document: trial.ChangesDocument, FeedInterval: fixture.FeedInterval,
	}
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		if err := s.Connect(ctx); err != nil {
			return err
		}
		request := server.LikeRequest{Rooms: 1, Likes: maxVersionsBehind * 2, Every: likeEvery}
		likes, err := s.LikeAndAwait(ctx, request)
		if err != nil {
			return err
		}
		newest := likes[0].Version
		for _, like := range likes {
			newest = max(newest, like.Version)
		}
		s.Clients.ExpectDisconnect()
		if err := s.Server.Kill(); err != nil {
			return err
		}
		restarted, err := server.Start(ctx, b.Dir, server.Options{
			Kind: t.Kind, FeedInterval: t.FeedInterval, Address: s.Server.Address, Liked: trial.WarmUpLikes + len(likes),
		})
		if err != nil {
			return err
		}
		defer func() { _ = restarted.Kill() }() // its database is deleted
		s.Server = restarted
		result, err = reconnect(ctx, s, newest)
		return err
	})
	return result, err
}

// reconnect connects clients that have versions up to newest to the restarted server.
func reconnect(ctx context.Context, s *trial.Setup, newest int64) (Resumption, error) {
	begin := time.Now()
	clients, err := load.New(s.Server.Address)
	if err != nil {
		return Resumption{}, err
	}
	clients.Retry = true
	likes, err := s.Server.Like(ctx, oneLike(0))
	if err == nil && likes[0].Version <= newest {
		err = fmt.Errorf("the restarted server went back from version %d to %d", newest, likes[0].Version)
	}
	var subscribers []load.Subscriber
	for n := range s.Shape.PerRoom {
		subscribers = append(subscribers, s.Subscriber(0, n, s.Document, newest-int64(n%maxVersionsBehind)))
	}
	if err == nil {
		err = clients.Connect(ctx, subscribers, len(subscribers))
	}
	if err == nil {
		err = clients.Await(ctx, 0, likes[0].Version)
	}
	result := Resumption{Clients: len(subscribers), Took: time.Since(begin), Attempts: clients.Attempts()}
	if failure := clients.Close(); err == nil {
		err = failure
	}
	return result, err
}
