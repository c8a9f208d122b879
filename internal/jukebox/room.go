package jukebox

import (
	"cmp"
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// NewRoom is how a room shall be.
type RoomInput struct {
	Code     *string // nil: a generated one
	Name     *string // nil: named after the host
	Settings *party.SettingsChange
}

// RoomChange is what shall change of a room; nil fields stay.
type RoomUpdate struct {
	Name     *string
	Settings *party.SettingsChange
}

// Room returns a room, or nil if none has this id.
func (j *Jukebox) Room(ctx context.Context, roomID string) (*party.Room, error) {
	if _, err := party.ParseID("id", roomID); err != nil {
		return nil, err
	}
	row, err := j.db.Read.Room.Get(ctx, roomID)
	return j.roomForViewer(ctx, row, err)
}

// existing is Room where there was one a moment ago.
func (j *Jukebox) mustFindRoom(ctx context.Context, roomID string) (*party.Room, error) {
	r, err := j.Room(ctx, roomID)
	if err == nil && r == nil {
		err = errNoRoom
	}
	return r, err
}

// RoomByCode returns the open room with this code, whatever its case, or nil if there is none.
func (j *Jukebox) RoomByCode(ctx context.Context, code string) (*party.Room, error) {
	row, err := j.findOpen(ctx, code)
	if party.CodeOf(err) == party.NotFound {
		return nil, nil
	}
	return j.roomForViewer(ctx, row, err)
}

// HostedRoom returns a user's own open room as they see it, or nil.
func (j *Jukebox) HostedRoom(ctx context.Context, p *account.Profile) (*party.Room, error) {
	row, err := j.db.Read.Room.Query().Where(room.OpenHostID(p.User.ID)).Only(ctx)
	return j.roomForViewer(account.WithViewer(ctx, account.Viewer{UserID: p.User.ID, Kind: p.User.Kind}), row, err)
}

// viewed makes a row a Room as the viewer sees it; a missing row is nil.
func (j *Jukebox) roomForViewer(ctx context.Context, row *ent.Room, err error) (*party.Room, error) {
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := party.Room{ID: row.ID, Code: row.Code, Name: row.Name, Status: party.RoomStatus(row.Status), HostID: row.HostID, CreatedAt: row.CreatedAt.UTC()}
	viewer, err := account.OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return r.AsSeenBy("", settingsOf(row)), err
	}
	a, err := j.accessToRoom(ctx, row.ID)
	return r.AsSeenBy(a.role, settingsOf(row)), err
}

// RoomHost returns the host under the name they have in the room. For members.
func (j *Jukebox) RoomHost(ctx context.Context, r *party.Room) (*party.User, error) {
	if err := r.MembersOnly(); err != nil {
		return nil, err
	}
	people, err := j.loader.loadPeople(ctx, r.ID, []string{r.HostID})
	if err != nil {
		return nil, err
	}
	host := people[r.HostID]
	return &host, nil
}

// UpdateRoom changes a room's name and settings. For its hosts.
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
	if settings.Blocked != nil && !known {
		state, err := j.currentState(ctx, roomID)
		if err != nil {
			return nil, err
		}
		if blocked, err = j.catalog.describeBlocked(ctx, a.hostID, settings.Blocked, state.Settings.Blocked); err != nil {
			return nil, err
		}
	}
	_, err = j.changeOnce(ctx, a, key, "updateRoom", arguments, func(ctx context.Context, t *roomTx) (result, error) {
		return result{objectID: roomID}, cmp.Or(t.rename(ctx, name), t.updateSettings(ctx, settings, blocked))
	})
	if err != nil {
		return nil, fmt.Errorf("update room: %w", err)
	}
	return j.mustFindRoom(ctx, roomID)
}

// name gives the room another name; none: it stays.
func (t *roomTx) rename(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	same, err := t.tx.Room.Query().Where(room.ID(t.roomID), room.Name(name)).Exist(ctx)
	if err != nil || same {
		return err
	}
	t.log(logEvent{kind: EventSettingsChanged, detail: "name"})
	return t.versioned().Room.Update().Where(room.ID(t.roomID)).SetName(name).Exec(ctx)
}
