// Package timeline notices that the database was restored from a backup, and gives its rooms versions that no client
// has seen. docs/adr/022-restored-databases.md says why.
package timeline

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/timeline"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	rowID    = "timeline" // of the only row
	interval = 5 * time.Second
	// gap is the longest time without a running server after which a database still counts as not restored. After a longer
	// time it may be a backup.
	gap = time.Minute

	// The versions of restored rooms rise by versionsLost, and by versionsLostSecond for each second since the last beat
	// before the backup: by more than a room can have changed in that time. Because of the seconds, a backup that is
	// restored twice gets different versions each time.
	versionsLost       = 100_000
	versionsLostSecond = 10
)

// moment is a place in the timeline of a database. While nobody restores it, moments only grow.
type moment struct{ number, beat int64 }

func (m moment) before(other moment) bool {
	return m.number < other.number || m.number == other.number && m.beat < other.beat
}

// Clock notices that the database was restored from a backup. One goroutine at a time may call Check or Run; Suspect
// may be called by any.
type Clock struct {
	db         *database.DB
	log        *slog.Logger
	onRestored func()
	last       moment // the newest moment that this server has seen
	suspected  chan rollback
}

// rollback is a room whose version is below the one that this server has seen.
type rollback struct {
	roomID string
	seen   int64
}

// New returns a Clock. It calls onRestored when rooms have got new versions.
func New(db *database.DB, log *slog.Logger, onRestored func()) *Clock {
	// One room is enough to notice a restored database.
	return &Clock{db: db, log: log, onRestored: onRestored, suspected: make(chan rollback, 1)}
}

// Begin gives the open rooms of a database that was restored from a backup versions that no client has seen, so that
// each client gets their whole state again. Call it while no server runs; running servers notice a restored database by
// themselves.
func Begin(ctx context.Context, db *database.DB) error {
	_, err := New(db, nil, nil).beat(ctx, rollback{}, true)
	return err
}

// Suspect tells the clock of a room whose version seems to be below one that was seen. It does not block.
func (c *Clock) Suspect(roomID string, seen int64) {
	select {
	case c.suspected <- rollback{roomID, seen}:
	default:
	}
}

// Check notices if the database was restored since the last call or, in the first one, while no server ran. Call it
// before clients connect.
func (c *Clock) Check(ctx context.Context) error { return c.check(ctx, rollback{}) }

// Run notices within seconds if the database is restored, until ctx ends. It returns nil; failures are logged, and the
// work is tried again at the next interval.
func (c *Clock) Run(ctx context.Context) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		var suspected rollback
		select {
		case <-ticker.C:
		case suspected = <-c.suspected:
		case <-ctx.Done():
			return nil
		}
		if err := c.check(ctx, suspected); err != nil && ctx.Err() == nil {
			c.log.Warn("could not check whether the database was restored", "error", err)
		}
	}
}

func (c *Clock) check(ctx context.Context, suspected rollback) error {
	raised, err := c.beat(ctx, suspected, false)
	if raised > 0 {
		c.log.Info("clients get the whole state of open rooms, because the database was restored from a backup or no "+
			"server used it for a while", "rooms", raised)
		c.onRestored()
	}
	return err
}

// beat records that a server runs. It begins a new timeline if the database was restored since the last beat, if
// suspected turns out to be real, or if restored is true. It returns how many rooms got new versions.
func (c *Clock) beat(ctx context.Context, suspected rollback, restored bool) (raised int64, err error) {
	now, err := c.db.Now(ctx)
	if err != nil {
		return 0, err
	}
	var present moment
	err = c.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		present, raised, err = c.advance(ctx, tx, now, suspected, restored)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("record the timeline: %w", err)
	}
	c.last = present
	return raised, nil
}

// advance is beat within a transaction. It also returns the present moment.
func (c *Clock) advance(
	ctx context.Context, tx *ent.Tx, now time.Time, suspected rollback, restored bool,
) (present moment, raised int64, err error) {
	row, err := lockTimeline(ctx, tx, now)
	if err != nil {
		return moment{}, 0, err
	}
	present = moment{row.Number, row.Beat}
	wentBack, err := suspected.isReal(ctx, tx)
	if err != nil {
		return moment{}, 0, err
	}
	if restored || wentBack || row.Number == 0 || c.missed(present, now.Sub(row.BeatAt)) {
		present.number = max(row.Number, c.last.number) + 1
		if raised, err = restoreVersions(ctx, tx, now.Sub(row.BeatAt)); err != nil {
			return moment{}, 0, err
		}
	}
	update := tx.Timeline.Update().Where(timeline.ID(rowID)).SetNumber(present.number).SetBeatAt(now)
	return present, raised, update.Exec(ctx)
}

// missed reports whether a moment cannot follow the last one that this server has seen, or, if it has seen none, comes
// so long after the previous beat that the database may be a backup.
func (c *Clock) missed(present moment, sinceBeat time.Duration) bool {
	if c.last == (moment{}) {
		return sinceBeat > gap
	}
	return !c.last.before(present)
}

// isReal reports whether the room's version is still below the one that was seen.
func (r rollback) isReal(ctx context.Context, tx *ent.Tx) (bool, error) {
	if r.roomID == "" {
		return false, nil
	}
	return tx.Room.Query().Where(room.ID(r.roomID), room.VersionLT(r.seen)).Exist(ctx)
}

// lockTimeline raises the beat of the timeline, which locks it, and returns it with the time of the beat before. Its
// number is 0 if there was no timeline yet.
func lockTimeline(ctx context.Context, tx *ent.Tx, now time.Time) (*ent.Timeline, error) {
	n, err := tx.Timeline.Update().Where(timeline.ID(rowID)).AddBeat(1).Save(ctx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		create := tx.Timeline.Create().SetID(rowID).SetNumber(0).SetBeat(1).SetBeatAt(now)
		row, err := create.Save(ctx)
		if ent.IsConstraintError(err) {
			return nil, fmt.Errorf("%w: %w", database.ErrOvertaken, err)
		}
		return row, err
	}
	return tx.Timeline.Get(ctx, rowID)
}

// restoreVersions gives all open rooms versions that are above all that any client may have seen since the last beat
// before the backup, and returns how many rooms there are.
func restoreVersions(ctx context.Context, tx *ent.Tx, sinceBeat time.Duration) (rooms int64, err error) {
	by := versionsLost + versionsLostSecond*max(0, int64(sinceBeat.Seconds()))
	result, err := tx.ExecContext(ctx, // MySQL assigns from left to right
		`UPDATE rooms SET restored_version = version + ?, version = version + ? WHERE status = ?`,
		by, by, string(party.Open))
	if err != nil {
		return 0, fmt.Errorf("raise the versions of rooms: %w", err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE room_playbacks SET version =
		(SELECT version FROM rooms WHERE rooms.id = room_playbacks.id)
		WHERE id IN (SELECT id FROM rooms WHERE status = ?)`, string(party.Open))
	if err != nil {
		return 0, fmt.Errorf("raise the versions of players: %w", err)
	}
	return result.RowsAffected()
}
