package jukebox

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/spotifyaccount"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

const (
	firstVersion = 1 // the version of a new room
	codeAttempts = 8 // to generate a free code: the first attempt almost always succeeds
)

// CreateRoom opens a room. The error is Forbidden for guests and for hosts who have not connected Spotify, and Conflict
// if the viewer already has an open room or the code is in use.
func (j *Jukebox) CreateRoom(ctx context.Context, input RoomInput, key *string) (*party.Room, error) {
	repeatable, err := newIdempotency(ctx, key, "createRoom", input)
	if err != nil {
		return nil, err
	}
	done, err := repeatable.find(ctx, j.db.Read.IdempotencyKey)
	if err != nil {
		return nil, fmt.Errorf("create room: %w", err)
	}
	if done != nil { // even if Spotify has been disconnected since
		return j.mustFindRoom(ctx, done.objectID)
	}
	host, err := j.authorizeHost(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := j.planRoom(ctx, input, host)
	if err != nil {
		return nil, err
	}
	if err := j.storePlan(ctx, plan, input.Code == nil, repeatable); err != nil {
		return nil, fmt.Errorf("create room: %w", err)
	}
	j.cfg.Bus.Publish(live.Hint{Topic: plan.id, Version: firstVersion})
	return j.mustFindRoom(ctx, plan.id)
}

// storePlan stores a room, under a generated code if generate is true.
func (j *Jukebox) storePlan(ctx context.Context, plan *roomPlan, generate bool, key *idempotency) (err error) {
	open, err := j.db.Read.Room.Query().Where(room.OpenCodeNotNil()).Count(ctx)
	if err != nil {
		return err
	}
	for range codeAttempts {
		if generate {
			plan.code = generateCode(codeLength(open + 1))
		}
		err = j.db.InTx(ctx, func(tx *ent.Tx) error { return plan.store(ctx, tx, key) })
		if !plan.codeTaken || !generate {
			break
		}
	}
	if ent.IsConstraintError(err) || party.CodeOf(err) == party.Conflict {
		// A concurrent request may have been first, perhaps with the same key. Now that it has committed, its result can be
		// read.
		err = j.db.InTx(ctx, func(tx *ent.Tx) error { return plan.store(ctx, tx, key) })
	}
	return err
}

// authorizeHost returns the viewer's user row, or an error if the viewer may not open rooms, or opens too many.
func (j *Jukebox) authorizeHost(ctx context.Context) (*ent.User, error) {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if viewer.Kind != party.HostUser {
		return nil, party.Errorf(party.Forbidden, "Only hosts open rooms: sign in as a host.")
	}
	if j.cfg.Free == nil || !j.cfg.Free(viewer) {
		if err := j.accounts.Allow(ctx, viewer.UserID, "create room"); err != nil {
			return nil, err
		}
	}
	host, err := j.db.Read.User.Get(ctx, viewer.UserID)
	if ent.IsNotFound(err) {
		return nil, party.Errorf(party.Unauthenticated, "The user of this session no longer exists: sign in again.")
	}
	if err != nil {
		return nil, fmt.Errorf("load the host: %w", err)
	}
	connected, err := j.db.Read.SpotifyAccount.Query().Where(spotifyaccount.UserID(host.ID)).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the host's Spotify account: %w", err)
	}
	if !connected {
		return nil, party.Errorf(party.Forbidden, "Connect Spotify before you open a room.")
	}
	return host, nil
}

// roomPlan is a room that is about to be opened.
type roomPlan struct {
	id, code, name string
	host           *ent.User
	settings       party.RoomSettings
	codeTaken      bool // the last call of checkFree found the code in use
}

func (j *Jukebox) planRoom(ctx context.Context, input RoomInput, host *ent.User) (*roomPlan, error) {
	plan := &roomPlan{id: database.NewID(), name: host.DisplayName, host: host}
	settings, err := party.ParseSettings(input.Settings)
	if err != nil {
		return nil, err
	}
	blocked, err := j.catalog.DescribeBlocked(ctx, host.ID, settings, nil)
	if err != nil {
		return nil, err
	}
	if plan.settings, err = settings.ApplyTo(party.DefaultSettings(), blocked); err != nil {
		return nil, err
	}
	if input.Name != nil {
		if plan.name, err = party.ParseName("input.name", *input.Name); err != nil {
			return nil, err
		}
	}
	if input.Code != nil {
		if plan.code, err = party.ParseCode("input.code", *input.Code); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// store stores the room, or takes over the id of the room that a request with the same key has opened already.
func (p *roomPlan) store(ctx context.Context, tx *ent.Tx, key *idempotency) error {
	done, err := key.find(ctx, tx.IdempotencyKey)
	if err != nil || done != nil {
		if done != nil {
			p.id = done.objectID
		}
		return err
	}
	if err := p.checkFree(ctx, tx); err != nil {
		return err
	}
	now := database.Microseconds(time.Now())
	create := tx.Room.Create().SetID(p.id).SetHostID(p.host.ID).SetName(p.name).SetCode(p.code).
		SetStatus(string(party.Open)).SetVersion(firstVersion).SetOpenCode(p.code).SetOpenHostID(p.host.ID).SetCreatedAt(now)
	writeSettings(create.Mutation(), &p.settings)
	if err := create.Exec(ctx); err != nil {
		return err
	}
	err = tx.RoomPlayback.Create().SetID(p.id).SetVersion(1).SetStatus(string(party.Idle)).
		SetHealth(string(party.HealthNothingToPlay)).SetObservedAt(now).SetDelivery(string(p.settings.Delivery)).Exec(ctx)
	if err != nil {
		return err
	}
	if err := storeMembership(ctx, tx, p.id, p.host.ID, p.host.DisplayName, party.RoleHost, now); err != nil {
		return err
	}
	return key.store(ctx, tx, result{objectID: p.id}, now)
}

// checkFree returns a Conflict if the host already has an open room or the code is in use.
func (p *roomPlan) checkFree(ctx context.Context, tx *ent.Tx) error {
	hosting, err := tx.Room.Query().Where(room.OpenHostID(p.host.ID)).Exist(ctx)
	if err != nil {
		return err
	}
	if hosting {
		return party.Errorf(party.Conflict, "You already have an open room: close it first.")
	}
	if p.codeTaken, err = tx.Room.Query().Where(room.OpenCode(p.code)).Exist(ctx); err != nil {
		return err
	}
	if p.codeTaken {
		return party.Errorf(party.Conflict, "The code %s is in use: choose another one.", p.code)
	}
	return nil
}

const (
	// codeAlphabet leaves out characters that are easily confused when they are read aloud or from a screen.
	codeAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
	// shortestCode is the minimum number of characters of a generated code.
	shortestCode = 5
	// codesPerRoom is the minimum number of possible codes of the generated length for each open room: at most one guess
	// in ten million is right.
	codesPerRoom = 10_000_000
)

// codeLength returns how long a generated code is if this many rooms are open: 5 characters for one or two rooms, 6 for
// up to 88, and 7 for up to 2,751.
func codeLength(openRooms int) int {
	length, codes := shortestCode, math.Pow(float64(len(codeAlphabet)), shortestCode)
	for ; codes < codesPerRoom*float64(openRooms); length++ {
		codes *= float64(len(codeAlphabet))
	}
	return length
}

// generateCode returns a random code of this length, of characters that are easy to read aloud. It may be in use.
func generateCode(length int) string {
	code := make([]byte, length)
	for i := range code {
		code[i] = codeAlphabet[rand.IntN(len(codeAlphabet))]
	}
	return string(code)
}
