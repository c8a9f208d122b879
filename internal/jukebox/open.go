package jukebox

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/spotifyaccount"
	"antwon.dj/backend/internal/live"
)

const firstVersion = 1 // of a room that was just opened

const codeAttempts = 8 // of 31^5 codes a free one is found at once, however many parties there are

// CreateRoom opens a room. Forbidden for guests and without Spotify connected; Conflict while the viewer has another open
// room or the code is in use.
func (j *Jukebox) CreateRoom(ctx context.Context, input NewRoom, key *string) (*Room, error) {
	repeatable, err := newRepeatable(ctx, key, "createRoom", input)
	if err != nil {
		return nil, err
	}
	done, err := repeatable.done(ctx, j.store.read.IdempotencyKey)
	if err != nil {
		return nil, fmt.Errorf("create room: %w", err)
	}
	if done != nil { // whatever became of Spotify since
		return j.existing(ctx, done.objectID)
	}
	host, err := j.mayHost(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := j.planRoom(ctx, input, host)
	if err != nil {
		return nil, err
	}
	for range codeAttempts {
		if input.Code == nil {
			plan.code = generateCode()
		}
		err = j.store.inTx(ctx, func(tx *ent.Tx) error { return plan.open(ctx, tx, repeatable) })
		if !plan.codeTaken || input.Code != nil {
			break
		}
	}
	if ent.IsConstraintError(err) || CodeOf(err) == Conflict {
		// Another request of the same moment may have been first, perhaps with the same key: now its doing can be read.
		err = j.store.inTx(ctx, func(tx *ent.Tx) error { return plan.open(ctx, tx, repeatable) })
	}
	if err != nil {
		return nil, fmt.Errorf("create room: %w", err)
	}
	j.cfg.Bus.Publish(live.Hint{Topic: plan.id, Version: firstVersion})
	return j.existing(ctx, plan.id)
}

// mayHost returns the viewer's user row if they may open rooms.
func (j *Jukebox) mayHost(ctx context.Context) (*ent.User, error) {
	viewer, err := ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if viewer.Kind != HostUser {
		return nil, errorf(Forbidden, "only hosts open rooms: sign in as one")
	}
	host, err := j.store.read.User.Get(ctx, viewer.UserID)
	if ent.IsNotFound(err) {
		return nil, errorf(Unauthenticated, "this session's user is gone: sign in again")
	}
	if err != nil {
		return nil, fmt.Errorf("load the host: %w", err)
	}
	connected, err := j.store.read.SpotifyAccount.Query().Where(spotifyaccount.UserID(host.ID)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the host's Spotify account: %w", err)
	}
	if !connected {
		return nil, errorf(Forbidden, "connect Spotify before you open a room")
	}
	return host, nil
}

// roomPlan is a room that is about to be opened.
type roomPlan struct {
	id, code, name string
	host           *ent.User
	settings       RoomSettings
	codeTaken      bool
}

func (j *Jukebox) planRoom(ctx context.Context, input NewRoom, host *ent.User) (*roomPlan, error) {
	plan := &roomPlan{id: newID(), name: host.DisplayName, host: host}
	settings, err := parseSettings(input.Settings)
	if err != nil {
		return nil, err
	}
	blocked, err := j.lookUp(ctx, host.ID, settings.Blocked, nil)
	if err != nil {
		return nil, err
	}
	plan.settings = settings.over(usualSettings(), blocked)
	if input.Name != nil {
		if plan.name, err = parseName("input.name", *input.Name); err != nil {
			return nil, err
		}
	}
	if input.Code != nil {
		if plan.code, err = parseCode("input.code", *input.Code); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

func (p *roomPlan) open(ctx context.Context, tx *ent.Tx, key *repeatable) error {
	done, err := key.done(ctx, tx.IdempotencyKey)
	if err != nil || done != nil {
		if done != nil {
			p.id = done.objectID
		}
		return err
	}
	if err := p.free(ctx, tx); err != nil {
		return err
	}
	now := microseconds(time.Now())
	create := tx.Room.Create().SetID(p.id).SetHostID(p.host.ID).SetName(p.name).SetCode(p.code).SetStatus(string(Open)).SetVersion(firstVersion).
		SetOpenCode(p.code).SetOpenHostID(p.host.ID).SetCreatedAt(now)
	p.settings.write(create.Mutation())
	if err := create.Exec(ctx); err != nil {
		return err
	}
	err = tx.RoomPlayback.Create().SetID(p.id).SetVersion(1).SetStatus(string(Idle)).SetHealth(string(HealthNothingToPlay)).
		SetObservedAt(now).SetDelivery(string(p.settings.Delivery)).Exec(ctx)
	if err != nil {
		return err
	}
	if err := admit(ctx, tx, p.id, p.host.ID, p.host.DisplayName, RoleHost, now); err != nil {
		return err
	}
	return key.remember(ctx, tx, outcome{objectID: p.id}, now)
}

func (p *roomPlan) free(ctx context.Context, tx *ent.Tx) error {
	hosting, err := tx.Room.Query().Where(room.OpenHostID(p.host.ID)).Exist(ctx)
	if err != nil {
		return err
	}
	if hosting {
		return errorf(Conflict, "you have an open room already: close it first")
	}
	if p.codeTaken, err = tx.Room.Query().Where(room.OpenCode(p.code)).Exist(ctx); err != nil {
		return err
	}
	if p.codeTaken {
		return errorf(Conflict, "the code %s is in use: choose another one", p.code)
	}
	return nil
}
