package jukebox

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// maxWithoutPhone is how many guests without a phone a room can have, including those who were removed.
const (
	maxWithoutPhone = 100
	maxFromTablets  = 50 // once a room has this many, only hosts can add more
)

// onBehalf says in whose name a host or a tablet adds a song: that of a member or, with a name, that of somebody
// without a phone.
type onBehalf struct{ userID, name string }

// AddSongFor is AddSong in the name of a guest of the room or, if userID is nil, of somebody without a phone: each name
// is one such guest of the room. The limits for each guest apply to that guest; the other rules about guests apply only
// if a tablet adds the song. A recording that is queued already gets no like, but if it waits for approval, a host
// approves it. For hosts, and for tablets, which can only give names and cannot bring back a guest who was removed. The
// error is NotFound if no guest or host of the room has this id.
func (j *Jukebox) AddSongFor(
	ctx context.Context, roomID, songURI string, userID, name *string, key *string,
) (*AddedSong, error) {
	a, err := j.authorize(ctx, roomID, party.ActAddFor)
	if err != nil {
		return nil, err
	}
	var of onBehalf
	switch {
	case userID != nil && name != nil:
		return nil, party.BadInput("forName", "must not be used together with forUserId")
	case userID != nil && a.role == party.RoleTablet:
		return nil, party.BadInput("forUserId", "must not be used on a shared tablet, which adds songs by forName")
	case userID != nil:
		of.userID, err = party.ParseID("forUserId", *userID)
	default:
		of.name, err = party.ParseName("forName", valueOrEmpty(name))
	}
	if err != nil {
		return nil, err
	}
	return j.addSong(ctx, a, songURI, of, key)
}

// songOwner is the member to whom a new item will belong.
type songOwner struct {
	userID  string
	isGuest bool
	newName string // of a guest without a phone who is not stored yet
	returns bool   // a guest without a phone who was removed
}

// ownerOf returns the owner of a song that the actor adds.
func (t *roomTx) ownerOf(ctx context.Context, of onBehalf) (songOwner, error) {
	if of == (onBehalf{}) {
		return songOwner{userID: t.actor, isGuest: t.role == party.RoleGuest}, nil
	}
	owner := songOwner{userID: of.userID}
	if of.name != "" {
		owner.userID = party.IDWithoutPhone(t.roomID, of.name)
	}
	role, err := t.roleOf(ctx, owner.userID)
	switch owner.isGuest = role == party.RoleGuest; {
	case err != nil:
	case role == "" && of.name != "":
		owner.newName, owner.isGuest = of.name, true
	case role == party.RoleRemoved && of.name != "" && t.role != party.RoleTablet: // they cannot join again by themselves
		owner.returns, owner.isGuest = true, true
	case role == "" || role == party.RoleScreen || role == party.RoleTablet:
		err = errNoMember
	case role.May(party.ActAdd) != nil:
		err = party.Errorf(party.Conflict, "This guest was removed from the room.")
	}
	return owner, err
}

// isWithoutPhone selects the members without a phone, by the version of UUID of their ids.
func isWithoutPhone() predicate.Membership {
	return func(s *sql.Selector) { s.Where(sql.Like(s.C(membership.FieldUserID), "______________5%")) }
}

// enqueueFor adds a song to the queue as its owner's, stores the owner if they are new or back, and logs who added it.
func (t *roomTx) enqueueFor(ctx context.Context, owner songOwner, item newItem) error {
	if err := t.storeWithoutPhone(ctx, owner); err != nil {
		return fmt.Errorf("store a guest without a phone: %w", err)
	}
	item.addedBy = &owner.userID
	if err := t.enqueue(ctx, item); err != nil {
		return err
	}
	t.affects(owner.userID)
	event := logEvent{kind: party.EventAdded, itemID: item.id}
	if owner.userID != t.actor {
		event.kind, event.subject = party.EventAddedFor, owner.userID
	}
	t.log(event)
	return nil
}

// storeWithoutPhone stores a guest without a phone, if they are new or were removed before.
func (t *roomTx) storeWithoutPhone(ctx context.Context, owner songOwner) error {
	if owner.returns {
		return t.rejoin(ctx, owner.userID)
	}
	if owner.newName == "" {
		return nil
	}
	n, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), isWithoutPhone()).Count(ctx)
	if err != nil {
		return err
	}
	if n >= maxWithoutPhone || n >= maxFromTablets && t.role == party.RoleTablet {
		return party.Errorf(party.Conflict, "This room has %d guests without a phone, and no more can be added here. "+
			"Please use one of their names.", n)
	}
	err = t.versioned().User.Create().SetID(owner.userID).SetKind(string(party.GuestUser)).
		SetDisplayName(owner.newName).SetCreatedAt(t.now).Exec(ctx)
	if err != nil {
		return err
	}
	return t.tx.Membership.Create().SetID(database.NewID()).SetRoomID(t.roomID).SetUserID(owner.userID).
		SetDisplayName(owner.newName).SetRole(string(party.RoleGuest)).SetJoinedAt(t.now).Exec(ctx)
}
