package main

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/internal/jukebox"
)

// housekeep deletes expired rows immediately and then every hour, until ctx ends. It logs a failure and retries.
func (p *program) housekeep(ctx context.Context) error {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if err := p.deleteExpired(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("could not delete expired rows; the next attempt is in an hour", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (p *program) deleteExpired(ctx context.Context) error {
	return errors.Join(
		p.jukebox.DeleteOldKeys(ctx),
		p.jukebox.DeleteOldCommands(ctx),
		p.accounts.DeleteOldAuthorizations(ctx),
		p.accounts.DeleteOldSessions(ctx),
		p.jukebox.Driver().DeleteOldNodes(ctx),
		p.purge(ctx),
	)
}

// purge deletes what came to nothing, and rooms that were closed longer ago than the configuration keeps them.
func (p *program) purge(ctx context.Context) error {
	done, err := p.jukebox.PurgeIdle(ctx)
	if done != (jukebox.Purged{}) {
		p.log.Info("deleted rooms without songs, and guests who had done nothing", "rooms", done.Rooms, "guests", done.Guests)
	}
	if err != nil || p.cfg.keepRooms == 0 {
		return err
	}
	done, err = p.jukebox.Purge(ctx, p.cfg.keepRooms)
	if done != (jukebox.Purged{}) {
		p.log.Info("deleted old parties", "rooms", done.Rooms, "guests", done.Guests, "songs", done.Songs)
	}
	return err
}
