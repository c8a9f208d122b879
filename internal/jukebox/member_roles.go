package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/offers"
	"antwon.dj/backend/internal/party"
)

// SetRole makes a member a co-host, a guest, or a tablet that guests share. For the room's host. The error is NotFound
// if no member has this id, Forbidden for the host, and Conflict for screens, for removed members, and for guests
// without a phone unless the role is GUEST.
func (j *Jukebox) SetRole(ctx context.Context, roomID, userID string, role party.Role) (*lists.Member, error) {
	a, err := j.authorize(ctx, roomID, party.ActSetRole)
	if err != nil {
		return nil, err
	}
	if role != party.RoleCohost && role != party.RoleGuest && role != party.RoleTablet {
		return nil, party.BadInput("role", "must be COHOST, GUEST or TABLET; to remove somebody, use removeGuest")
	}
	if role != party.RoleGuest && party.IsWithoutPhone(userID) {
		return nil, party.Errorf(party.Conflict, "Somebody without a phone can only be a guest.")
	}
	return j.assignRole(ctx, a, userID, func(now party.Role) (party.Role, error) {
		switch now {
		case party.RoleGuest, party.RoleCohost, party.RoleTablet:
			return role, nil
		case party.RoleHost:
			return now, party.Errorf(party.Forbidden, "The role of the room's host cannot be changed.")
		case party.RoleScreen:
			return now, party.Errorf(party.Conflict, "A screen can only watch.")
		}
		return now, party.Errorf(party.Conflict, "This member was removed from the room.")
	})
}

// RemoveGuest removes a member from a room. Their subscriptions of the room end at once; their songs stay. Unless ban
// is true they may join again. For hosts; only the room's host can remove a co-host.
func (j *Jukebox) RemoveGuest(ctx context.Context, roomID, userID string, ban bool) (*lists.Member, error) {
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
			return now, party.Errorf(party.Forbidden, "The room's host cannot be removed.")
		case now == party.RoleCohost:
			return removed, a.role.May(party.ActSetRole)
		case now == party.RoleBanned:
			return now, nil
		}
		return removed, nil
	})
}

// assignRole gives a member the role that decide returns for their present role, and returns the member.
func (j *Jukebox) assignRole(
	ctx context.Context, a access, userID string, decide func(now party.Role) (party.Role, error),
) (*lists.Member, error) {
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
	row, err := j.db.Read.Membership.Query().
		Where(membership.RoomID(a.roomID), membership.UserID(userID)).WithUser().Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("load a member: %w", err)
	}
	m := lists.MemberOf(row, j.presence.isPresent(row))
	return &m, nil
}

var errNoMember = party.Errorf(party.NotFound, "No member of the room has this id.")

func (t *roomTx) assignRole(
	ctx context.Context, userID string, decide func(now party.Role) (party.Role, error),
) error {
	row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(userID)).Only(ctx)
	if ent.IsNotFound(err) {
		return errNoMember
	}
	if err != nil {
		return err
	}
	role, err := decide(party.Role(row.Role))
	if err != nil || role == party.Role(row.Role) {
		return err
	}
	t.affects(userID)
	event := logEvent{kind: party.EventRoleChanged, subject: userID, detail: string(role)}
	t.log(event.withRoles(role, party.Role(row.Role)))
	t.membersVersion = t.version
	if err := t.versioned().Membership.Update().Where(membership.ID(row.ID)).SetRole(string(role)).Exec(ctx); err != nil {
		return err
	}
	if role == party.RoleCohost && row.Away { // the songs of co-hosts never wait
		if err := t.tx.Membership.Update().Where(membership.ID(row.ID)).SetAway(false).Exec(ctx); err != nil {
			return err
		}
		if err := t.bumpAwayVersion(ctx); err != nil {
			return err
		}
	}
	if err := t.tx.Room.Update().Where(room.ID(t.roomID)).SetMembersVersion(t.version).Exec(ctx); err != nil {
		return err
	}
	return offers.EndFor(ctx, t.tx, t.roomID, userID)
}

// withRoles returns the event for a change from one role to another. Removal and joining again have their own kinds,
// and the actor of joining again is the member.
func (e logEvent) withRoles(now, before party.Role) logEvent {
	switch {
	case now == party.RoleRemoved || now == party.RoleBanned:
		e.kind = party.EventGuestRemoved
	case before == party.RoleRemoved || before == party.RoleBanned:
		e.kind, e.detail, e.actor, e.subject = party.EventJoined, "", e.subject, ""
	}
	return e
}
