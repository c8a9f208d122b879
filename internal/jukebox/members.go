package jukebox

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/party"
)

// Member is somebody in a room.
type Member struct {
	User        party.User // under the name they have there
	DisplayName string
	Role        party.Role
	Present     bool // connected within the last two minutes
	JoinedAt    time.Time
	Cursor      string // where they stand in the list
}

// Members returns who is in a room and who was removed from it, those who came last first: up to first (1–100) after the
// cursor, and whether there are more. For hosts.
func (j *Jukebox) Members(ctx context.Context, r *party.Room, first int, after *string) (found []Member, more bool, err error) {
	if _, err := j.enter(ctx, r.ID, party.ActListMembers); err != nil {
		return nil, false, err
	}
	page, err := newPage(r.ID, membership.FieldJoinedAt, first, after)
	if err != nil {
		return nil, false, err
	}
	rows, err := j.db.Read.Membership.Query().Where(page.rows).WithUser().Order(page.latestFirst).Limit(first + 1).All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("load members: %w", err)
	}
	if more = len(rows) > first; more {
		rows = rows[:first]
	}
	for _, row := range rows {
		found = append(found, memberOf(row, j.presence.has(r.ID, row.UserID)))
	}
	return found, more, nil
}

func memberOf(row *ent.Membership, connected bool) Member {
	m := Member{
		User:        party.User{ID: row.UserID, DisplayName: row.DisplayName},
		DisplayName: row.DisplayName, Role: party.Role(row.Role), JoinedAt: row.JoinedAt.UTC(), Cursor: cursor(row.JoinedAt, row.ID),
		Present: connected || row.SeenAt != nil && time.Since(*row.SeenAt) < presentFor,
	}
	if row.Edges.User != nil {
		m.User.Kind = party.UserKind(row.Edges.User.Kind)
	}
	return m
}

// SetRole makes a guest a co-host, or a co-host a guest. For the room's host.
func (j *Jukebox) SetRole(ctx context.Context, roomID, userID string, role party.Role) (*Member, error) {
	a, err := j.enter(ctx, roomID, party.ActSetRole)
	if err != nil {
		return nil, err
	}
	if role != party.RoleCohost && role != party.RoleGuest {
		return nil, party.BadInput("role", "must be COHOST or GUEST; removeGuest removes somebody")
	}
	return j.assign(ctx, a, userID, func(now party.Role) (party.Role, error) {
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
	a, err := j.enter(ctx, roomID, party.ActRemoveGuest)
	if err != nil {
		return nil, err
	}
	removed := party.RoleRemoved
	if ban {
		removed = party.RoleBanned
	}
	return j.assign(ctx, a, userID, func(now party.Role) (party.Role, error) {
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
func (j *Jukebox) assign(ctx context.Context, a access, userID string, decide func(party.Role) (party.Role, error)) (*Member, error) {
	if _, err := party.ParseID("userId", userID); err != nil {
		return nil, err
	}
	if err := a.open(); err != nil {
		return nil, err
	}
	err := j.change(ctx, a, func(ctx context.Context, t *roomTx) error { return t.assign(ctx, userID, decide) })
	if err != nil {
		return nil, fmt.Errorf("change a member's role: %w", err)
	}
	row, err := j.db.Read.Membership.Query().Where(membership.RoomID(a.roomID), membership.UserID(userID)).WithUser().Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("load a member: %w", err)
	}
	m := memberOf(row, j.presence.has(a.roomID, userID))
	return &m, nil
}

func (t *roomTx) assign(ctx context.Context, userID string, decide func(party.Role) (party.Role, error)) error {
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
	t.concerns(userID)
	t.tell(deed{kind: DidAppoint, subject: userID, detail: string(role)}.ofRole(role, party.Role(row.Role)))
	t.members = t.version
	if err := t.alter().Membership.Update().Where(membership.ID(row.ID)).SetRole(string(role)).Exec(ctx); err != nil {
		return err
	}
	return t.tx.Room.Update().Where(room.ID(t.roomID)).SetMembersVersion(t.version).Exec(ctx)
}

// ofRole is the deed that made somebody what they are now.
func (d deed) ofRole(now, before party.Role) deed {
	switch {
	case now == party.RoleRemoved || now == party.RoleBanned:
		d.kind = DidExpel
	case before == party.RoleRemoved || before == party.RoleBanned:
		d.kind, d.detail, d.actor, d.subject = DidJoin, "", d.subject, ""
	}
	return d
}

// loadBarred returns who was removed from a room and did not join again.
func (l *loader) loadBarred(ctx context.Context, roomID string) (map[string]bool, error) {
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
