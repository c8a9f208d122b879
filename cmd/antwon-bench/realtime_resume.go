//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

// resumption is how clients came back after a restart.
type resumption struct {
	clients int
	took    time.Duration // from the server's readiness until all had the newest version
	tries   int           // connections it took
}

// resumeBehind is how many versions the last of the clients is behind.
const resumeBehind = 20

// measureResume kills a server under its clients, starts it again at the same address, and has all of them come back at
// once, each with the version it has. A like that came meanwhile makes sure that nobody is current already.
func (b *bench) measureResume(ctx context.Context, clients int) (result resumption, err error) {
	t := trial{kind: antwonServer, shape: shape{1, clients}, document: changesDocument, interval: feedInterval}
	err = b.perform(ctx, t, func(ctx context.Context, s *stage) error {
		if err := s.join(ctx); err != nil {
			return err
		}
		done, err := s.likeAndAwait(ctx, likesOrder{Rooms: 1, Likes: resumeBehind * 2, Every: likeEvery})
		if err != nil {
			return err
		}
		newest := done[0].Version
		for _, l := range done {
			newest = max(newest, l.Version)
		}
		s.crowd.Lose()
		if err := s.site.kill(); err != nil {
			return err
		}
		again, err := start(ctx, b.folder, siteOptions{
			kind: t.kind, interval: t.interval, database: t.kind + ".db", address: s.site.Site, liked: warmUpLikes + len(done),
		})
		if err != nil {
			return err
		}
		s.site = again
		defer func() { _ = again.kill() }() // its database is thrown away
		result, err = s.comeBack(ctx, newest)
		return err
	})
	return result, err
}

func (s *stage) comeBack(ctx context.Context, newest int64) (resumption, error) {
	ready := time.Now()
	crowd, err := load.New(s.site.Site)
	if err != nil {
		return resumption{}, err
	}
	crowd.Retry = true
	done, err := s.site.likes(ctx, likesOrder{Rooms: 1, Likes: 1})
	if err != nil {
		return resumption{}, err
	}
	if done[0].Version <= newest {
		return resumption{}, fmt.Errorf("the restarted server went back from version %d to %d", newest, done[0].Version)
	}
	var members []load.Member
	for n := range s.shape.each {
		members = append(members, s.seed.member(0, n, s.document, newest-int64(n%resumeBehind)))
	}
	err = crowd.Join(ctx, members, len(members))
	if err == nil {
		err = crowd.Await(ctx, 0, done[0].Version)
	}
	result := resumption{len(members), time.Since(ready), crowd.Tries()}
	if left := crowd.Leave(); err == nil {
		err = left
	}
	return result, err
}
