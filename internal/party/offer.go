package party

import "time"

// OfferLifetime is how long a co-host may accept a room that was offered to them.
const OfferLifetime = 10 * time.Minute

// RoomOffer is a host's offer to a co-host: to become the room's host. The zero value is no offer.
type RoomOffer struct {
	UserID    string    // the co-host
	ExpiresAt time.Time // until when the co-host may accept it
	Accepted  bool      // it no longer expires: the co-host becomes the host as soon as the room's song has ended
	Room      *Room     // set only by Room.StandingOffer
}

// Stands reports whether there is an offer that was accepted or can be.
func (o RoomOffer) Stands(now time.Time) bool {
	return o.UserID != "" && (o.Accepted || now.Before(o.ExpiresAt))
}

func (o RoomOffer) same(other RoomOffer) bool {
	return o.UserID == other.UserID && o.Accepted == other.Accepted && o.ExpiresAt.Equal(other.ExpiresAt)
}

// StandingOffer returns the room's offer, or nil if none stands. It returns a Forbidden error unless the viewer may
// view the room.
func (r *Room) StandingOffer(now time.Time) (*RoomOffer, error) {
	if err := r.MembersOnly(); err != nil || !r.Offer.Stands(now) {
		return nil, err
	}
	offer := r.Offer
	offer.Room = r
	return &offer, nil
}
