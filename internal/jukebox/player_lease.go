package jukebox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/node"
	"antwon.dj/backend/ent/roomlease"
	"antwon.dj/backend/internal/party"
)

const openRoomsQuery = `SELECT r.id, r.version, n.id, n.alive_until FROM rooms r LEFT JOIN room_leases l ON l.id = r.id
LEFT JOIN nodes n ON n.id = l.node_id AND n.alive_until > ? WHERE r.status = ?`

// OpenRooms returns all open rooms, with the live node, if any, that has the lease of each.
func (d *Driver) OpenRooms(ctx context.Context) ([]party.OpenRoom, error) {
	now, err := d.j.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := d.j.db.SQL.QueryContext(ctx, openRoomsQuery, now, string(party.Open))
	if err != nil {
		return nil, fmt.Errorf("find open rooms: %w", err)
	}
	defer rows.Close()
	var open []party.OpenRoom
	for rows.Next() {
		var r party.OpenRoom
		var holder sql.Null[string]
		var aliveUntil sql.Null[time.Time]
		if err := rows.Scan(&r.ID, &r.Version, &holder, &aliveUntil); err != nil {
			return nil, fmt.Errorf("find open rooms: %w", err)
		}
		if !d.j.nodes.isStale(holder.V, aliveUntil.V) {
			r.NodeID = holder.V
		}
		open = append(open, r)
	}
	return open, rows.Err()
}

// RenewNode records that a node is alive for a duration from now on, and returns how many nodes are alive. It uses the
// database's clock; nodeWatch handles a clock that is set back.
func (d *Driver) RenewNode(ctx context.Context, nodeID string, life time.Duration) (alive int, err error) {
	now, err := d.j.db.Now(ctx)
	if err != nil {
		return 0, err
	}
	err = d.j.db.InTx(ctx, func(tx *ent.Tx) error {
		n, err := tx.Node.Update().Where(node.ID(nodeID)).SetAliveUntil(now.Add(life)).Save(ctx)
		if err != nil || n == 1 {
			return err
		}
		return tx.Node.Create().SetID(nodeID).SetAliveUntil(now.Add(life)).Exec(ctx)
	})
	if err != nil {
		return 0, fmt.Errorf("renew node: %w", err)
	}
	rows, err := d.j.db.Read.Node.Query().Where(node.AliveUntilGT(now)).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("find live nodes: %w", err)
	}
	return d.j.nodes.observe(rows, life), nil
}

// RetireNode records that a node no longer drives rooms, so that others need not wait until it expires.
func (d *Driver) RetireNode(ctx context.Context, nodeID string) error {
	return d.j.db.InTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.Node.Delete().Where(node.ID(nodeID)).Exec(ctx)
		return err
	})
}

// DeleteOldNodes deletes nodes that expired longer ago than nodesKept, because they ended without RetireNode.
func (d *Driver) DeleteOldNodes(ctx context.Context) error {
	now, err := d.j.db.Now(ctx)
	if err != nil {
		return err
	}
	_, err = d.j.db.DeleteWhere(ctx, "nodes", "alive_until < ?", now.Add(-nodesKept))
	return err
}

const nodesKept = time.Hour

// TakeLease gives a node the lease of an open room. The error is ErrLeaseLost if another live node has it. A node that
// has the lease already gets it with the same epoch, even if the room is closed.
func (d *Driver) TakeLease(ctx context.Context, roomID, nodeID string) (party.Lease, error) {
	lease := party.Lease{RoomID: roomID, NodeID: nodeID, Epoch: 1}
	row, err := d.j.db.Read.RoomLease.Get(ctx, roomID)
	if err == nil && row.NodeID == nodeID {
		lease.Epoch, lease.Calls = row.Epoch, party.ParseCallCount(row.Calls)
		return lease, nil
	}
	now, err := d.j.db.Now(ctx)
	if err != nil {
		return lease, err
	}
	lost := false
	err = d.j.changer.change(ctx, roomID, func(ctx context.Context, t *roomTx) (err error) {
		lost, err = t.takeLease(ctx, &lease, now, &d.j.nodes)
		return err
	})
	if err == nil && lost {
		err = party.ErrLeaseLost
	}
	if err != nil {
		return lease, fmt.Errorf("take the lease of room %s: %w", roomID, err)
	}
	return lease, nil
}

// takeLease takes the lease within a change of the room, so that no step of the previous holder can be written after
// it. It reports whether another live node has the lease.
func (t *roomTx) takeLease(ctx context.Context, lease *party.Lease, now time.Time, nodes *nodeWatch) (bool, error) {
	row, err := t.tx.RoomLease.Get(ctx, t.roomID)
	if ent.IsNotFound(err) {
		return false, t.unversioned().RoomLease.Create().SetID(t.roomID).SetNodeID(lease.NodeID).SetEpoch(1).Exec(ctx)
	}
	if err != nil {
		return false, err
	}
	if lease.Epoch, lease.Calls = row.Epoch, party.ParseCallCount(row.Calls); row.NodeID == lease.NodeID {
		return false, nil
	}
	holder, err := t.tx.Node.Query().Where(node.ID(row.NodeID), node.AliveUntilGT(now)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return false, err
	}
	if err == nil && !nodes.isStale(holder.ID, holder.AliveUntil) {
		return true, nil
	}
	lease.Epoch, lease.Inherited = lease.Epoch+1, true
	update := t.unversioned().RoomLease.Update().Where(roomlease.ID(t.roomID))
	return false, update.SetNodeID(lease.NodeID).SetEpoch(lease.Epoch).Exec(ctx)
}

// holdsLease reports whether the lease is still the room's: no other node has taken it since.
func (t *roomTx) holdsLease(ctx context.Context, lease party.Lease) (held bool, err error) {
	return t.tx.RoomLease.Query().
		Where(roomlease.ID(t.roomID), roomlease.NodeID(lease.NodeID), roomlease.Epoch(lease.Epoch)).Exist(ctx)
}
