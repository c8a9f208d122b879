package jukebox

import (
	"context"

	"antwon.dj/backend/internal/party"
)

// Catalog is Spotify's catalogue, asked on behalf of a host. Its errors are of type [party.Error]: NotFound for a URI
// that Spotify does not have, and UpstreamUnavailable (with RetryAfter) while Spotify does not answer.
type Catalog interface {
	// Search returns up to limit (1 to 10) songs, beginning at offset (0 to 990), and whether there are more.
	Search(ctx context.Context, hostID, query string, limit, offset int) (songs []party.Song, hasMore bool, err error)
	// Song returns one song by its URI (spotify:track:…).
	Song(ctx context.Context, hostID, uri string) (party.Song, error)
	// Artist returns the name of an artist by its URI (spotify:artist:…).
	Artist(ctx context.Context, hostID, uri string) (name string, err error)
}

// Library is a host's own account at Spotify: devices and playlists. Its errors are like those of Catalog.
type Library interface {
	// HostDevices returns the devices on which the host can play.
	HostDevices(ctx context.Context, hostID string) ([]party.Device, error)
	// Playlists returns up to limit (1 to 50) of the host's playlists, beginning at offset, and whether there are more.
	Playlists(ctx context.Context, hostID string, limit, offset int) (found []party.Playlist, more bool, err error)
	// SavePlaylist creates a private playlist of these songs, in this order.
	SavePlaylist(ctx context.Context, hostID, name, description string, uris []string) (party.Playlist, error)
}
