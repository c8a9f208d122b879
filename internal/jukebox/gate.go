package jukebox

import (
	"context"
	"slices"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
)

// Action is something that can be done in a room.
type Action string

const (
	ActSee       Action = "see"        // the room, its queue and player, what it played; follow all of it
	ActSearch    Action = "search"     // for songs to add
	ActAdd       Action = "add"        // a song
	ActLike      Action = "like"       // a song, or take the like back
	ActRemoveOwn Action = "remove own" // a song that one has added
	ActRemoveAny Action = "remove any" // a song that somebody has added
	ActClear     Action = "clear"      // the queue
	ActSettle    Action = "settle"     // name and settings
	ActCommand   Action = "command"    // the player
	ActDevices   Action = "devices"    // see what there is to play on
	ActMembers   Action = "members"    // see who is here
	ActExpel     Action = "expel"      // a guest
	ActAppoint   Action = "appoint"    // co-hosts, and expel them
	ActClose     Action = "close"      // the room
	ActVote      Action = "vote"       // to skip what plays
	ActUndo      Action = "undo"       // what one did oneself
	ActRecap     Action = "recap"      // see one's own evening
	ActApprove   Action = "approve"    // a newcomer's song
	ActPin       Action = "pin"        // a song, or unpin it
	ActLog       Action = "log"        // see who did what
	ActExport    Action = "export"     // what was played, to one's own Spotify account
)

var (
	members = []Role{RoleHost, RoleCohost, RoleGuest, RoleScreen}
	guests  = []Role{RoleHost, RoleCohost, RoleGuest}
	hosts   = []Role{RoleHost, RoleCohost}
	owner   = []Role{RoleHost}
)

// mayDo is who may do what. Strangers, and those who were removed, may do nothing.
var mayDo = map[Action][]Role{
	ActSee:       members,
	ActSearch:    guests,
	ActAdd:       guests,
	ActLike:      guests,
	ActRemoveOwn: guests,
	ActRemoveAny: hosts,
	ActClear:     hosts,
	ActSettle:    hosts,
	ActCommand:   hosts,
	ActDevices:   hosts,
	ActMembers:   hosts,
	ActExpel:     hosts,
	ActAppoint:   owner,
	ActClose:     owner,
	ActVote:      guests,
	ActUndo:      guests,
	ActRecap:     guests,
	ActApprove:   hosts,
	ActPin:       hosts,
	ActLog:       hosts,
	ActExport:    owner,
}

// may says whether somebody with this role may do something, and why not.
func (r Role) may(act Action) error {
	allowed := mayDo[act]
	switch {
	case slices.Contains(allowed, r):
		return nil
	case r == "":
		return errorf(Forbidden, "join this room first")
	case r == RoleRemoved || r == RoleBanned:
		return errorf(Forbidden, "you were removed from this room")
	case r == RoleScreen && slices.Contains(allowed, RoleGuest):
		return errorf(Forbidden, "a screen only watches: join the room as a guest")
	}
	return errorf(Forbidden, "only the host of this room may do this")
}

// enter is the gate to a room: every use case in one passes it, or enterItem. It returns who asks and what they are there;
// Unauthenticated without a viewer, NotFound if there is no such room, Forbidden if they may not do this, RateLimited if
// they do it too often.
func (j *Jukebox) enter(ctx context.Context, roomID string, act Action) (access, error) {
	a, err := j.toRoom(ctx, roomID)
	if err != nil {
		return access{}, err
	}
	a.act = act
	return a, j.admits(a)
}

// enterItem is enter for the room of a queue item.
func (j *Jukebox) enterItem(ctx context.Context, itemID string, act Action) (access, error) {
	a, err := j.toItem(ctx, itemID)
	if err != nil {
		return access{}, err
	}
	a.act = act
	return a, j.admits(a)
}

func (j *Jukebox) admits(a access) error {
	if err := a.role.may(a.act); err != nil {
		return err
	}
	return j.pace.allow(a)
}

// change is the changer's, for somebody who was let in. If it was decided meanwhile who may be here, they are asked for
// their role again: it may have been taken away since.
func (j *Jukebox) change(ctx context.Context, a access, fn func(context.Context, *roomTx) error) error {
	return j.changer.change(ctx, a.roomID, func(ctx context.Context, t *roomTx) error {
		t.actor, t.role = a.viewer.UserID, a.role
		if t.members != a.members {
			role, err := t.roleOf(ctx, t.actor)
			if t.role = role; err != nil {
				return err
			}
			if err := role.may(a.act); err != nil {
				return err
			}
		}
		return fn(ctx, t)
	})
}

func (t *roomTx) roleOf(ctx context.Context, userID string) (Role, error) {
	row, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.UserID(userID)).Only(ctx)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return Role(row.Role), nil
}
