package jukebox

import (
	"context"

	"antwon.dj/backend/internal/party"
)

// Library is a host's own account at Spotify: devices and playlists. Its errors are like those of [catalog.Spotify].
type Library interface {
	// HostDevices returns the devices on which the host can play.
	HostDevices(ctx context.Context, hostID string) ([]party.Device, error)
	// Playlists returns up to limit (1 to 50) of the host's playlists, beginning at offset, and whether there are more.
	Playlists(ctx context.Context, hostID string, limit, offset int) (found []party.Playlist, more bool, err error)
	// SavePlaylist creates a private playlist of these songs, in this order.
	SavePlaylist(ctx context.Context, hostID, name, description string, uris []string) (party.Playlist, error)
}
