package spotify

import (
	"context"
	"slices"
	"strings"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// maxSongsPerRequest is how many songs one request may add to a playlist (Web API reference, "Add Items to Playlist").
const maxSongsPerRequest = 100

// SavePlaylist implements jukebox.Library. If songs cannot be added, it removes the playlist from the host's library
// again, unless Spotify refuses that too.
func (c *Client) SavePlaylist(
	ctx context.Context, hostID, name, description string, uris []string,
) (party.Playlist, error) {
	playlistURI, failed := c.createPlaylist(ctx, hostID, name, description)
	if failed != nil {
		return party.Playlist{}, failed.saveError()
	}
	for part := range slices.Chunk(uris, maxSongsPerRequest) {
		if failed := c.append(ctx, hostID, playlistURI, part, search); failed != nil {
			_ = c.ForgetPlaylist(context.WithoutCancel(ctx), hostID, playlistURI) // the caller gets the first failure
			return party.Playlist{}, failed.saveError()
		}
	}
	return party.Playlist{
		URI: playlistURI, Name: name, SongCount: len(uris),
		SpotifyURL: "https://open.spotify.com/playlist/" + strings.TrimPrefix(playlistURI, "spotify:playlist:"),
	}, nil
}

// saveError returns the failure to save a playlist as an error for the host.
func (f *failure) saveError() error {
	switch {
	case f.healthReason == party.ReasonScope:
		const message = "This server is not allowed to create playlists. Connect Spotify again and allow it."
		return &party.Error{Code: party.Forbidden, Message: message, Err: f}
	case f.kind == playback.Unavailable:
		const message = "Spotify does not let this server's app create playlists."
		return &party.Error{Code: party.Forbidden, Message: message, Err: f}
	}
	return f.catalogError()
}
