package jukebox

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// LoadState loads a room as a replica does that has a certain state.
func (j *Jukebox) LoadState(ctx context.Context, roomID string, have *party.State) (*party.State, error) {
	return j.loader.Load(ctx, roomID, have, nil)
}

// HoldRoom keeps a room's lock, as a change that takes long, until release is closed.
func (j *Jukebox) HoldRoom(roomID string, release <-chan struct{}) error {
	return j.changer.change(context.Background(), roomID, func(context.Context, *roomTx) error {
		<-release
		return nil
	})
}

// Waiting counts the changes that wait for their turn, and says whether one has it.
func (j *Jukebox) Waiting(roomID string) (waiting int, busy bool) {
	c := j.changer
	c.mu.Lock()
	defer c.mu.Unlock()
	group := c.groupOf(roomID)
	return len(c.queues[group]), c.running[group]
}

// ForgetFetched forgets what Spotify said of songs.
func (j *Jukebox) ForgetFetched() { j.fetched.Purge() }

// AgeCommands lets so much time pass for what hosts have asked of players.
func AgeCommands(ctx context.Context, s *database.DB, by time.Duration) error {
	return s.InTx(ctx, func(tx *ent.Tx) error {
		rows, err := tx.RoomCommand.Query().All(ctx)
		for _, row := range rows {
			_, failed := tx.ExecContext(ctx, "UPDATE room_commands SET created_at = ? WHERE id = ?", row.CreatedAt.Add(-by).UTC(), row.ID)
			err = errors.Join(err, failed)
		}
		return err
	})
}

// KeptCommands counts the commands that are still known.
func KeptCommands(ctx context.Context, s *database.DB) (int, error) {
	return s.Read.RoomCommand.Query().Count(ctx)
}

// Count answers a query that counts.
func Count(ctx context.Context, s *database.DB, query string) (n int, err error) {
	err = s.SQL.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}
