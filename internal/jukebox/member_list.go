package jukebox

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
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
	if _, err := j.authorize(ctx, r.ID, party.ActListMembers); err != nil {
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
		found = append(found, memberOf(row, j.presence.isConnected(r.ID, row.UserID)))
	}
	return found, more, nil
}

func memberOf(row *ent.Membership, connected bool) Member {
	m := Member{
		User:        party.User{ID: row.UserID, DisplayName: row.DisplayName},
		DisplayName: row.DisplayName, Role: party.Role(row.Role), JoinedAt: row.JoinedAt.UTC(), Cursor: cursor(row.JoinedAt, row.ID),
		Present: connected || row.SeenAt != nil && time.Since(*row.SeenAt) < presenceTimeout,
	}
	if row.Edges.User != nil {
		m.User.Kind = party.UserKind(row.Edges.User.Kind)
	}
	return m
}
