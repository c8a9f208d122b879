// Package library reads the devices and playlists of a host's own Spotify account. Package catalog reads Spotify's
// catalogue.
package library

import (
	"context"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const maxPlaylists = 50 // Spotify's limit for one page

// Spotify is what a Library asks of a host's account. Its errors are of type [party.Error], like those of the
// catalogue.
type Spotify interface {
	// HostDevices returns the devices on which the host can play.
	HostDevices(ctx context.Context, hostID string) ([]party.Device, error)
	// Playlists returns up to limit (1 to 50) of the host's playlists, beginning at offset, and whether there are more.
	Playlists(ctx context.Context, hostID string, limit, offset int) (found []party.Playlist, more bool, err error)
	// WholePlaylist returns the songs of a playlist, at most the first 1,000 entries. NotFound if Spotify does not show it
	// to the host.
	WholePlaylist(ctx context.Context, hostID, uri string) ([]party.Song, error)
	// SavePlaylist creates a private playlist of these songs, in this order.
	SavePlaylist(ctx context.Context, hostID, name, description string, uris []string) (party.Playlist, error)
}

// Authorize returns the id of the viewer if they may do something in a room, and otherwise an error of type
// [party.Error].
type Authorize func(ctx context.Context, roomID string, action party.Action) (viewerID string, err error)

// Library reads hosts' accounts. It is safe for concurrent use.
type Library struct {
	spotify   Spotify // nil: hosts have no devices and no playlists
	authorize Authorize
	chosen    *lru.Cache[chosenKey, chosenEntry]
}

// New returns a Library. Without spotify, which may be nil, hosts have no devices and no playlists.
func New(spotify Spotify, authorize Authorize) *Library {
	chosen, _ := lru.New[chosenKey, chosenEntry](chosenCached) // fails only for a size of 0
	return &Library{spotify: spotify, authorize: authorize, chosen: chosen}
}

// Devices returns the devices on which the host of a room could play now. For hosts.
func (l *Library) Devices(ctx context.Context, r *party.Room) ([]party.Device, error) {
	if _, err := l.authorize(ctx, r.ID, party.ActListDevices); err != nil {
		return nil, err
	}
	if l.spotify == nil {
		return []party.Device{}, nil
	}
	devices, err := l.spotify.HostDevices(ctx, r.HostID)
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	return devices, nil
}

// Playlists returns up to limit (1 to 50) playlists of a user's Spotify account, from offset on, and whether there are
// more. Without a connected account it returns none.
func (l *Library) Playlists(
	ctx context.Context, p *account.Profile, limit, offset int,
) (playlists []party.Playlist, more bool, err error) {
	switch {
	case limit < 1 || limit > maxPlaylists:
		return nil, false, party.BadInput("first", "must be 1 to %d", maxPlaylists)
	case offset < 0:
		return nil, false, party.BadInput("after", "must not be negative")
	case !p.Spotify.Connected || l.spotify == nil:
		return nil, false, nil
	}
	playlists, more, err = l.spotify.Playlists(ctx, p.User.ID, limit, offset)
	if err != nil {
		return nil, false, fmt.Errorf("list playlists: %w", err)
	}
	return playlists, more, nil
}
