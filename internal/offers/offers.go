// Package offers passes rooms from one host to the next: a host offers the room to a co-host, the co-host accepts, and
// once nothing of the room plays any longer on the old host's player, the co-host becomes the host.
//
// Its functions are parts of a change of the room: they read and write in its transaction, and refuse before they
// write. The caller checks permissions, writes the room's log, and raises its version.
package offers

import (
	"context"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/spotifyaccount"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// Make offers the room to a co-host, in place of an earlier offer. The error is NotFound if no member has this id, and
// Conflict if the member is not a co-host or an offer was accepted already.
func Make(ctx context.Context, tx *ent.Tx, roomID, userID string, now time.Time) error {
	if _, err := party.ParseID("userId", userID); err != nil {
		return err
	}
	row, err := tx.Membership.Query().Where(membership.RoomID(roomID), membership.UserID(userID)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return party.Errorf(party.NotFound, "No member of the room has this id.")
	case err != nil:
		return err
	case party.Role(row.Role) != party.RoleCohost:
		return party.Errorf(party.Conflict, "A room can be offered to a co-host only: make this member one first.")
	}
	offer, err := read(ctx, tx, roomID)
	if err != nil {
		return err
	}
	if offer.Accepted {
		return party.Errorf(party.Conflict, "The offer was accepted already: withdraw it first.")
	}
	return tx.Room.Update().Where(room.ID(roomID)).SetOfferedToID(userID).
		SetOfferExpiresAt(now.Add(party.OfferLifetime)).SetOfferAccepted(false).Exec(ctx)
}

// Accept accepts the room for the co-host to whom it is offered. The error is Conflict if the room is not offered to
// them, the offer has expired, or they have an open room of their own, and Forbidden if they may not open rooms,
// because they have not signed in as a host or have not connected Spotify.
func Accept(ctx context.Context, tx *ent.Tx, roomID, userID string, now time.Time) error {
	offer, err := read(ctx, tx, roomID)
	if err != nil {
		return err
	}
	if offer.UserID != userID || !offer.Stands(now) {
		return party.Errorf(party.Conflict, "The room is not offered to you, or the offer has expired.")
	}
	if err := mayHost(ctx, tx, userID); err != nil {
		return err
	}
	return tx.Room.Update().Where(room.ID(roomID)).SetOfferAccepted(true).Exec(ctx)
}

// mayHost returns a refusal if a user could not open a room.
func mayHost(ctx context.Context, tx *ent.Tx, userID string) error {
	user, err := tx.User.Get(ctx, userID)
	if err != nil {
		return err
	}
	if party.UserKind(user.Kind) != party.HostUser {
		return party.Errorf(party.Forbidden, "Only hosts have rooms: sign in as a host first.")
	}
	connected, err := tx.SpotifyAccount.Query().Where(spotifyaccount.UserID(userID)).Exist(ctx)
	if err != nil {
		return err
	}
	if !connected {
		return party.Errorf(party.Forbidden, "Connect Spotify first: the room's music will play in your account.")
	}
	return mayHaveOpen(ctx, tx, userID)
}

func mayHaveOpen(ctx context.Context, tx *ent.Tx, userID string) error {
	hosting, err := tx.Room.Query().Where(room.OpenHostID(userID)).Exist(ctx)
	if err == nil && hosting {
		err = party.Errorf(party.Conflict, "You already have an open room: close it first.")
	}
	return err
}

// Decline ends the room's offer, whether it was accepted or not, for the host or the co-host to whom the room is
// offered. It is no error if there is none. The error is Forbidden for another co-host.
func Decline(ctx context.Context, tx *ent.Tx, roomID, userID string, role party.Role) error {
	offer, err := read(ctx, tx, roomID)
	if err != nil || offer.UserID == "" {
		return err
	}
	if role != party.RoleHost && offer.UserID != userID {
		return party.Errorf(party.Forbidden, "The room is offered to another co-host.")
	}
	return end(ctx, tx, roomID)
}

func end(ctx context.Context, tx *ent.Tx, roomID string) error {
	return tx.Room.Update().Where(room.ID(roomID)).
		ClearOfferedToID().ClearOfferExpiresAt().SetOfferAccepted(false).Exec(ctx)
}

// EndFor ends the room's offer if it is to this member, whose role has changed.
func EndFor(ctx context.Context, tx *ent.Tx, roomID, userID string) error {
	return tx.Room.Update().Where(room.ID(roomID), room.OfferedToID(userID)).
		ClearOfferedToID().ClearOfferExpiresAt().SetOfferAccepted(false).Exec(ctx)
}

// Pass is for a guest who has signed in as a host: an offer to the guest becomes an offer to that host, or ends if they
// are the room's own host.
func Pass(ctx context.Context, tx *ent.Tx, roomID, guestID, hostID string) error {
	isHost, err := tx.Room.Query().Where(room.ID(roomID), room.HostID(hostID)).Exist(ctx)
	if err != nil {
		return err
	}
	if isHost {
		return EndFor(ctx, tx, roomID, guestID)
	}
	return tx.Room.Update().Where(room.ID(roomID), room.OfferedToID(guestID)).SetOfferedToID(hostID).Exec(ctx)
}

// ChangeHost makes the co-host who has accepted the room its host, and the host a co-host. It ends the offer, and
// returns it with the id of the old host. version is the room's version after the change. If no offer was accepted, it
// changes nothing; if the member is no longer a co-host or may no longer accept the room, it only ends the offer. In
// both cases from is empty.
func ChangeHost(
	ctx context.Context, tx *ent.Tx, roomID string, version int64,
) (offer party.RoomOffer, from string, err error) {
	row, err := tx.Room.Get(ctx, roomID)
	if err != nil {
		return offer, "", err
	}
	if offer = roomstate.OfferOf(row); !offer.Accepted {
		return offer, "", nil
	}
	if err := end(ctx, tx, roomID); err != nil {
		return offer, "", err
	}
	here := membership.RoomID(roomID)
	stays, err := tx.Membership.Query().
		Where(here, membership.UserID(offer.UserID), membership.Role(string(party.RoleCohost))).Exist(ctx)
	if err != nil || !stays {
		return offer, "", err
	}
	if err := mayHost(ctx, tx, offer.UserID); err != nil {
		if code := party.CodeOf(err); code == party.Conflict || code == party.Forbidden {
			err = nil
		}
		return offer, "", err
	}
	roles := map[string]party.Role{row.HostID: party.RoleCohost, offer.UserID: party.RoleHost}
	for userID, role := range roles {
		err := tx.Membership.Update().Where(here, membership.UserID(userID)).SetRole(string(role)).Exec(ctx)
		if err != nil {
			return offer, "", err
		}
	}
	return offer, row.HostID, tx.Room.Update().Where(room.ID(roomID)).
		SetHostID(offer.UserID).SetOpenHostID(offer.UserID).SetMembersVersion(version).Exec(ctx)
}

func read(ctx context.Context, tx *ent.Tx, roomID string) (party.RoomOffer, error) {
	row, err := tx.Room.Get(ctx, roomID)
	if err != nil {
		return party.RoomOffer{}, err
	}
	return roomstate.OfferOf(row), nil
}
