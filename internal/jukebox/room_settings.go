package jukebox

import (
	"context"
	"strings"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// writeSettings sets the columns of a room that is created or updated to these settings.
func writeSettings(m *ent.RoomMutation, s *party.RoomSettings) {
	m.SetRequestsOpen(s.RequestsOpen)
	m.SetDelivery(string(s.Delivery))
	m.SetFallback(s.Fallback)
	m.SetOrderMode(string(s.OrderMode))
	m.SetAllowExplicit(s.AllowExplicit)
	m.SetCooldownMinutes(s.CooldownMinutes)
	m.SetMaxQueueLength(s.MaxQueueLength)
	m.SetSkipVotePercent(s.SkipVotePercent)
	m.SetRequireApproval(s.RequireApproval)
	m.SetTrustedAfter(s.TrustedAfter)
	m.SetLikesAfterMinutes(s.LikesAfterMinutes)
	m.SetReactions(s.Reactions)
	m.SetBlocked(roomstate.StoredBlocked(s.Blocked))
	m.SetGuestPlaylistUse(string(s.GuestPlaylistUse))
	setOrClear(s.GuestPlaylistURI, m.SetGuestPlaylistURI, m.ClearGuestPlaylistURI)
	setOrClear(s.FallbackPlaylistURI, m.SetFallbackPlaylistURI, m.ClearFallbackPlaylistURI)
	setOrClear(s.MaxSongSeconds, m.SetMaxSongSeconds, m.ClearMaxSongSeconds)
	setOrClear(s.MaxQueuedPerGuest, m.SetMaxQueuedPerGuest, m.ClearMaxQueuedPerGuest)
	setOrClear(s.AddsPerHour, m.SetAddsPerHour, m.ClearAddsPerHour)
	setOrClear(s.AwayAfterMinutes, m.SetAwayAfterMinutes, m.ClearAwayAfterMinutes)
	setOrClear(s.RequestsOpenAt, m.SetRequestsOpenAt, m.ClearRequestsOpenAt)
	setOrClear(s.LastCallAt, m.SetLastCallAt, m.ClearLastCallAt)
}

func setOrClear[T any](value *T, set func(T), clear func()) {
	if value == nil {
		clear()
		return
	}
	set(*value)
}

// settings reads the room's present settings.
func (t *roomTx) settings(ctx context.Context) (party.RoomSettings, error) {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return party.RoomSettings{}, err
	}
	return roomstate.SettingsOf(row), nil
}

// mustRedeliver reports whether a host chooses a delivery that differs from the one in use. The two differ, although
// the setting may stay the same, once the driver has switched because the player did not support the setting.
func (t *roomTx) mustRedeliver(ctx context.Context, d *party.Delivery) (bool, error) {
	if d == nil {
		return false, nil
	}
	return t.tx.RoomPlayback.Query().Where(roomplayback.ID(t.roomID), roomplayback.DeliveryNEQ(string(*d))).Exist(ctx)
}

// updateSettings changes a room's settings. A delivery in the change takes effect at once, even if the driver had
// switched to the other one.
func (t *roomTx) updateSettings(ctx context.Context, in *party.SettingsChange, blocked []party.Blocked) error {
	have, err := t.settings(ctx)
	if err != nil {
		return err
	}
	wanted, err := in.ApplyTo(have, blocked)
	if err != nil {
		return err
	}
	redeliver, err := t.mustRedeliver(ctx, in.Delivery)
	changed := wanted.ChangedNames(have)
	if err != nil || len(changed) == 0 && !redeliver {
		return err
	}
	update := t.versioned().Room.Update().Where(room.ID(t.roomID)).SetSettingsVersion(t.version)
	writeSettings(update.Mutation(), &wanted)
	if err := update.Exec(ctx); err != nil {
		return err
	}
	t.likesAfterMinutes = wanted.LikesAfterMinutes
	t.log(logEvent{kind: party.EventSettingsChanged, detail: strings.Join(changed, ", ")})
	if in.Delivery != nil {
		playback := t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID))
		if err := playback.SetDelivery(string(*in.Delivery)).SetVersion(t.version).Exec(ctx); err != nil {
			return err
		}
	}
	return t.applySettings(ctx, &have, &wanted)
}

// applySettings applies new settings to quotas, absent members, fallback songs and skip votes.
func (t *roomTx) applySettings(ctx context.Context, have, wanted *party.RoomSettings) error {
	if err := t.rescaleAllowances(ctx, have.AddsPerHour, wanted.AddsPerHour); err != nil {
		return err
	}
	if have.AwayAfterMinutes == nil && wanted.AwayAfterMinutes != nil {
		if err := t.countAbsentAsLeaving(ctx); err != nil {
			return err
		}
	}
	if !wanted.Fallback || valueOrEmpty(wanted.FallbackPlaylistURI) != valueOrEmpty(have.FallbackPlaylistURI) {
		if err := t.removeFallback(ctx); err != nil {
			return err
		}
	}
	if wanted.SkipVotePercent == have.SkipVotePercent {
		return nil
	}
	return t.recountVotes(ctx, wanted)
}

// removeFallback removes fallback songs that nobody likes, after the host turned fallback off or chose another
// playlist.
func (t *roomTx) removeFallback(ctx context.Context) error {
	return t.versioned().QueueItem.Update().
		Where(queueitem.RoomID(t.roomID), queueitem.State(string(party.Queued))).
		Where(queueitem.AddedByIDIsNil(), queueitem.LikeCount(0)).
		SetState(string(party.Removed)).ClearActiveRecording().SetVersion(t.version).Exec(ctx)
}

// rescaleAllowances applies a new limit of adds per hour at once to members who have added songs under the old one.
func (t *roomTx) rescaleAllowances(ctx context.Context, before, after *int) error {
	if before == nil || after != nil && *before == *after {
		return nil
	}
	if after == nil { // there is no longer a limit
		limited := membership.And(membership.RoomID(t.roomID), membership.AddsFullAtNotNil())
		return t.tx.Membership.Update().Where(limited).ClearAddsFullAt().Exec(ctx)
	}
	rows, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.AddsFullAtGT(t.now)).All(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		full := party.Allowance{PerHour: *before, FullAt: *row.AddsFullAt}.Rescale(*after, t.now).FullAt
		update := t.tx.Membership.Update().Where(membership.ID(row.ID)).SetAddsFullAt(database.Microseconds(full))
		if err := update.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
