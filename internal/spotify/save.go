package spotify

import (
	"context"
	"slices"
	"strings"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// songsAtOnce is how many songs one request may add to a playlist ("Web API reference, Add Items to Playlist").
const songsAtOnce = 100

// SavePlaylist implements jukebox.Library. If songs cannot be added, the playlist is taken out of the library again, as far as
// Spotify lets it be.
func (c *Client) SavePlaylist(ctx context.Context, hostID, name, description string, uris []string) (party.Playlist, error) {
	playlistURI, failed := c.createPlaylist(ctx, hostID, name, description)
	if failed != nil {
		return party.Playlist{}, failed.unsaved()
	}
	for part := range slices.Chunk(uris, songsAtOnce) {
		if failed := c.append(ctx, hostID, playlistURI, part, search); failed != nil {
			_ = c.ForgetPlaylist(context.WithoutCancel(ctx), hostID, playlistURI) // the first failure is the one that tells
			return party.Playlist{}, failed.unsaved()
		}
	}
	return party.Playlist{
		URI: playlistURI, Name: name, SongCount: len(uris),
		SpotifyURL: "https://open.spotify.com/playlist/" + strings.TrimPrefix(playlistURI, "spotify:playlist:"),
	}, nil
}

// unsaved is why a playlist was not saved, for the host.
func (f *failure) unsaved() error {
	switch {
	case f.why == party.ReasonScope:
		return &party.Error{Code: party.Forbidden, Message: "Spotify was not allowed to make playlists: connect it again, and allow it", Err: f}
	case f.kind == playback.Unavailable:
		return &party.Error{Code: party.Forbidden, Message: "Spotify does not let this server's app make playlists", Err: f}
	}
	return f.unavailable()
}
