package jukebox

import (
	"cmp"
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomcommand"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// NewRoom is how a room shall be.
type NewRoom struct {
	Code     *string // nil: a generated one
	Name     *string // nil: named after the host
	Settings *party.SettingsChange
}

// RoomChange is what shall change of a room; nil fields stay.
type RoomChange struct {
	Name     *string
	Settings *party.SettingsChange
}

// Room returns a room, or nil if none has this id.
func (j *Jukebox) Room(ctx context.Context, roomID string) (*party.Room, error) {
	if _, err := party.ParseID("id", roomID); err != nil {
		return nil, err
	}
	row, err := j.db.Read.Room.Get(ctx, roomID)
	return j.viewed(ctx, row, err)
}

// existing is Room where there was one a moment ago.
func (j *Jukebox) existing(ctx context.Context, roomID string) (*party.Room, error) {
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
	return j.viewed(ctx, row, err)
}

// HostedRoom returns a user's own open room as they see it, or nil.
func (j *Jukebox) HostedRoom(ctx context.Context, p *account.Profile) (*party.Room, error) {
	row, err := j.db.Read.Room.Query().Where(room.OpenHostID(p.User.ID)).Only(ctx)
	return j.viewed(account.WithViewer(ctx, account.Viewer{UserID: p.User.ID, Kind: p.User.Kind}), row, err)
}

// viewed makes a row a Room as the viewer sees it; a missing row is nil.
func (j *Jukebox) viewed(ctx context.Context, row *ent.Room, err error) (*party.Room, error) {
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
	a, err := j.toRoom(ctx, row.ID)
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
func (j *Jukebox) UpdateRoom(ctx context.Context, roomID string, input RoomChange, key *string) (*party.Room, error) {
	a, err := j.enter(ctx, roomID, party.ActUpdateRoom)
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
	known, err := j.answered(ctx, key, "updateRoom", arguments)
	if err != nil {
		return nil, fmt.Errorf("update room: %w", err)
	}
	var blocked []party.Blocked
	if settings.Blocked != nil && !known {
		state, err := j.current(ctx, roomID)
		if err != nil {
			return nil, err
		}
		if blocked, err = j.lookUp(ctx, a.hostID, settings.Blocked, state.Settings.Blocked); err != nil {
			return nil, err
		}
	}
	_, err = j.changeOnce(ctx, a, key, "updateRoom", arguments, func(ctx context.Context, t *roomTx) (outcome, error) {
		return outcome{objectID: roomID}, cmp.Or(t.name(ctx, name), t.settle(ctx, settings, blocked))
	})
	if err != nil {
		return nil, fmt.Errorf("update room: %w", err)
	}
	return j.existing(ctx, roomID)
}

// name gives the room another name; none: it stays.
func (t *roomTx) name(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	same, err := t.tx.Room.Query().Where(room.ID(t.roomID), room.Name(name)).Exist(ctx)
	if err != nil || same {
		return err
	}
	t.tell(deed{kind: DidSettings, detail: "name"})
	return t.alter().Room.Update().Where(room.ID(t.roomID)).SetName(name).Exec(ctx)
}

// CloseRoom ends a party: its code is free again, nothing can be changed, watchers get one last state. For the room's
// host; closing a closed room is no error.
func (j *Jukebox) CloseRoom(ctx context.Context, roomID string, key *string) (*party.Room, error) {
	a, err := j.enter(ctx, roomID, party.ActClose)
	if err != nil {
		return nil, err
	}
	if a.status == party.Open {
		_, err = j.changeOnce(ctx, a, key, "closeRoom", roomID, func(ctx context.Context, t *roomTx) (outcome, error) {
			return outcome{objectID: roomID}, t.closeRoom(ctx)
		})
	}
	if err != nil && party.CodeOf(err) != party.Conflict {
		return nil, fmt.Errorf("close room: %w", err)
	}
	r, found := j.existing(ctx, roomID)
	if found == nil && r.Status == party.Closed { // perhaps by another request of this moment: as wanted
		return r, nil
	}
	return nil, cmp.Or(err, found)
}

// closeRoom leaves the music alone: what plays has ended for the room, what was committed waits again.
func (t *roomTx) closeRoom(ctx context.Context) error {
	t.closes = true
	t.tell(deed{kind: DidClose})
	tx := t.alter()
	here := queueitem.RoomID(t.roomID)
	err := tx.Room.Update().Where(room.ID(t.roomID)).SetStatus(string(party.Closed)).ClearOpenCode().ClearOpenHostID().SetClosedAt(t.now).Exec(ctx)
	if err != nil {
		return err
	}
	if err = tx.Membership.Update().Where(membership.RoomID(t.roomID)).ClearSeenAt().Exec(ctx); err != nil {
		return err
	}
	err = tx.QueueItem.Update().Where(here, queueitem.State(string(party.NowPlaying))).
		SetState(string(party.Played)).SetEndedAt(t.now).SetVersion(t.version).ClearActiveRecording().Exec(ctx)
	if err != nil {
		return err
	}
	err = tx.QueueItem.Update().Where(here, queueitem.State(string(party.Committed)), queueitem.SkipOnStart(true)).
		SetState(string(party.Removed)).ClearCommitState().ClearCommitDelivery().ClearActiveRecording().SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	err = tx.QueueItem.Update().Where(here, queueitem.State(string(party.Committed))).
		SetState(string(party.Queued)).ClearCommitState().ClearCommitDelivery().ClearCommittedAt().SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	err = tx.RoomCommand.Update().Where(roomcommand.RoomID(t.roomID), roomcommand.State(pendingState)).
		SetState(string(party.Conflict)).SetOutcome("this room is closed").SetDoneAt(t.now).SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	return tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVersion(1).SetStatus(string(party.Idle)).SetCommandVersion(t.version).
		SetHealth(string(party.HealthNothingToPlay)).SetHealthReason("").ClearHealthUntil().ClearItemID().ClearSongID().ClearProgressMs().SetObservedAt(t.now).Exec(ctx)
}
