package jukebox

import (
	"context"
	"strings"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/ent/schema"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// writeSettings stores settings with a room that is made or changed.
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
	m.SetBlocked(storedBlocked(s.Blocked))
	setOrClear(s.FallbackPlaylistURI, m.SetFallbackPlaylistURI, m.ClearFallbackPlaylistURI)
	setOrClear(s.MaxSongSeconds, m.SetMaxSongSeconds, m.ClearMaxSongSeconds)
	setOrClear(s.MaxQueuedPerGuest, m.SetMaxQueuedPerGuest, m.ClearMaxQueuedPerGuest)
	setOrClear(s.AddsPerHour, m.SetAddsPerHour, m.ClearAddsPerHour)
	setOrClear(s.LastCallAt, m.SetLastCallAt, m.ClearLastCallAt)
}

func setOrClear[T any](value *T, set func(T), clear func()) {
	if value == nil {
		clear()
		return
	}
	set(*value)
}

// storedBlocked and blockedOf convert to and from what the database keeps; they compile while the fields are the same.
func storedBlocked(blocked []party.Blocked) []schema.Blocked {
	if blocked == nil {
		return nil
	}
	stored := make([]schema.Blocked, len(blocked))
	for i, b := range blocked {
		stored[i] = schema.Blocked(b)
	}
	return stored
}

func blockedOf(stored []schema.Blocked) []party.Blocked {
	if stored == nil {
		return nil
	}
	blocked := make([]party.Blocked, len(stored))
	for i, b := range stored {
		blocked[i] = party.Blocked(b)
	}
	return blocked
}

func settingsOf(row *ent.Room) party.RoomSettings {
	s := party.RoomSettings{
		RequestsOpen: row.RequestsOpen, Delivery: party.Delivery(row.Delivery), Fallback: row.Fallback, FallbackPlaylistURI: row.FallbackPlaylistURI,
		OrderMode: party.OrderMode(row.OrderMode), AllowExplicit: row.AllowExplicit, MaxSongSeconds: row.MaxSongSeconds,
		CooldownMinutes: row.CooldownMinutes, MaxQueueLength: row.MaxQueueLength, MaxQueuedPerGuest: row.MaxQueuedPerGuest,
		AddsPerHour: row.AddsPerHour, SkipVotePercent: row.SkipVotePercent, RequireApproval: row.RequireApproval,
		TrustedAfter: row.TrustedAfter, Blocked: blockedOf(row.Blocked),
	}
	if row.LastCallAt != nil {
		at := row.LastCallAt.UTC()
		s.LastCallAt = &at
	}
	return s
}

// settings reads what holds in the room now.
func (t *roomTx) settings(ctx context.Context) (party.RoomSettings, error) {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return party.RoomSettings{}, err
	}
	return settingsOf(row), nil
}

// insists says that a host wants a delivery anew that the player had made another one of.
func (t *roomTx) mustRedeliver(ctx context.Context, d *party.Delivery) (bool, error) {
	if d == nil {
		return false, nil
	}
	return t.tx.RoomPlayback.Query().Where(roomplayback.ID(t.roomID), roomplayback.DeliveryNEQ(string(*d))).Exist(ctx)
}

// settle changes a room's settings. A new delivery holds at once, also where the player had made another one necessary.
func (t *roomTx) updateSettings(ctx context.Context, in *party.SettingsChange, blocked []party.Blocked) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	have := settingsOf(row)
	wanted := in.ApplyTo(have, blocked)
	insists, err := t.mustRedeliver(ctx, in.Delivery)
	changed := wanted.ChangedNames(have)
	if err != nil || len(changed) == 0 && !insists {
		return err
	}
	update := t.versioned().Room.Update().Where(room.ID(t.roomID)).SetSettingsVersion(t.version)
	writeSettings(update.Mutation(), &wanted)
	if err := update.Exec(ctx); err != nil {
		return err
	}
	t.log(logEvent{kind: EventSettingsChanged, detail: strings.Join(changed, ", ")})
	if in.Delivery != nil {
		shown := t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetDelivery(string(*in.Delivery)).AddVersion(1)
		if err := shown.Exec(ctx); err != nil {
			return err
		}
	}
	return t.applySettings(ctx, &have, &wanted)
}

// takeEffect does what new settings mean for what is there already.
func (t *roomTx) applySettings(ctx context.Context, have, wanted *party.RoomSettings) error {
	if err := t.rescaleAllowances(ctx, have.AddsPerHour, wanted.AddsPerHour); err != nil {
		return err
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

// dropFillers takes out fallback music that nobody likes: it is not wanted any more, or other music is.
func (t *roomTx) removeFallback(ctx context.Context) error {
	return t.versioned().QueueItem.Update().
		Where(queueitem.RoomID(t.roomID), queueitem.State(string(party.Queued)), queueitem.AddedByIDIsNil(), queueitem.LikeCount(0)).
		SetState(string(party.Removed)).ClearActiveRecording().SetVersion(t.version).Exec(ctx)
}

// rescale makes a new limit of adds per hour hold at once for those who have added songs.
func (t *roomTx) rescaleAllowances(ctx context.Context, before, after *int) error {
	if before == nil || after != nil && *before == *after {
		return nil
	}
	if after == nil { // nobody counts any more
		return t.tx.Membership.Update().Where(membership.RoomID(t.roomID), membership.AddsFullAtNotNil()).ClearAddsFullAt().Exec(ctx)
	}
	rows, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.AddsFullAtGT(t.now)).All(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		full := party.Allowance{*before, *row.AddsFullAt}.Rescale(*after, t.now).FullAt
		if err := t.tx.Membership.Update().Where(membership.ID(row.ID)).SetAddsFullAt(database.Microseconds(full)).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
