package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// update returns the change of a room as the use cases expect it. Without settings it has none: a hash of it is stored
// with its idempotency key.
func (in UpdateRoomInput) update() jukebox.RoomUpdate {
	settings := in.Settings.change()
	if in.Block != nil || in.Unblock != nil {
		if settings == nil {
			settings = &party.SettingsChange{}
		}
		settings.Block, settings.Unblock = in.Block, in.Unblock
	}
	return jukebox.RoomUpdate{Name: in.Name, Settings: settings}
}

// change returns the settings as the use cases expect them. There, the zero value of a nullable setting stands for
// null, and nil for a setting that was left out.
func (in *RoomSettingsInput) change() *party.SettingsChange {
	if in == nil {
		return nil
	}
	return &party.SettingsChange{
		RequestsOpen: in.RequestsOpen, RequestsOpenAt: zeroForNull(in.RequestsOpenAt), LastCallAt: zeroForNull(in.LastCallAt),
		Delivery: in.Delivery, Fallback: in.Fallback, FallbackPlaylistURI: zeroForNull(in.FallbackPlaylistURI),
		GuestPlaylistURI: zeroForNull(in.GuestPlaylistURI), GuestPlaylistUse: in.GuestPlaylistUse,
		OrderMode: in.OrderMode, AllowExplicit: in.AllowExplicit, MaxSongSeconds: zeroForNull(in.MaxSongSeconds),
		CooldownMinutes: in.CooldownMinutes, Blocked: in.Blocked,
		MaxQueueLength: in.MaxQueueLength, MaxQueuedPerGuest: zeroForNull(in.MaxQueuedPerGuest),
		AddsPerHour: zeroForNull(in.AddsPerHour), SkipVotePercent: in.SkipVotePercent,
		RequireApproval: in.RequireApproval, TrustedAfter: in.TrustedAfter, LikesAfterMinutes: in.LikesAfterMinutes,
		AwayAfterMinutes: zeroForNull(in.AwayAfterMinutes), Reactions: in.Reactions,
	}
}

// zeroForNull returns nil for a field that was left out, a pointer to the zero value for null, and otherwise the value.
func zeroForNull[T any](field graphql.Omittable[*T]) *T {
	value, set := field.ValueOK()
	if set && value == nil {
		return new(T)
	}
	return value
}
