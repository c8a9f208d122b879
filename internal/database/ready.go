package database

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/migrate"
	"antwon.dj/backend/ent/node"
)

// Ready returns nil if the database has all migrations that this program knows, and accepts a write now: a full disk,
// or a server that became read-only, still answers queries.
func (s *DB) Ready(ctx context.Context) error {
	pending, err := migrate.Pending(ctx, s.SQL.DB, s.Dialect)
	if err != nil {
		return fmt.Errorf("ask the database for its version: %w", err)
	}
	if pending > 0 { // a negative number: a newer server has migrated it, and old ones continue until they are replaced
		return fmt.Errorf("the database lacks %d migrations", pending)
	}
	if err := s.probe(ctx); err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	return nil
}

// probe writes this server's own row among the nodes. Its time is past, so that it never counts as a node that drives
// players, and it is deleted like a node that has ended.
func (s *DB) probe(ctx context.Context) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	past := now.Add(-time.Minute)
	return s.InTx(ctx, func(tx *ent.Tx) error {
		n, err := tx.Node.Update().Where(node.ID(s.probeID)).SetAliveUntil(past).Save(ctx)
		if err != nil || n == 1 {
			return err
		}
		return tx.Node.Create().SetID(s.probeID).SetAliveUntil(past).Exec(ctx)
	})
}
