package jukebox

import (
	"context"
	"errors"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/live"
)

// LoadState loads a room as a replica does that has a certain state.
func (j *Jukebox) LoadState(ctx context.Context, roomID string, have *State) (*State, error) {
	return j.loader.Load(ctx, roomID, have, nil)
}

// NextState makes the state after have as a load does that finds these items changed, and is told whom that concerns.
func NextState(have *State, version int64, status RoomStatus, changed []*QueueItem, touched live.Touched) *State {
	return merge(have, roomHead{roomID: "room", version: version, status: status, settings: usualSettings()}, changed, Playback{}, touched)
}

// Begun is a song of somebody that began to play at a version, added at another one.
type Begun struct {
	Owner        string
	Age, Version int64
}

// PlaysOf are the plays of a room that has played these songs.
func PlaysOf(songs []Begun) *Plays {
	var played []begun
	for _, song := range songs {
		played = append(played, begun{owner: song.Owner, age: song.Age, version: song.Version})
	}
	return newPlays(played)
}

// LeastPatience is what FAIR asks of everybody's patience.
const LeastPatience = leastPatience

// MayDo is the table of permissions.
var MayDo = mayDo

var (
	ParseName  = parseName
	ParseCode  = parseCode
	ParseTrack = parseTrack
	Recording  = recordingOf
)

// Asked answers a query for one value on each of the store's kinds of connection, which have to agree.
func (s *Store) Asked(ctx context.Context, query string) (answer string, err error) {
	if err := s.readDB.QueryRowContext(ctx, query).Scan(&answer); err != nil {
		return "", err
	}
	tx, err := s.write.Tx(ctx)
	if err != nil {
		return "", err
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var written string
	for rows.Next() {
		err = rows.Scan(&written)
	}
	if written != answer {
		answer += " for readers, " + written + " for writers"
	}
	return answer, err
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
	return len(c.waiting[group]), c.led[group]
}

// ForgetFetched forgets what Spotify said of songs.
func (j *Jukebox) ForgetFetched() { j.fetched.Purge() }

// Age lets so much time pass for what is kept of sessions and logins.
func (s *Store) Age(ctx context.Context, by time.Duration) error {
	return s.inTx(ctx, func(tx *ent.Tx) error {
		sessions, err := tx.Session.Query().All(ctx)
		if err != nil {
			return err
		}
		for _, row := range sessions {
			update := tx.Session.UpdateOneID(row.ID).SetExpiresAt(row.ExpiresAt.Add(-by))
			if row.UsedAt != nil {
				update.SetUsedAt(row.UsedAt.Add(-by))
			}
			if err := update.Exec(ctx); err != nil {
				return err
			}
		}
		logins, err := tx.Login.Query().All(ctx)
		if err != nil {
			return err
		}
		for _, row := range logins {
			if _, err := tx.ExecContext(ctx, "UPDATE logins SET expires_at = ? WHERE id = ?", row.ExpiresAt.Add(-by).UTC(), row.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// KeptSessions counts the rows of sessions, and says whether one has this text in it.
func (s *Store) KeptSessions(ctx context.Context, text string) (n int, found bool, err error) {
	rows, err := s.read.Session.Query().All(ctx)
	for _, row := range rows {
		found = found || strings.Contains(row.String(), text)
	}
	return len(rows), found, err
}

// AgeCommands lets so much time pass for what hosts have asked of players.
func (s *Store) AgeCommands(ctx context.Context, by time.Duration) error {
	return s.inTx(ctx, func(tx *ent.Tx) error {
		rows, err := tx.RoomCommand.Query().All(ctx)
		for _, row := range rows {
			_, failed := tx.ExecContext(ctx, "UPDATE room_commands SET created_at = ? WHERE id = ?", row.CreatedAt.Add(-by).UTC(), row.ID)
			err = errors.Join(err, failed)
		}
		return err
	})
}

// KeptCommands counts the commands that are still known.
func (s *Store) KeptCommands(ctx context.Context) (int, error) {
	return s.read.RoomCommand.Query().Count(ctx)
}

// Count answers a query that counts.
func (s *Store) Count(ctx context.Context, query string) (n int, err error) {
	err = s.readDB.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}
