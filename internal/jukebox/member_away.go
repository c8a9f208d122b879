package jukebox

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/party"
)

// updateAllAway is updateAway for all open rooms that set AwayAfterMinutes.
func (p *presence) updateAllAway(ctx context.Context) error {
	ids, err := p.db.Read.Room.Query().
		Where(room.Status(string(party.Open)), room.AwayAfterMinutesNotNil()).IDs(ctx)
	for _, id := range ids {
		err = errors.Join(err, p.updateAway(ctx, id))
	}
	return err
}

// updateAway marks, in a change of the room, members who have been absent for long enough as away, and members who are
// present again as no longer away. If there are none, it makes no change.
func (p *presence) updateAway(ctx context.Context, roomID string) error {
	row, err := p.db.Read.Room.Get(ctx, roomID)
	if err != nil || party.RoomStatus(row.Status) != party.Open {
		return ignoreMissing(err)
	}
	changed := membership.Or(isBack(time.Now()), isNewlyAway(row, time.Now()))
	found, err := p.db.Read.Membership.Query().Where(membership.RoomID(roomID), changed).Exist(ctx)
	if err != nil || !found {
		return err
	}
	err = p.changer.change(ctx, roomID, func(ctx context.Context, t *roomTx) error { return t.updateAway(ctx) })
	if party.CodeOf(err) == party.Conflict { // the room was closed meanwhile
		return nil
	}
	return err
}

// ignoreMissing returns nil for a row that was deleted meanwhile.
func ignoreMissing(err error) error {
	if ent.IsNotFound(err) {
		return nil
	}
	return err
}

// isBack selects the members who are marked as away although they are present again.
func isBack(now time.Time) predicate.Membership {
	return membership.And(membership.Away(true), membership.SeenAtGT(now.Add(-presenceTimeout)))
}

// isNewlyAway selects the members who are not marked as away although they have been absent for AwayAfterMinutes. It
// selects nobody if the room does not set that, and includes members who were removed from the room.
func isNewlyAway(row *ent.Room, now time.Time) predicate.Membership {
	if row.AwayAfterMinutes == nil {
		return membership.IDIn() // nobody
	}
	since := now.Add(-presenceTimeout - time.Duration(*row.AwayAfterMinutes)*time.Minute)
	return membership.And(canBeAway(), membership.SeenAtLTE(since))
}

// canBeAway selects the members who are not marked as away but can be: all but hosts, co-hosts and screens.
func canBeAway() predicate.Membership {
	return membership.And(membership.Away(false), membership.RoleNotIn(
		string(party.RoleHost), string(party.RoleCohost), string(party.RoleScreen)))
}

// countAbsentAsLeaving makes members who are absent when a host first sets AwayAfterMinutes count as leaving now,
// because it is no longer known when they left.
func (t *roomTx) countAbsentAsLeaving(ctx context.Context) error {
	return t.tx.Membership.Update().
		Where(membership.RoomID(t.roomID), canBeAway(), membership.SeenAtIsNil(), membership.Not(isWithoutPhone())).
		SetSeenAt(t.now.Add(-presenceTimeout)).Exec(ctx)
}

func (t *roomTx) updateAway(ctx context.Context) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	t.affectsNobody()
	here := membership.RoomID(t.roomID)
	back, err := t.tx.Membership.Update().Where(here, isBack(t.now)).SetAway(false).Save(ctx)
	if err != nil {
		return err
	}
	away, err := t.tx.Membership.Update().Where(here, isNewlyAway(row, t.now)).SetAway(true).Save(ctx)
	if err != nil || back+away == 0 {
		return err
	}
	return t.bumpAwayVersion(ctx)
}

// bumpAwayVersion makes feeds reload who is away.
func (t *roomTx) bumpAwayVersion(ctx context.Context) error {
	return t.versioned().Room.Update().Where(room.ID(t.roomID)).SetAwayVersion(t.version).Exec(ctx)
}
