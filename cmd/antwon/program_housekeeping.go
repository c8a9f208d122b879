package main

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/internal/purge"
)

// housekeep deletes expired rows immediately and then every hour, and keeps SQLite's log small, until ctx ends. It logs
// a failure and retries.
func (p *program) housekeep(ctx context.Context) error {
	hourly, minutely := time.NewTicker(time.Hour), time.NewTicker(time.Minute)
	defer hourly.Stop()
	defer minutely.Stop()
	p.deleteExpired(ctx)
	for {
		select {
		case <-hourly.C:
			p.deleteExpired(ctx)
		case <-minutely.C:
			if err := p.database.Checkpoint(ctx); err != nil && ctx.Err() == nil {
				p.log.Warn("could not make the database's log smaller; the next attempt is in a minute", "error", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (p *program) deleteExpired(ctx context.Context) {
	err := errors.Join(
		p.purger.Keys(ctx),
		p.accounts.DeleteOldAuthorizations(ctx),
		p.accounts.DeleteOldSessions(ctx),
		p.purger.Commands(ctx),
		p.purger.Subscriptions(ctx),
		p.jukebox.Driver().DeleteOldNodes(ctx),
		p.purge(ctx),
	)
	if err != nil && ctx.Err() == nil {
		p.log.Warn("could not delete expired rows; the next attempt is in an hour", "error", err)
	}
}

// purge deletes guests who did nothing, rooms without songs, and all rooms that were closed longer ago than keepRooms.
func (p *program) purge(ctx context.Context) error {
	done, err := p.purger.Idle(ctx)
	if done != (purge.Deleted{}) {
		p.log.Info("deleted rooms without songs, and guests who had done nothing", "rooms", done.Rooms, "guests", done.Guests)
	}
	if p.cfg.keepRooms == 0 {
		return err
	}
	done, closedErr := p.purger.Closed(ctx, p.cfg.keepRooms) // even if Idle failed
	if done != (purge.Deleted{}) {
		p.log.Info("deleted old parties", "rooms", done.Rooms, "guests", done.Guests, "songs", done.Songs)
	}
	return errors.Join(err, closedErr)
}
