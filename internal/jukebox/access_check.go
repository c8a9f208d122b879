package jukebox

import (
	"context"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/internal/party"
)

// authorize checks that the viewer's role permits an action in a room, and counts the action against the rate limits.
// Every use case in a room begins with authorize, authorizeItem or authorizeLike. The error is Unauthenticated without
// a viewer, NotFound if there is no such room, Forbidden if the role does not permit the action, and RateLimited if a
// limit is exceeded. It does not check that the room is open.
func (j *Jukebox) authorize(ctx context.Context, roomID string, action party.Action) (access, error) {
	a, err := j.accessToRoom(ctx, roomID)
	if err != nil {
		return access{}, err
	}
	a.action = action
	return a, j.check(ctx, a)
}

// authorizeViewer is authorize for packages that need no more than the viewer's user id, which it returns.
func (j *Jukebox) authorizeViewer(ctx context.Context, roomID string, action party.Action) (string, error) {
	a, err := j.authorize(ctx, roomID, action)
	return a.viewer.UserID, err
}

// authorizeItem is authorize for the room of a queue item.
func (j *Jukebox) authorizeItem(ctx context.Context, itemID string, action party.Action) (access, error) {
	a, err := j.accessToItem(ctx, itemID)
	if err != nil {
		return access{}, err
	}
	a.action = action
	return a, j.check(ctx, a)
}

// check checks the permission before the rate limit, so that a forbidden action is not counted.
func (j *Jukebox) check(ctx context.Context, a access) error {
	if err := a.role.May(a.action); err != nil {
		return err
	}
	return j.allow(ctx, a)
}

// change is changer.change for a viewer who was authorized. If a role in the room has changed since, it checks again
// inside the transaction that the viewer's role permits the action: Forbidden if it no longer does.
func (j *Jukebox) change(ctx context.Context, a access, fn func(context.Context, *roomTx) error) error {
	return j.changer.change(ctx, a.roomID, func(ctx context.Context, t *roomTx) error {
		t.actor, t.role = a.viewer.UserID, a.role
		if t.membersVersion != a.membersVersion {
			role, err := t.roleOf(ctx, t.actor)
			if t.role = role; err != nil {
				return err
			}
			if err := role.May(a.action); err != nil {
				return err
			}
		}
		return fn(ctx, t)
	})
}

// roleOf returns the role of a user in the room, or an empty role if they are not a member.
func (t *roomTx) roleOf(ctx context.Context, userID string) (party.Role, error) {
	row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(userID)).Only(ctx)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return party.Role(row.Role), nil
}
