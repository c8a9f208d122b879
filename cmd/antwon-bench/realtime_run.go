//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

// shape is how many subscribers stand where.
type shape struct{ rooms, each int }

func (s shape) String() string {
	if s.rooms == 1 {
		return fmt.Sprintf("1 × %d", s.each)
	}
	return fmt.Sprintf("%d × %d", s.rooms, s.each)
}

func (s shape) subscribers() int { return s.rooms * s.each }

// trial is one server under one load.
type trial struct {
	kind     string
	shape    shape
	document string
	interval time.Duration // of the server's feed
}

func (t trial) String() string { return fmt.Sprintf("%s, %v, %s", t.kind, t.shape, t.document) }

// trialTimeout ends a trial that hangs.
const trialTimeout = 90 * time.Second

// stage is a site with its crowd.
type stage struct {
	*bench
	trial
	site  *running
	crowd *load.Crowd
}

// perform starts a site, has it warm up, and gives play a stage whose crowd has not joined yet. Whatever play measured
// counts only if nobody was lost.
func (b *bench) perform(ctx context.Context, t trial, play func(context.Context, *stage) error) (err error) {
	b.progress("%v", t)
	ctx, cancel := context.WithTimeout(ctx, trialTimeout)
	defer cancel()
	site, err := start(ctx, b.folder, siteOptions{kind: t.kind, interval: t.interval})
	if err != nil {
		return err
	}
	s := &stage{bench: b, trial: t, site: site}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%v: %w\n%s", t, err, site.lastWords())
		}
		_ = site.kill() // its database is thrown away
	}()
	if err := s.warmUp(ctx); err != nil {
		return err
	}
	if s.crowd, err = load.New(site.Site); err != nil {
		return err
	}
	err = play(ctx, s)
	if left := s.crowd.Leave(); err == nil {
		err = left
	}
	return err
}

const (
	warmUpLikes = 20
	joinAtOnce  = 100
)

// warmUp has every part of the site used once, so that what it allocates for good is not charged to the subscribers.
func (s *stage) warmUp(ctx context.Context) error {
	crowd, err := load.New(s.site.Site)
	if err != nil {
		return err
	}
	s.crowd = crowd
	err = crowd.Join(ctx, s.seed.members(s.shape.rooms, 1, s.document), joinAtOnce)
	if err == nil {
		_, err = s.likeAndAwait(ctx, likesOrder{Rooms: s.shape.rooms, Likes: warmUpLikes})
	}
	if left := crowd.Leave(); err == nil {
		err = left
	}
	return err
}

// likeAndAwait orders likes and returns when every client has the newest of its room.
func (s *stage) likeAndAwait(ctx context.Context, order likesOrder) ([]like, error) {
	done, err := s.site.likes(ctx, order)
	if err != nil {
		return nil, err
	}
	newest := map[int]int64{}
	for _, l := range done {
		newest[l.Room] = max(newest[l.Room], l.Version)
	}
	for room, version := range newest {
		if err := s.crowd.Await(ctx, room, version); err != nil {
			return nil, err
		}
	}
	return done, nil
}

func (s *stage) join(ctx context.Context) error {
	return s.crowd.Join(ctx, s.seed.members(s.shape.rooms, s.shape.each, s.document), joinAtOnce)
}
