package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/party"
)

// SetRole makes a guest a co-host, or a co-host a guest. For the room's host.
func (j *Jukebox) SetRole(ctx context.Context, roomID, userID string, role party.Role) (*Member, error) {
	a, err := j.authorize(ctx, roomID, party.ActSetRole)
	if err != nil {
		return nil, err
	}
	if role != party.RoleCohost && role != party.RoleGuest {
		return nil, party.BadInput("role", "must be COHOST or GUEST; removeGuest removes somebody")
	}
	return j.assignRole(ctx, a, userID, func(now party.Role) (party.Role, error) {
		switch now {
		case party.RoleGuest, party.RoleCohost:
			return role, nil
		case party.RoleHost:
			return now, party.Errorf(party.Forbidden, "the host of this room stays its host")
		case party.RoleScreen:
			return now, party.Errorf(party.Conflict, "a screen can only watch")
		}
		return now, party.Errorf(party.Conflict, "they were removed from this room")
	})
}

// RemoveGuest removes somebody from a room; their subscriptions there end at once, their songs stay. Who was not banned may
// join again. For hosts; co-hosts only the room's host can remove.
func (j *Jukebox) RemoveGuest(ctx context.Context, roomID, userID string, ban bool) (*Member, error) {
	a, err := j.authorize(ctx, roomID, party.ActRemoveGuest)
	if err != nil {
		return nil, err
	}
	removed := party.RoleRemoved
	if ban {
		removed = party.RoleBanned
	}
	return j.assignRole(ctx, a, userID, func(now party.Role) (party.Role, error) {
		switch {
		case now == party.RoleHost:
			return now, party.Errorf(party.Forbidden, "the host of this room cannot be removed")
		case now == party.RoleCohost:
			return removed, a.role.May(party.ActSetRole)
		case now == party.RoleBanned:
			return now, nil
		}
		return removed, nil
	})
}

// assign changes what somebody is in a room.
func (j *Jukebox) assignRole(ctx context.Context, a access, userID string, decide func(party.Role) (party.Role, error)) (*Member, error) {
	if _, err := party.ParseID("userId", userID); err != nil {
		return nil, err
	}
	if err := a.checkOpen(); err != nil {
		return nil, err
	}
	err := j.change(ctx, a, func(ctx context.Context, t *roomTx) error { return t.assignRole(ctx, userID, decide) })
	if err != nil {
		return nil, fmt.Errorf("change a member's role: %w", err)
	}
	row, err := j.db.Read.Membership.Query().Where(membership.RoomID(a.roomID), membership.UserID(userID)).WithUser().Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("load a member: %w", err)
	}
	m := memberOf(row, j.presence.isConnected(a.roomID, userID))
	return &m, nil
}

func (t *roomTx) assignRole(ctx context.Context, userID string, decide func(party.Role) (party.Role, error)) error {
	row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(userID)).Only(ctx)
	if ent.IsNotFound(err) {
		return party.Errorf(party.NotFound, "nobody with this id is in the room")
	}
	if err != nil {
		return err
	}
	role, err := decide(party.Role(row.Role))
	if err != nil || role == party.Role(row.Role) {
		return err
	}
	t.affects(userID)
	t.log(logEvent{kind: EventRoleChanged, subject: userID, detail: string(role)}.withRoles(role, party.Role(row.Role)))
	t.membersVersion = t.version
	if err := t.versioned().Membership.Update().Where(membership.ID(row.ID)).SetRole(string(role)).Exec(ctx); err != nil {
		return err
	}
	return t.tx.Room.Update().Where(room.ID(t.roomID)).SetMembersVersion(t.version).Exec(ctx)
}

// ofRole is the deed that made somebody what they are now.
func (d logEvent) withRoles(now, before party.Role) logEvent {
	switch {
	case now == party.RoleRemoved || now == party.RoleBanned:
		d.kind = EventGuestRemoved
	case before == party.RoleRemoved || before == party.RoleBanned:
		d.kind, d.detail, d.actor, d.subject = EventJoined, "", d.subject, ""
	}
	return d
}

// loadBarred returns who was removed from a room and did not join again.
func (l *stateLoader) loadRemoved(ctx context.Context, roomID string) (map[string]bool, error) {
	ids, err := l.db.Read.Membership.Query().
		Where(membership.RoomID(roomID), membership.RoleIn(string(party.RoleRemoved), string(party.RoleBanned))).
		Select(membership.FieldUserID).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load who was removed: %w", err)
	}
	barred := make(map[string]bool, len(ids))
	for _, id := range ids {
		barred[id] = true
	}
	return barred, nil
}
