package jukebox

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// JoinedRoom is the result of joining or watching a room.
type JoinedRoom struct {
	Session account.Session
	Room    *party.Room
}

// JoinRoom makes the viewer a guest of the open room with this code, under a name for this room. Without a viewer, or
// for a screen, it makes a new guest. Joining again changes the name. The error is NotFound if no open room has the
// code, Forbidden if the viewer or the viewer's browser is banned, and RateLimited if the viewer joins too often or,
// without a viewer, if too many have come from the caller's network.
func (j *Jukebox) JoinRoom(ctx context.Context, code, displayName string) (*JoinedRoom, error) {
	name, err := party.ParseName("displayName", displayName)
	if err != nil {
		return nil, err
	}
	r, err := j.findOpen(ctx, code)
	if err != nil {
		return nil, err
	}
	if err := j.checkNotBanned(ctx, r.ID); err != nil {
		return nil, err
	}
	viewer, known, err := j.returningUser(ctx)
	switch {
	case err != nil:
	case known:
		if err = j.accounts.Allow(ctx, viewer.UserID, "join room"); err == nil {
			err = j.addMember(ctx, r, viewer, name)
		}
	default:
		viewer = account.Viewer{UserID: database.NewID(), Kind: party.GuestUser}
		err = j.addNewMember(ctx, r, viewer, name, party.RoleGuest)
	}
	if err != nil {
		return nil, fmt.Errorf("join room %s: %w", r.ID, err)
	}
	return j.startSession(ctx, r, viewer)
}

// returningUser returns the viewer. known reports whether they can become a guest of another room: they are signed in,
// are not a screen, and are still stored in the database.
func (j *Jukebox) returningUser(ctx context.Context) (viewer account.Viewer, known bool, err error) {
	signedIn, err := account.OptionalViewer(ctx)
	if err != nil || signedIn == nil || signedIn.Kind == party.ScreenUser {
		return account.Viewer{}, false, err
	}
	viewer = *signedIn
	known, err = j.db.Read.User.Query().Where(user.ID(viewer.UserID)).Exist(ctx)
	if err != nil {
		return account.Viewer{}, false, fmt.Errorf("look up the viewer: %w", err)
	}
	return viewer, known, nil
}

// WatchRoom makes a new screen that watches the open room with this code. The error is NotFound if no open room has the
// code, and Forbidden if the browser is banned.
func (j *Jukebox) WatchRoom(ctx context.Context, code string) (*JoinedRoom, error) {
	r, err := j.findOpen(ctx, code)
	if err != nil {
		return nil, err
	}
	if err := j.checkNotBanned(ctx, r.ID); err != nil {
		return nil, err
	}
	viewer := account.Viewer{UserID: database.NewID(), Kind: party.ScreenUser}
	if err := j.addNewMember(ctx, r, viewer, "Screen", party.RoleScreen); err != nil {
		return nil, fmt.Errorf("watch room %s: %w", r.ID, err)
	}
	return j.startSession(ctx, r, viewer)
}

// startSession signs a new member in, and returns the room as they see it.
func (j *Jukebox) startSession(ctx context.Context, r *ent.Room, viewer account.Viewer) (*JoinedRoom, error) {
	session, err := j.accounts.SignIn(ctx, viewer)
	if err != nil {
		return nil, err
	}
	found, err := j.Room(account.WithViewer(ctx, viewer), r.ID)
	if err != nil {
		return nil, err
	}
	return &JoinedRoom{Session: *session, Room: found}, nil
}

// addNewMember stores a new user with a membership in the room, unless too many have come from the caller's network.
func (j *Jukebox) addNewMember(ctx context.Context, r *ent.Room, v account.Viewer, name string, role party.Role) error {
	if err := j.accounts.AllowNewcomer(ctx); err != nil {
		return err
	}
	return j.db.InTx(ctx, func(tx *ent.Tx) error {
		now := database.Microseconds(time.Now())
		err := tx.User.Create().SetID(v.UserID).SetKind(string(v.Kind)).SetDisplayName(name).
			SetNillableBrowserHash(account.BrowserHash(ctx)).SetCreatedAt(now).Exec(ctx)
		if err != nil {
			return fmt.Errorf("store the user: %w", err)
		}
		return storeMembership(ctx, tx, r.ID, v.UserID, name, role, now)
	})
}

// addMember makes a stored user a member of the room. A user who is or was a member gets the new name, and may join
// again.
func (j *Jukebox) addMember(ctx context.Context, r *ent.Room, v account.Viewer, name string) error {
	here := membership.And(membership.RoomID(r.ID), membership.UserID(v.UserID))
	present, err := j.db.Read.Membership.Query().Where(here).Exist(ctx)
	if err != nil {
		return err
	}
	if !present {
		err = j.db.InTx(ctx, func(tx *ent.Tx) error {
			return storeMembership(ctx, tx, r.ID, v.UserID, name, party.RoleGuest, database.Microseconds(time.Now()))
		})
	}
	if present || ent.IsConstraintError(err) { // joined before, or by a concurrent request
		err = j.changer.change(ctx, r.ID, func(ctx context.Context, t *roomTx) error {
			if err := t.rejoin(ctx, v.UserID); err != nil {
				return err
			}
			return t.renameMember(ctx, v.UserID, name)
		})
	}
	return err
}

// rejoin makes a removed member a guest again. It returns Forbidden for a banned one, and changes nothing for others.
func (t *roomTx) rejoin(ctx context.Context, userID string) error {
	return t.assignRole(ctx, userID, func(now party.Role) (party.Role, error) {
		switch now {
		case party.RoleBanned:
			return now, errBanned
		case party.RoleRemoved:
			return party.RoleGuest, nil
		}
		return now, nil
	})
}

// renameMember gives a member another name, which their songs in the queue show too.
func (t *roomTx) renameMember(ctx context.Context, userID, name string) error {
	here := membership.And(membership.RoomID(t.roomID), membership.UserID(userID))
	same, err := t.tx.Membership.Query().Where(here, membership.DisplayName(name)).Exist(ctx)
	if err != nil || same {
		return err
	}
	if err := t.versioned().Membership.Update().Where(here).SetDisplayName(name).Exec(ctx); err != nil {
		return err
	}
	return t.tx.QueueItem.Update().
		Where(queueitem.RoomID(t.roomID), queueitem.AddedByID(userID), queueitem.ActiveRecordingNotNil()).
		SetVersion(t.version).Exec(ctx)
}

// storeMembership stores a membership, and logs it if it is a guest's.
func storeMembership(
	ctx context.Context, tx *ent.Tx, roomID, userID, name string, role party.Role, now time.Time,
) error {
	if role == party.RoleGuest {
		err := tx.RoomEvent.Create().SetID(database.NewID()).SetRoomID(roomID).SetAt(now).SetActorID(userID).
			SetKind(string(party.EventJoined)).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return tx.Membership.Create().SetID(database.NewID()).SetRoomID(roomID).SetUserID(userID).SetDisplayName(name).
		SetRole(string(role)).SetJoinedAt(now).Exec(ctx)
}

// findOpen returns the open room with this code. If there is none, it counts a wrong code and returns NotFound. After
// too many wrong codes it returns RateLimited, for right codes too, because the answer would otherwise tell them from
// wrong ones. Only the codes of rooms where the viewer is a member are exempt.
func (j *Jukebox) findOpen(ctx context.Context, code string) (*ent.Room, error) {
	folded, err := party.ParseCode("code", code)
	if err != nil {
		return nil, err
	}
	r, err := j.db.Read.Room.Query().Where(room.OpenCode(folded)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("find room by code: %w", err)
	}
	if r != nil {
		known, err := j.isMember(ctx, r.ID)
		if known || err != nil {
			return r, err
		}
	}
	if err := j.allowCode(ctx, r != nil); err != nil {
		return nil, err
	}
	if r == nil {
		return nil, party.Errorf(party.NotFound, "No open room has the code %s.", folded)
	}
	return r, nil
}

// isMember reports whether the viewer, if there is one, has a role in a room.
func (j *Jukebox) isMember(ctx context.Context, roomID string) (bool, error) {
	viewer, err := account.OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return false, err
	}
	return j.db.Read.Membership.Query().
		Where(membership.RoomID(roomID), membership.UserID(viewer.UserID)).Exist(ctx)
}

var errBanned = party.Errorf(party.Forbidden, "You were permanently removed from this room.")

// checkNotBanned returns Forbidden if a banned member of the room used the caller's browser.
func (j *Jukebox) checkNotBanned(ctx context.Context, roomID string) error {
	browser := account.BrowserHash(ctx)
	if browser == nil {
		return nil
	}
	banned, err := j.db.Read.Membership.Query().
		Where(membership.RoomID(roomID), membership.Role(string(party.RoleBanned))).
		Where(membership.HasUserWith(user.BrowserHash(*browser))).Exist(ctx)
	if banned {
		return errBanned
	}
	return err
}
