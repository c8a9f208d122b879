package jukebox

import (
	"context"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/internal/party"
)

// enter is the gate to a room: every use case in one passes it, or enterItem. It returns who asks and what they are there;
// Unauthenticated without a viewer, NotFound if there is no such room, Forbidden if they may not do this, RateLimited if
// they do it too often.
func (j *Jukebox) authorize(ctx context.Context, roomID string, act party.Action) (access, error) {
	a, err := j.accessToRoom(ctx, roomID)
	if err != nil {
		return access{}, err
	}
	a.action = act
	return a, j.check(a)
}

// enterItem is enter for the room of a queue item.
func (j *Jukebox) authorizeItem(ctx context.Context, itemID string, act party.Action) (access, error) {
	a, err := j.accessToItem(ctx, itemID)
	if err != nil {
		return access{}, err
	}
	a.action = act
	return a, j.check(a)
}

func (j *Jukebox) check(a access) error {
	if err := a.role.May(a.action); err != nil {
		return err
	}
	return j.allow(a)
}

// change is the changer's, for somebody who was let in. If it was decided meanwhile who may be here, they are asked for
// their role again: it may have been taken away since.
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
