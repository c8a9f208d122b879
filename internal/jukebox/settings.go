package jukebox

import (
	"context"
	"reflect"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/ent/schema"
)

// Delivery is how a song reaches the host's player.
type Delivery string

const (
	DeliveryQueue    Delivery = "QUEUE"    // into the player's queue, shortly before it is due
	DeliveryPlaylist Delivery = "PLAYLIST" // to the end of a playlist, ANTWON-<code>, which the player plays
)

// Blocked is a song or an artist that may not play in a room.
type Blocked = schema.Blocked

// RoomSettings are what a room's host has decided.
type RoomSettings struct {
	RequestsOpen        bool // guests may add songs
	Delivery            Delivery
	Fallback            bool    // when the queue is empty other music plays
	FallbackPlaylistURI *string // from here, if possible; nil: what goes with the songs before
	OrderMode           OrderMode
	AllowExplicit       bool
	MaxSongSeconds      *int // nil: any length
	CooldownMinutes     int  // for so long a song is not taken again
	MaxQueueLength      int  // songs that wait
	MaxQueuedPerGuest   *int // nil: as many as they like
	AddsPerHour         *int // of one guest; nil: as many as they like
	SkipVotePercent     int  // of those present; 0: nobody can vote
	RequireApproval     bool // songs of newcomers wait for a host
	TrustedAfter        int  // songs after which a guest is no newcomer
	LastCallAt          *time.Time
	Blocked             []Blocked
}

// BlockedURIs are Spotify's URIs of the songs and artists that may not play here.
func (s *RoomSettings) BlockedURIs() []string {
	uris := make([]string, len(s.Blocked))
	for i, b := range s.Blocked {
		uris[i] = b.URI
	}
	return uris
}

// BlockedNames are what the blocked songs and artists are called, in their order.
func (s *RoomSettings) BlockedNames() []string {
	names := make([]string, len(s.Blocked))
	for i, b := range s.Blocked {
		names[i] = b.Name
	}
	return names
}

// SettingsChange is what shall change of a room's settings; nil fields stay. Where there may be none, the zero value
// means none.
type SettingsChange struct {
	RequestsOpen        *bool
	Delivery            *Delivery
	Fallback            *bool
	FallbackPlaylistURI *string
	OrderMode           *OrderMode
	AllowExplicit       *bool
	MaxSongSeconds      *int
	CooldownMinutes     *int
	MaxQueueLength      *int
	MaxQueuedPerGuest   *int
	AddsPerHour         *int
	SkipVotePercent     *int
	RequireApproval     *bool
	TrustedAfter        *int
	LastCallAt          *time.Time
	Blocked             []string // URIs or links; nil: stays
}

// usualSettings are those of a room whose host wants nothing in particular.
func usualSettings() RoomSettings {
	return RoomSettings{
		RequestsOpen: true, Delivery: DeliveryQueue, Fallback: true, OrderMode: OrderLikes, AllowExplicit: true,
		CooldownMinutes: 30, MaxQueueLength: maxQueue, SkipVotePercent: 50, TrustedAfter: 3,
	}
}

// over returns settings after a change; what is blocked comes looked up.
func (in *SettingsChange) over(s RoomSettings, blocked []Blocked) RoomSettings {
	if in == nil {
		return s
	}
	s.RequestsOpen = or(in.RequestsOpen, s.RequestsOpen)
	s.Delivery = or(in.Delivery, s.Delivery)
	s.Fallback = or(in.Fallback, s.Fallback)
	s.FallbackPlaylistURI = orNone(in.FallbackPlaylistURI, s.FallbackPlaylistURI)
	s.OrderMode = or(in.OrderMode, s.OrderMode)
	s.AllowExplicit = or(in.AllowExplicit, s.AllowExplicit)
	s.MaxSongSeconds = orNone(in.MaxSongSeconds, s.MaxSongSeconds)
	s.CooldownMinutes = or(in.CooldownMinutes, s.CooldownMinutes)
	s.MaxQueueLength = or(in.MaxQueueLength, s.MaxQueueLength)
	s.MaxQueuedPerGuest = orNone(in.MaxQueuedPerGuest, s.MaxQueuedPerGuest)
	s.AddsPerHour = orNone(in.AddsPerHour, s.AddsPerHour)
	s.SkipVotePercent = or(in.SkipVotePercent, s.SkipVotePercent)
	s.RequireApproval = or(in.RequireApproval, s.RequireApproval)
	s.TrustedAfter = or(in.TrustedAfter, s.TrustedAfter)
	s.LastCallAt = orNone(in.LastCallAt, s.LastCallAt)
	if len(in.Blocked)+len(s.Blocked) > 0 && in.Blocked != nil {
		s.Blocked = blocked
	}
	return s
}

// or returns what is wanted, and otherwise what there is.
func or[T any](wanted *T, now T) T {
	if wanted != nil {
		return *wanted
	}
	return now
}

// orNone is or for what need not be: a wanted zero value is none.
func orNone[T comparable](wanted, now *T) *T {
	var none T
	switch {
	case wanted == nil:
		return now
	case *wanted == none:
		return nil
	}
	return wanted
}

// differing names the settings that are others, as the API does.
func (s RoomSettings) differing(other RoomSettings) (names []string) {
	a, b := reflect.ValueOf(s), reflect.ValueOf(other)
	for i := range a.NumField() {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			name := a.Type().Field(i).Name
			names = append(names, strings.ToLower(name[:1])+name[1:])
		}
	}
	return names
}

// write stores settings with a room that is made or changed.
func (s RoomSettings) write(m *ent.RoomMutation) {
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
	m.SetBlocked(s.Blocked)
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

func settingsOf(row *ent.Room) RoomSettings {
	s := RoomSettings{
		RequestsOpen: row.RequestsOpen, Delivery: Delivery(row.Delivery), Fallback: row.Fallback, FallbackPlaylistURI: row.FallbackPlaylistURI,
		OrderMode: OrderMode(row.OrderMode), AllowExplicit: row.AllowExplicit, MaxSongSeconds: row.MaxSongSeconds,
		CooldownMinutes: row.CooldownMinutes, MaxQueueLength: row.MaxQueueLength, MaxQueuedPerGuest: row.MaxQueuedPerGuest,
		AddsPerHour: row.AddsPerHour, SkipVotePercent: row.SkipVotePercent, RequireApproval: row.RequireApproval,
		TrustedAfter: row.TrustedAfter, Blocked: row.Blocked,
	}
	if row.LastCallAt != nil {
		at := row.LastCallAt.UTC()
		s.LastCallAt = &at
	}
	return s
}

// settings reads what holds in the room now.
func (t *roomTx) settings(ctx context.Context) (RoomSettings, error) {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return RoomSettings{}, err
	}
	return settingsOf(row), nil
}

// insists says that a host wants a delivery anew that the player had made another one of.
func (t *roomTx) insists(ctx context.Context, d *Delivery) (bool, error) {
	if d == nil {
		return false, nil
	}
	return t.tx.RoomPlayback.Query().Where(roomplayback.ID(t.roomID), roomplayback.DeliveryNEQ(string(*d))).Exist(ctx)
}

// settle changes a room's settings. A new delivery holds at once, also where the player had made another one necessary.
func (t *roomTx) settle(ctx context.Context, in *SettingsChange, blocked []Blocked) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	have := settingsOf(row)
	wanted := in.over(have, blocked)
	insists, err := t.insists(ctx, in.Delivery)
	changed := wanted.differing(have)
	if err != nil || len(changed) == 0 && !insists {
		return err
	}
	update := t.alter().Room.Update().Where(room.ID(t.roomID)).SetSettingsVersion(t.version)
	wanted.write(update.Mutation())
	if err := update.Exec(ctx); err != nil {
		return err
	}
	t.tell(deed{kind: DidSettings, detail: strings.Join(changed, ", ")})
	if in.Delivery != nil {
		shown := t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetDelivery(string(*in.Delivery)).AddVersion(1)
		if err := shown.Exec(ctx); err != nil {
			return err
		}
	}
	return t.takeEffect(ctx, &have, &wanted)
}

// takeEffect does what new settings mean for what is there already.
func (t *roomTx) takeEffect(ctx context.Context, have, wanted *RoomSettings) error {
	if err := t.rescale(ctx, have.AddsPerHour, wanted.AddsPerHour); err != nil {
		return err
	}
	if !wanted.Fallback || deref(wanted.FallbackPlaylistURI) != deref(have.FallbackPlaylistURI) {
		if err := t.dropFillers(ctx); err != nil {
			return err
		}
	}
	if wanted.SkipVotePercent == have.SkipVotePercent {
		return nil
	}
	return t.tallyAnew(ctx, wanted)
}

// dropFillers takes out fallback music that nobody likes: it is not wanted any more, or other music is.
func (t *roomTx) dropFillers(ctx context.Context) error {
	return t.alter().QueueItem.Update().
		Where(queueitem.RoomID(t.roomID), queueitem.State(string(Queued)), queueitem.AddedByIDIsNil(), queueitem.LikeCount(0)).
		SetState(string(Removed)).ClearActiveRecording().SetVersion(t.version).Exec(ctx)
}
