package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/party"
)

// change is what the use cases take: there a zero value means none, where the API has null or the zero value.
func (in *RoomSettingsInput) change() *party.SettingsChange {
	if in == nil {
		return nil
	}
	return &party.SettingsChange{
		RequestsOpen: in.RequestsOpen, Delivery: in.Delivery, Fallback: in.Fallback, FallbackPlaylistURI: wanted(in.FallbackPlaylistURI),
		OrderMode: in.OrderMode, AllowExplicit: in.AllowExplicit, MaxSongSeconds: wanted(in.MaxSongSeconds),
		CooldownMinutes: in.CooldownMinutes, MaxQueueLength: in.MaxQueueLength, MaxQueuedPerGuest: wanted(in.MaxQueuedPerGuest),
		AddsPerHour: wanted(in.AddsPerHour), SkipVotePercent: in.SkipVotePercent, RequireApproval: in.RequireApproval,
		TrustedAfter: in.TrustedAfter, LastCallAt: wanted(in.LastCallAt), Blocked: in.Blocked,
	}
}

// wanted is nil for what was left out, and the zero value for null.
func wanted[T any](field graphql.Omittable[*T]) *T {
	value, set := field.ValueOK()
	if set && value == nil {
		return new(T)
	}
	return value
}
