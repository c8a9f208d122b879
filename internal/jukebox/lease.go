package jukebox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/node"
	"antwon.dj/backend/ent/roomlease"
)

// Lease is the right of one server, a node, to drive the player of a room. The epoch grows whenever another node takes it.
type Lease struct {
	RoomID, NodeID string
	Epoch          int64
}

// ErrLeaseLost says that another node drives the room's player now.
var ErrLeaseLost = errors.New("the lease of the room's player is another node's")

// OpenRoom is a room that may have to be driven.
type OpenRoom struct {
	ID      string
	Version int64
	NodeID  string // who has the lease; empty: nobody who is alive
}

const openRoomsQuery = `SELECT r.id, r.version, n.id FROM rooms r LEFT JOIN room_leases l ON l.id = r.id
LEFT JOIN nodes n ON n.id = l.node_id AND n.alive_until > ? WHERE r.status = ?`

// OpenRooms returns all open rooms, and who drives them.
func (d *Driver) OpenRooms(ctx context.Context) ([]OpenRoom, error) {
	now, err := d.j.store.now(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := d.j.store.readDB.QueryContext(ctx, openRoomsQuery, now, string(Open))
	if err != nil {
		return nil, fmt.Errorf("find open rooms: %w", err)
	}
	defer rows.Close()
	var open []OpenRoom
	for rows.Next() {
		var r OpenRoom
		var holder *string
		if err := rows.Scan(&r.ID, &r.Version, &holder); err != nil {
			return nil, fmt.Errorf("find open rooms: %w", err)
		}
		if holder != nil {
			r.NodeID = *holder
		}
		open = append(open, r)
	}
	return open, rows.Err()
}

// Renew says that a node is alive for so long from now on, and returns how many nodes are. The clock is the database's.
func (d *Driver) Renew(ctx context.Context, nodeID string, life time.Duration) (alive int, err error) {
	now, err := d.j.store.now(ctx)
	if err != nil {
		return 0, err
	}
	err = d.j.store.inTx(ctx, func(tx *ent.Tx) error {
		n, err := tx.Node.Update().Where(node.ID(nodeID)).SetAliveUntil(now.Add(life)).Save(ctx)
		if err != nil || n == 1 {
			return err
		}
		return tx.Node.Create().SetID(nodeID).SetAliveUntil(now.Add(life)).Exec(ctx)
	})
	if err != nil {
		return 0, fmt.Errorf("renew node: %w", err)
	}
	return d.j.store.read.Node.Query().Where(node.AliveUntilGT(now)).Count(ctx)
}

// Retire says that a node drives nothing any more, so that others need not wait for its end.
func (d *Driver) Retire(ctx context.Context, nodeID string) error {
	return d.j.store.inTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.Node.Delete().Where(node.ID(nodeID)).Exec(ctx)
		return err
	})
}

// ForgetOldNodes deletes nodes that ended without saying so, some time ago.
func (d *Driver) ForgetOldNodes(ctx context.Context) error {
	now, err := d.j.store.now(ctx)
	if err != nil {
		return err
	}
	return d.j.store.inTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.Node.Delete().Where(node.AliveUntilLT(now.Add(-nodesKept))).Exec(ctx)
		return err
	})
}

const nodesKept = time.Hour

// Take gives a node the lease of an open room, unless a node that is alive has it: then ErrLeaseLost. Who has it keeps it
// as it is, even once the room is closed.
func (d *Driver) Take(ctx context.Context, roomID, nodeID string) (Lease, error) {
	lease := Lease{RoomID: roomID, NodeID: nodeID}
	row, err := d.j.store.read.RoomLease.Get(ctx, roomID)
	if err == nil && row.NodeID == nodeID {
		lease.Epoch = row.Epoch
		return lease, nil
	}
	now, err := d.j.store.now(ctx)
	if err != nil {
		return lease, err
	}
	lost := false
	err = d.j.changer.change(ctx, roomID, func(ctx context.Context, t *roomTx) (err error) {
		lease.Epoch, lost, err = t.take(ctx, nodeID, now)
		return err
	})
	if err == nil && lost {
		err = ErrLeaseLost
	}
	if err != nil {
		return lease, fmt.Errorf("take the lease of room %s: %w", roomID, err)
	}
	return lease, nil
}

// take happens as a change of the room, so that no step of the one before can come after it.
func (t *roomTx) take(ctx context.Context, nodeID string, now time.Time) (epoch int64, lost bool, err error) {
	row, err := t.tx.RoomLease.Get(ctx, t.roomID)
	if ent.IsNotFound(err) {
		return 1, false, t.note().RoomLease.Create().SetID(t.roomID).SetNodeID(nodeID).SetEpoch(1).Exec(ctx)
	}
	if err != nil || row.NodeID == nodeID {
		return rowEpoch(row), false, err
	}
	held, err := t.tx.Node.Query().Where(node.ID(row.NodeID), node.AliveUntilGT(now)).Exist(ctx)
	if err != nil || held {
		return 0, held, err
	}
	epoch = row.Epoch + 1
	return epoch, false, t.note().RoomLease.Update().Where(roomlease.ID(t.roomID)).SetNodeID(nodeID).SetEpoch(epoch).Exec(ctx)
}

func rowEpoch(row *ent.RoomLease) int64 {
	if row == nil {
		return 0
	}
	return row.Epoch
}

// mustHold refuses whoever drove the room before somebody else took it over.
func (t *roomTx) mustHold(ctx context.Context, lease Lease) (held bool, err error) {
	return t.tx.RoomLease.Query().
		Where(roomlease.ID(t.roomID), roomlease.NodeID(lease.NodeID), roomlease.Epoch(lease.Epoch)).Exist(ctx)
}

// now is the database's clock: the clocks of several servers may differ. A SQLite file has this machine's.
func (s *Store) now(ctx context.Context) (time.Time, error) {
	if s.dialect == dialect.SQLite {
		return microseconds(time.Now()), nil
	}
	var now time.Time
	if err := s.readDB.QueryRowContext(ctx, "SELECT UTC_TIMESTAMP(6)").Scan(&now); err != nil {
		return now, fmt.Errorf("ask the database for its time: %w", err)
	}
	return now.UTC(), nil
}
