package party

import (
	"time"
)

// Room is a party as its viewer sees it.
type Room struct {
	ID        string
	Code      string
	Name      string
	Status    RoomStatus
	HostID    string
	CreatedAt time.Time

	settings RoomSettings
	role     Role // what the viewer is here; empty: not a member
}

// seenBy returns the room as somebody with this role sees it; an empty role is no member's.
func (r Room) AsSeenBy(role Role, settings RoomSettings) *Room {
	r.role, r.settings = role, settings
	return &r
}

// MembersOnly returns a Forbidden error unless the viewer who found this room has joined it.
func (r *Room) MembersOnly() error { return r.role.May(ActView) }

// Settings returns what the host has decided. For members.
func (r *Room) Settings() (*RoomSettings, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return &r.settings, nil
}
