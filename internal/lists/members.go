package lists

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// Member is a participant of a room with what its hosts know about them, also one who was removed from it.
type Member struct {
	Participant party.Participant
	Role        party.Role
	Present     bool // connected now or within the last two minutes
	JoinedAt    time.Time
	Cursor      string // the place in the list, for Members
}

// Members returns the members of a room, including those who were removed from it, the latest to join first: one
// page of them, by default of 50, and whether there are more in the direction of the page. For hosts.
func (l *Lists) Members(
	ctx context.Context, r *party.Room, args PageArgs,
) (found []Member, more bool, err error) {
	if _, err := l.authorize(ctx, r.ID, party.ActListMembers); err != nil {
		return nil, false, err
	}
	page, err := newPage(r.ID, membership.FieldJoinedAt, args, 50)
	if err != nil {
		return nil, false, err
	}
	rows, err := l.db.Read.Membership.Query().Where(page.rows).WithUser().Order(page.order).All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("load members: %w", err)
	}
	rows, more = cutPage(page, rows)
	for _, row := range rows {
		found = append(found, MemberOf(row, l.present(row)))
	}
	return found, more, nil
}

// CountMembers returns how many members a room has, including those who were removed from it. For hosts.
func (l *Lists) CountMembers(ctx context.Context, r *party.Room) (int, error) {
	if _, err := l.authorize(ctx, r.ID, party.ActListMembers); err != nil {
		return 0, err
	}
	return l.db.Read.Membership.Query().Where(membership.RoomID(r.ID)).Count(ctx)
}

// ID returns the member's id, by which clients' caches tell members apart.
func (m Member) ID() string { return "Member:" + m.Participant.ID }

// MemberOf returns the member that a row describes, which must have been loaded with its user.
func MemberOf(row *ent.Membership, present bool) Member {
	return Member{
		Participant: roomstate.ParticipantOf(row), Role: party.Role(row.Role), JoinedAt: row.JoinedAt.UTC(),
		Cursor: cursor(row.JoinedAt, row.ID), Present: present,
	}
}
