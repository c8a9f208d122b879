package jukebox

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/song"
)

// MoveCovers says that covers are served below another address now, such as http://192.168.1.20:8080/covers/: those that are
// stored with the same path below another server stand there. For a demo, which serves its own.
func (j *Jukebox) MoveCovers(ctx context.Context, base string) error {
	u, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("move covers: %w", err)
	}
	moved, err := j.db.Read.Song.Query().Where(song.ImageURLContains(u.Path), song.Not(song.ImageURLHasPrefix(base))).All(ctx)
	if err != nil {
		return fmt.Errorf("find covers: %w", err)
	}
	err = j.db.InTx(ctx, func(tx *ent.Tx) error {
		for _, row := range moved {
			_, cover, _ := strings.Cut(*row.ImageURL, u.Path)
			if err := tx.Song.Update().Where(song.ID(row.ID)).SetImageURL(base + cover).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("move covers: %w", err)
	}
	return nil
}
