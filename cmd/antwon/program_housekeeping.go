package main

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/internal/jukebox"
)

// housekeep deletes what has expired, at once and then every hour, until ctx ends. A failure is logged and tried again.
func (p *program) housekeep(ctx context.Context) error {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if err := p.deleteExpired(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("could not delete what has expired, and tries again in an hour", "error", err)
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

// purge deletes closed rooms after a while, unless they are kept forever.
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
