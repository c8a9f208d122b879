package catalog

import (
	"context"

	"antwon.dj/backend/internal/party"
)

// Found is one page of search results.
type Found struct {
	Songs    []party.Song
	HasMore  bool
	Degraded bool // found among the room's songs, because Spotify is unavailable
}

// Search asks Spotify on behalf of a room's host and caches the songs it finds. While Spotify is unavailable it
// searches the room's songs.
func (c *Catalog) Search(
	ctx context.Context, hostID, roomID, query string, limit, offset int,
) (found Found, err error) {
	found.Songs, found.HasMore, err = c.spotify.Search(ctx, hostID, query, limit, offset)
	if party.CodeOf(err) == party.UpstreamUnavailable {
		found.Degraded = true
		found.Songs, found.HasMore, err = c.searchRoomSongs(ctx, roomID, query, limit, offset)
		return found, err
	}
	for _, s := range found.Songs {
		c.keep(hostID, s)
	}
	return found, err
}
