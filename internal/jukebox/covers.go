package jukebox

import (
	"context"
	"fmt"
	"strings"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/song"
)

// coversPath is where the demo serves covers of its own.
const coversPath = "/covers/"

// MoveCovers says that the demo's own covers are served below another address now, such as http://192.168.1.20:8080: those
// that are stored stand under the one at which the demo ran before.
func (j *Jukebox) MoveCovers(ctx context.Context, publicURL string) error {
	base := publicURL + coversPath
	moved, err := j.store.read.Song.Query().Where(song.ImageURLContains(coversPath), song.Not(song.ImageURLHasPrefix(base))).All(ctx)
	if err != nil {
		return fmt.Errorf("find covers: %w", err)
	}
	err = j.store.inTx(ctx, func(tx *ent.Tx) error {
		for _, row := range moved {
			_, cover, _ := strings.Cut(*row.ImageURL, coversPath)
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
