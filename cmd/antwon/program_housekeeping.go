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
		p.deleteIdleGuests(ctx),
		p.purge(ctx),
	)
}

func (p *program) deleteIdleGuests(ctx context.Context) error {
	n, err := p.jukebox.DeleteIdleGuests(ctx)
	if n > 0 {
		p.log.Info("deleted guests who had done nothing", "guests", n)
	}
	return err
}

// purge deletes rooms that were closed longer ago than the configuration keeps them.
func (p *program) purge(ctx context.Context) error {
	if p.cfg.keepRooms == 0 {
		return nil
	}
	done, err := p.jukebox.Purge(ctx, p.cfg.keepRooms)
	if done != (jukebox.Purged{}) {
		p.log.Info("deleted old parties", "rooms", done.Rooms, "guests", done.Guests, "songs", done.Songs)
	}
	return err
}
