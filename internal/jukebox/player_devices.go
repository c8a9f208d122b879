package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const maxPlaylists = 50 // Spotify's limit for one page

// Devices returns the devices on which the host of a room could play now. For hosts.
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

// Playlists returns playlists of the Spotify account of a profile: up to limit (1–50) from offset on, and
// whether there are more. Without an account there are none.
func (j *Jukebox) Playlists(
	ctx context.Context, p *account.Profile, limit, offset int,
) (playlists []party.Playlist, more bool, err error) {
	switch {
	case limit < 1 || limit > maxPlaylists:
		return nil, false, party.BadInput("first", "must be 1 to %d", maxPlaylists)
	case offset < 0:
		return nil, false, party.BadInput("after", "must not be negative")
	case !p.Spotify.Connected || j.cfg.Library == nil:
		return nil, false, nil
	}
	playlists, more, err = j.cfg.Library.Playlists(ctx, p.User.ID, limit, offset)
	if err != nil {
		return nil, false, fmt.Errorf("list playlists: %w", err)
	}
	return playlists, more, nil
}
