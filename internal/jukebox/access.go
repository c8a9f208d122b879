package jukebox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// access is the viewer's role in a room and the room's status, as they were when the request was authorized. They may
// have changed since: Jukebox.change therefore checks the role again in its transaction.
type access struct {
	viewer account.Viewer
	roomID string
	hostID string
	status party.RoomStatus
	role   party.Role   // empty: not a member
	action party.Action // what the viewer was authorized to do

	version        int64 // of the room
	membersVersion int64 // the version at which a role last changed

	itemID  string // the queue item, from accessToItem
	addedBy string // the user who added it; empty: nobody
}

// checkOpen returns errRoomClosed unless the room was open.
func (a access) checkOpen() error {
	if a.status != party.Open {
		return errRoomClosed
	}
	return nil
}

// The queries of accessTo. Their arguments are the viewer's id, and that of the room or of the queue item.
const (
	accessColumns   = "SELECT r.id, r.host_id, r.status, r.version, r.members_version, m.role, "
	accessMember    = " LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id = ? "
	roomAccessQuery = accessColumns + "'', NULL FROM rooms r" + accessMember + "WHERE r.id = ?"
	itemAccessQuery = accessColumns + "i.id, i.added_by_id FROM queue_items i JOIN rooms r ON r.id = i.room_id" +
		accessMember + "WHERE i.id = ?"
)

var errRoomClosed = party.Errorf(party.Conflict, "This room is closed.")

// accessToRoom returns the viewer's access to a room, with an empty role unless they are a member. The error is
// Unauthenticated without a viewer, BadUserInput if roomID is no valid id, and NotFound if there is no such room.
func (j *Jukebox) accessToRoom(ctx context.Context, roomID string) (access, error) {
	return j.accessTo(ctx, roomAccessQuery, "roomId", roomID, roomstate.ErrNoRoom)
}

// accessToItem is accessToRoom for the room of a queue item. The error is NotFound if there is no such item.
func (j *Jukebox) accessToItem(ctx context.Context, itemID string) (access, error) {
	return j.accessTo(ctx, itemAccessQuery, "itemId", itemID, roomstate.ErrNoItem)
}

func (j *Jukebox) accessTo(ctx context.Context, query, field, id string, notFound error) (access, error) {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return access{}, err
	}
	if _, err := party.ParseID(field, id); err != nil {
		return access{}, err
	}
	a := access{viewer: viewer}
	var role sql.Null[party.Role]
	var addedBy sql.Null[string]
	err = j.db.SQL.QueryRowContext(ctx, query, viewer.UserID, id).
		Scan(&a.roomID, &a.hostID, &a.status, &a.version, &a.membersVersion, &role, &a.itemID, &addedBy)
	if errors.Is(err, sql.ErrNoRows) {
		return access{}, notFound
	}
	if err != nil {
		return access{}, fmt.Errorf("look up the viewer's role: %w", err)
	}
	a.role, a.addedBy = role.V, addedBy.V
	return a, nil
}
