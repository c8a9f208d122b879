package jukebox

import (
	"context"

	"antwon.dj/backend/internal/party"
)

// Catalog is Spotify's catalogue as one host sees it. Failures are *Error: NotFound for a URI that names nothing,
// UpstreamUnavailable (with RetryAfter) while Spotify does not answer.
type Catalog interface {
	// Search returns up to limit (1–10) songs from offset (0–990) on, and whether there are more.
	Search(ctx context.Context, hostID, query string, limit, offset int) (songs []party.Song, hasMore bool, err error)
	// Song returns one song by its URI (spotify:track:…).
	Song(ctx context.Context, hostID, uri string) (party.Song, error)
	// Artist returns the name of an artist by its URI (spotify:artist:…).
	Artist(ctx context.Context, hostID, uri string) (name string, err error)
}

// Library is what a host has at Spotify. Failures are like Catalog's.
type Library interface {
	// HostDevices returns what the host could play on.
	HostDevices(ctx context.Context, hostID string) ([]party.Device, error)
	// Playlists returns the host's playlists, up to limit (1–50) from offset on.
	Playlists(ctx context.Context, hostID string, limit, offset int) ([]party.Playlist, error)
	// SavePlaylist makes a private playlist with these songs, in this order.
	SavePlaylist(ctx context.Context, hostID, name, description string, uris []string) (party.Playlist, error)
}
