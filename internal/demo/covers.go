package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/song"
)

// moveCovers changes the addresses of stored covers to those below base, such as http://192.168.1.20:8080/covers/, if
// they have the same path at another server. So covers are found after the demo's address has changed.
func (d *Demo) moveCovers(ctx context.Context, base string) error {
	u, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("move covers: %w", err)
	}
	isElsewhere := song.And(song.ImageURLContains(u.Path), song.Not(song.ImageURLHasPrefix(base)))
	songs, err := d.cfg.Database.Read.Song.Query().Where(isElsewhere).All(ctx)
	if err != nil {
		return fmt.Errorf("find covers: %w", err)
	}
	err = d.cfg.Database.InTx(ctx, func(tx *ent.Tx) error {
		for _, row := range songs {
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
