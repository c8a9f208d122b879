package roomstate

import (
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/schema"
	"antwon.dj/backend/internal/party"
)

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

// StoredBlocked converts what is blocked to the type of the column. It compiles as long as both types have the same
// fields.
func StoredBlocked(blocked []party.Blocked) []schema.Blocked {
	if blocked == nil {
		return nil
	}
	stored := make([]schema.Blocked, len(blocked))
	for i, b := range blocked {
		stored[i] = schema.Blocked(b)
	}
	return stored
}

// SettingsOf returns the settings in a room's row.
func SettingsOf(row *ent.Room) party.RoomSettings {
	s := party.RoomSettings{
		RequestsOpen: row.RequestsOpen, Delivery: party.Delivery(row.Delivery),
		Fallback: row.Fallback, FallbackPlaylistURI: row.FallbackPlaylistURI,
		GuestPlaylistURI: row.GuestPlaylistURI, GuestPlaylistUse: party.PlaylistUse(row.GuestPlaylistUse),
		OrderMode: party.OrderMode(row.OrderMode), AllowExplicit: row.AllowExplicit, MaxSongSeconds: row.MaxSongSeconds,
		CooldownMinutes: row.CooldownMinutes, MaxQueueLength: row.MaxQueueLength, MaxQueuedPerGuest: row.MaxQueuedPerGuest,
		AddsPerHour: row.AddsPerHour, SkipVotePercent: row.SkipVotePercent, RequireApproval: row.RequireApproval,
		TrustedAfter: row.TrustedAfter, LikesAfterMinutes: row.LikesAfterMinutes, Blocked: blockedOf(row.Blocked),
	}
	s.AwayAfterMinutes, s.Reactions = row.AwayAfterMinutes, row.Reactions
	s.RequestsOpenAt, s.LastCallAt = utc(row.RequestsOpenAt), utc(row.LastCallAt)
	return s
}

// utc returns the time in UTC, and nil for nil.
func utc(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	moved := at.UTC()
	return &moved
}

// OfferOf returns the offer in a room's row.
func OfferOf(row *ent.Room) (offer party.RoomOffer) {
	if row.OfferedToID != nil && row.OfferExpiresAt != nil {
		offer = party.RoomOffer{
			UserID: *row.OfferedToID, ExpiresAt: row.OfferExpiresAt.UTC(), Accepted: row.OfferAccepted,
		}
	}
	return offer
}
