package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// RoomInput describes a room to open.
type RoomInput struct {
	Code     *string // nil: a generated one
	Name     *string // nil: named after the host
	Settings *party.SettingsChange
}

// RoomUpdate is a change of a room. A nil field changes nothing.
type RoomUpdate struct {
	Name     *string
	Settings *party.SettingsChange
}

// Room returns a room as the viewer sees it, or nil if none has this id.
func (j *Jukebox) Room(ctx context.Context, roomID string) (*party.Room, error) {
	if _, err := party.ParseID("id", roomID); err != nil {
		return nil, err
	}
	row, err := j.db.Read.Room.Get(ctx, roomID)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load the room: %w", err)
	}
	return j.roomForViewer(ctx, row)
}

// mustFindRoom is Room, except that it returns NotFound if no room has this id.
func (j *Jukebox) mustFindRoom(ctx context.Context, roomID string) (*party.Room, error) {
	r, err := j.Room(ctx, roomID)
	if err == nil && r == nil {
		err = roomstate.ErrNoRoom
	}
	return r, err
}

// RoomByCode returns the open room with this code, in upper or lower case, or nil if there is none.
func (j *Jukebox) RoomByCode(ctx context.Context, code string) (*party.Room, error) {
	row, err := j.findOpen(ctx, code)
	if err != nil {
		if party.CodeOf(err) == party.NotFound {
			return nil, nil
		}
		return nil, err
	}
	return j.roomForViewer(ctx, row)
}

// ScreenState returns the current state of the open room with this code, for screens that cannot run the web pages.
// Anybody who knows the code may watch, as with WatchRoom; nobody becomes a member. The error is NotFound if no open
// room has the code, Forbidden if the browser is banned, and RateLimited after too many wrong codes.
func (j *Jukebox) ScreenState(ctx context.Context, code string) (*party.State, error) {
	r, err := j.findOpen(ctx, code)
	if err != nil {
		return nil, err
	}
	if err := j.checkNotBanned(ctx, r.ID); err != nil {
		return nil, err
	}
	return j.currentState(ctx, r.ID)
}

// HostedRoom returns a user's own open room as they see it, or nil.
func (j *Jukebox) HostedRoom(ctx context.Context, p *account.Profile) (*party.Room, error) {
	row, err := j.db.Read.Room.Query().Where(room.OpenHostID(p.User.ID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load the host's room: %w", err)
	}
	return j.roomForViewer(account.WithViewer(ctx, account.Viewer{UserID: p.User.ID, Kind: p.User.Kind}), row)
}

// roomForViewer returns the room of a row as the viewer sees it. Viewers who are not members see less of it.
func (j *Jukebox) roomForViewer(ctx context.Context, row *ent.Room) (*party.Room, error) {
	r := party.Room{
		ID: row.ID, Code: row.Code, Name: row.Name, Status: party.RoomStatus(row.Status), HostID: row.HostID,
		CreatedAt: row.CreatedAt.UTC(), Offer: roomstate.OfferOf(row),
	}
	viewer, err := account.OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return r.AsSeenBy("", roomstate.SettingsOf(row)), err
	}
	a, err := j.accessToRoom(ctx, row.ID)
	return r.AsSeenBy(a.role, roomstate.SettingsOf(row)), err
}

// RoomMember returns a member of a room, such as its host or the co-host to whom it is offered. For members.
func (j *Jukebox) RoomMember(ctx context.Context, r *party.Room, userID string) (*party.Participant, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	member, err := j.participant(ctx, r.ID, userID)
	return &member, err
}

// participant returns a member of a room.
func (j *Jukebox) participant(ctx context.Context, roomID, userID string) (party.Participant, error) {
	people, err := j.loader.Participants(ctx, roomID, []string{userID})
	return people[userID], err
}

// UpdateRoom changes a room's name and settings. For hosts.
func (j *Jukebox) UpdateRoom(ctx context.Context, roomID string, input RoomUpdate, key *string) (*party.Room, error) {
	a, err := j.authorize(ctx, roomID, party.ActUpdateRoom)
	if err != nil {
		return nil, err
	}
	name := ""
	if input.Name != nil {
		if name, err = party.ParseName("input.name", *input.Name); err != nil {
			return nil, err
		}
	}
	settings, err := party.ParseSettings(input.Settings)
	if err != nil {
		return nil, err
	}
	arguments := [2]any{roomID, input}
	known, err := j.isRepeated(ctx, key, "updateRoom", arguments)
	if err != nil {
		return nil, fmt.Errorf("update room: %w", err)
	}
	var blocked []party.Blocked
	if !known {
		if blocked, err = j.newlyBlocked(ctx, a, settings); err != nil {
			return nil, err
		}
	}
	_, err = j.changeOnce(ctx, a, key, "updateRoom", arguments, func(ctx context.Context, t *roomTx) (result, error) {
		if err := t.updateSettings(ctx, settings, blocked); err != nil { // first, because it may refuse
			return result{}, err
		}
		return result{objectID: roomID}, t.rename(ctx, name)
	})
	if err != nil {
		return nil, fmt.Errorf("update room: %w", err)
	}
	return j.mustFindRoom(ctx, roomID)
}

// newlyBlocked returns the songs and artists that a change of settings blocks, with their names. Those that the room
// blocks already are not looked up again.
func (j *Jukebox) newlyBlocked(ctx context.Context, a access, settings *party.SettingsChange) ([]party.Blocked, error) {
	if uris, _ := settings.ToBlock(); uris == nil {
		return nil, nil
	}
	state, err := j.currentState(ctx, a.roomID)
	if err != nil {
		return nil, err
	}
	return j.catalog.DescribeBlocked(ctx, a.hostID, settings, state.Settings.Blocked)
}

// rename gives the room another name. An empty name changes nothing.
func (t *roomTx) rename(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	same, err := t.tx.Room.Query().Where(room.ID(t.roomID), room.Name(name)).Exist(ctx)
	if err != nil || same {
		return err
	}
	t.log(logEvent{kind: party.EventSettingsChanged, detail: "name"})
	return t.versioned().Room.Update().Where(room.ID(t.roomID)).SetName(name).Exec(ctx)
}
