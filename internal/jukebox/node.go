package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// Node returns the *party.Room, *party.QueueItem, *party.Participant or *party.User with this id; nil if there is none
// or if the viewer may not see it. An id does not show its type, so Node queries each table.
func (j *Jukebox) Node(ctx context.Context, id string) (any, error) {
	found, err := j.Room(ctx, id)
	if err != nil || found != nil {
		return found, err
	}
	viewer, err := account.OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return nil, err
	}
	for _, find := range []func(context.Context, account.Viewer, string) (any, error){
		j.visibleItem, j.visibleParticipant, j.visibleUser,
	} {
		if found, err := find(ctx, *viewer, id); found != nil || isFailure(err) {
			return found, err
		}
	}
	return nil, nil
}

// isFailure reports whether an error says something other than that the object does not exist or is hidden from the
// viewer.
func isFailure(err error) bool {
	code := party.CodeOf(err)
	return err != nil && !ent.IsNotFound(err) && code != party.NotFound && code != party.Forbidden
}

// visibleItem returns a queue item. Only hosts and the guest who added an item see it while it waits for approval and
// after it was removed.
func (j *Jukebox) visibleItem(ctx context.Context, viewer account.Viewer, id string) (any, error) {
	a, err := j.authorizeItem(ctx, id, party.ActView)
	if err != nil {
		return nil, err
	}
	item, err := j.loader.Item(ctx, id)
	if err != nil {
		return nil, err
	}
	hidden := item.State == party.AwaitingApproval || item.State == party.Removed
	if hidden && a.addedBy != viewer.UserID && a.role.May(party.ActApprove) != nil {
		return nil, roomstate.ErrNoItem
	}
	return item, nil
}

// visibleParticipant returns a participant of a room that the viewer may see.
func (j *Jukebox) visibleParticipant(ctx context.Context, _ account.Viewer, id string) (any, error) {
	row, err := j.db.Read.Membership.Query().Where(membership.ID(id)).WithUser().Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("load a participant: %w", err)
	}
	if _, err := j.authorize(ctx, row.RoomID, party.ActView); err != nil {
		return nil, err
	}
	found := roomstate.ParticipantOf(row)
	return &found, nil
}

// visibleUser returns the viewer, or a user who is or was in a room that the viewer may see.
func (j *Jukebox) visibleUser(ctx context.Context, viewer account.Viewer, id string) (any, error) {
	row, err := j.db.Read.User.Query().Where(user.ID(id)).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("load a user: %w", err)
	}
	found := &party.User{ID: row.ID, Kind: party.UserKind(row.Kind)}
	if id == viewer.UserID {
		return found, nil
	}
	rooms, err := j.db.Read.Membership.Query().
		Where(membership.UserID(viewer.UserID), membership.RoleIn(toStrings(party.ActView.Roles())...)).
		Select(membership.FieldRoomID).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the viewer's rooms: %w", err)
	}
	shared, err := j.db.Read.Membership.Query().Where(membership.UserID(id), membership.RoomIDIn(rooms...)).Exist(ctx)
	if err != nil || !shared {
		return nil, err
	}
	return found, nil
}
