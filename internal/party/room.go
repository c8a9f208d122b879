package party

import "time"

// Room is a room as its viewer sees it.
type Room struct {
	ID        string
	Code      string
	Name      string
	Status    RoomStatus
	HostID    string
	CreatedAt time.Time
	Offer     RoomOffer

	settings RoomSettings
	role     Role // of the viewer; empty: not a member
}

// AsSeenBy returns the room as a viewer with this role sees it. The empty role is that of a user who is not a member.
func (r Room) AsSeenBy(role Role, settings RoomSettings) *Room {
	r.role, r.settings = role, settings
	return &r
}

// MembersOnly returns a Forbidden error unless the viewer of this room may view it.
func (r *Room) MembersOnly() error { return r.role.May(ActView) }

// Settings returns the room's settings, or a Forbidden error unless the viewer may view the room.
func (r *Room) Settings() (*RoomSettings, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	return &r.settings, nil
}
