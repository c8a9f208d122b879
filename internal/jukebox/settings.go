package jukebox

import (
	"context"
	"regexp"
	"strings"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
)

// Delivery is how a song reaches the host's player.
type Delivery string

const (
	DeliveryQueue    Delivery = "QUEUE"    // into the player's queue, shortly before it is due
	DeliveryPlaylist Delivery = "PLAYLIST" // to the end of a playlist, ANTWON-<code>, which the player plays
)

// RoomSettings are what a room's host has decided.
type RoomSettings struct {
	RequestsOpen        bool // guests may add songs
	Delivery            Delivery
	Fallback            bool    // when the queue is empty other music plays
	FallbackPlaylistURI *string // from here, if possible; nil: what goes with the songs before
}

// RoomSettingsInput is what shall change of a room's settings; nil fields stay.
type RoomSettingsInput struct {
	RequestsOpen        *bool
	Delivery            *Delivery
	Fallback            *bool
	FallbackPlaylistURI *string // empty: none any more
}

var playlistPattern = regexp.MustCompile(`^spotify:playlist:[0-9A-Za-z]{1,64}$`)

// parseSettings checks what a host wants of a room.
func parseSettings(in *RoomSettingsInput) (*RoomSettingsInput, error) {
	if in == nil {
		return &RoomSettingsInput{}, nil
	}
	parsed := *in
	if d := in.Delivery; d != nil && *d != DeliveryQueue && *d != DeliveryPlaylist {
		return nil, badInput("input.settings.delivery", "must be QUEUE or PLAYLIST")
	}
	if in.FallbackPlaylistURI != nil {
		uri := playlistOf(*in.FallbackPlaylistURI)
		if uri != "" && !playlistPattern.MatchString(uri) {
			return nil, badInput("input.settings.fallbackPlaylistUri", "must be spotify:playlist:… or a link to a playlist on open.spotify.com")
		}
		parsed.FallbackPlaylistURI = &uri
	}
	return &parsed, nil
}

// playlistOf makes a URI of a link to a playlist; anything else it leaves alone.
func playlistOf(text string) string {
	text = strings.TrimSpace(text)
	if id := idOfLink(text, "playlist"); id != "" {
		return "spotify:playlist:" + id
	}
	return text
}

// create writes the settings of a new room.
func (in *RoomSettingsInput) create(c *ent.RoomCreate) {
	if in.Delivery != nil {
		c.SetDelivery(string(*in.Delivery))
	}
	c.SetNillableFallback(in.Fallback).SetNillableRequestsOpen(in.RequestsOpen)
	if uri := in.FallbackPlaylistURI; uri != nil && *uri != "" {
		c.SetFallbackPlaylistURI(*uri)
	}
}

// changes says whether a room's settings would become others.
func (in *RoomSettingsInput) changes(row *ent.Room) bool {
	have := settingsOf(row)
	fallback := ""
	if have.FallbackPlaylistURI != nil {
		fallback = *have.FallbackPlaylistURI
	}
	return in.Delivery != nil && *in.Delivery != have.Delivery || in.Fallback != nil && *in.Fallback != have.Fallback ||
		in.RequestsOpen != nil && *in.RequestsOpen != have.RequestsOpen ||
		in.FallbackPlaylistURI != nil && *in.FallbackPlaylistURI != fallback
}

// insists says that a host wants a delivery anew that the player had made another one of.
func (t *roomTx) insists(ctx context.Context, d Delivery) (bool, error) {
	return t.tx.RoomPlayback.Query().Where(roomplayback.ID(t.roomID), roomplayback.DeliveryNEQ(string(d))).Exist(ctx)
}

// set changes a room's settings. A new delivery holds at once, also where the player had made another one necessary.
func (t *roomTx) set(ctx context.Context, in *RoomSettingsInput) error {
	update := t.alter().Room.Update().Where(room.ID(t.roomID)).SetNillableFallback(in.Fallback).SetNillableRequestsOpen(in.RequestsOpen)
	if uri := in.FallbackPlaylistURI; uri != nil && *uri == "" {
		update.ClearFallbackPlaylistURI()
	} else {
		update.SetNillableFallbackPlaylistURI(uri)
	}
	if in.Delivery != nil {
		update.SetDelivery(string(*in.Delivery))
		err := t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVersion(1).SetDelivery(string(*in.Delivery)).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return update.Exec(ctx)
}

func settingsOf(row *ent.Room) RoomSettings {
	return RoomSettings{row.RequestsOpen, Delivery(row.Delivery), row.Fallback, row.FallbackPlaylistURI}
}

func (s RoomSettings) equal(other RoomSettings) bool {
	a, b := s.FallbackPlaylistURI, other.FallbackPlaylistURI
	return s.RequestsOpen == other.RequestsOpen && s.Delivery == other.Delivery && s.Fallback == other.Fallback && (a == nil) == (b == nil) && (a == nil || *a == *b)
}
