package likes

import (
	"context"

	"antwon.dj/backend/internal/bulk"
)

// Write stores the results of the batch's changes, except their events, which the transaction stores with those of its
// other changes.
func (b *Batch) Write(ctx context.Context, rows bulk.Tx) error {
	if len(b.changed) == 0 {
		return b.writeKeys(ctx, rows)
	}
	counts := make([]bulk.Count, len(b.changed))
	for i, id := range b.changed {
		counts[i] = bulk.Count{ItemID: id, Likes: b.items[id].LikeCount, Version: b.items[id].Version}
	}
	if err := rows.DeleteLikes(ctx, b.deleted); err != nil {
		return err
	}
	if err := rows.InsertLikes(ctx, b.inserted); err != nil {
		return err
	}
	if err := rows.SetCounts(ctx, counts); err != nil {
		return err
	}
	if err := rows.DeleteLikeEvents(ctx, b.forgotten); err != nil {
		return err
	}
	return b.writeKeys(ctx, rows)
}

func (b *Batch) writeKeys(ctx context.Context, rows bulk.Tx) error {
	if err := rows.DeleteKeys(ctx, b.expire); err != nil {
		return err
	}
	if err := rows.InsertKeys(ctx, b.stored); err != nil {
		return err
	}
	for like, kept := range b.kept {
		if !kept.forget {
			continue
		}
		if err := rows.ForgetKeys(ctx, like, KeysPerObject-1+kept.added); err != nil {
			return err
		}
	}
	return nil
}
