package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const maxPlaylists = 50 // Spotify's own, for one page

// Devices returns what the host of a room could play on now. For hosts.
func (j *Jukebox) Devices(ctx context.Context, r *party.Room) ([]party.Device, error) {
	if _, err := j.authorize(ctx, r.ID, party.ActListDevices); err != nil {
		return nil, err
	}
	if j.cfg.Library == nil {
		return []party.Device{}, nil
	}
	devices, err := j.cfg.Library.HostDevices(ctx, r.HostID)
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	return devices, nil
}

// Playlists returns playlists of the viewer's Spotify account: up to limit (1–50) from offset on; none without an account.
func (j *Jukebox) Playlists(ctx context.Context, p *account.Profile, limit, offset int) ([]party.Playlist, error) {
	switch {
	case limit < 1 || limit > maxPlaylists:
		return nil, party.BadInput("limit", "must be 1 to %d", maxPlaylists)
	case offset < 0:
		return nil, party.BadInput("offset", "must not be negative")
	case !p.Spotify.Connected || j.cfg.Library == nil:
		return []party.Playlist{}, nil
	}
	playlists, err := j.cfg.Library.Playlists(ctx, p.User.ID, limit, offset)
	if err != nil {
		return nil, fmt.Errorf("list playlists: %w", err)
	}
	return playlists, nil
}
