package spotify

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// pageSize is the most entries that Spotify shows at once.
const pageSize = 50

// entry is a song in a playlist or a library. In playlists it was called track before 2026, and both have been seen since.
type entry struct{ Item, Track *zmb3.FullTrack }

func (e *entry) song() *zmb3.FullTrack { return cmp.Or(e.Item, e.Track) }

// entries is a page of them.
type entries struct {
	Items []entry
	Total zmb3.Numeric
}

// CreatePlaylist implements playback.Player. The playlist is private.
func (c *Client) CreatePlaylist(ctx context.Context, hostID, name, description string) (string, error) {
	uri, failed := c.createPlaylist(ctx, hostID, name, description)
	return uri, failed.fault()
}

func (c *Client) createPlaylist(ctx context.Context, hostID, name, description string) (string, *failure) {
	body := map[string]any{"name": name, "description": description, "public": false} // without it Spotify makes it public
	var created struct{ URI string }
	create := func(path string) *failure {
		return c.ask(ctx, hostID, "create_playlist", control, request{method: http.MethodPost, path: path, body: body}, &created)
	}
	failed := c.capabilities.climb(hostID,
		rung{createForMe, func() *failure { return create("me/playlists") }},
		rung{createForUser, func() *failure {
			var me profile
			failed := c.ask(ctx, hostID, "profile", control, request{method: http.MethodGet, path: "me"}, &me)
			return cmp.Or(failed, create("users/"+url.PathEscape(me.ID)+"/playlists"))
		}})
	return created.URI, failed
}

// Append implements playback.Player.
func (c *Client) Append(ctx context.Context, hostID, playlistURI, uri string) error {
	return c.append(ctx, hostID, playlistURI, []string{uri}, control).fault()
}

func (c *Client) append(ctx context.Context, hostID, playlistURI string, uris []string, p priority) *failure {
	add := func(rest string) func() *failure {
		r := request{method: http.MethodPost, path: playlistPath(playlistURI, rest), body: map[string]any{"uris": uris}}
		return func() *failure { return c.ask(ctx, hostID, "append", p, r, nil) }
	}
	return c.capabilities.climb(hostID, rung{appendItem, add("/items")}, rung{appendTrack, add("/tracks")})
}

// PlaylistSongs implements playback.Player.
func (c *Client) PlaylistSongs(ctx context.Context, hostID, playlistURI string) ([]party.Song, error) {
	page, failed := c.page(ctx, hostID, playlistURI, 0, control, "")
	if rest := int(page.Total) - pageSize; failed == nil && rest > 0 {
		page, failed = c.page(ctx, hostID, playlistURI, rest, control, "")
	}
	return songsOf(page.Items, (*entry).song), failed.fault()
}

// page reads a playlist from offset on. What a refusal teaches is about the endpoint, or about what of names.
func (c *Client) page(ctx context.Context, hostID, playlistURI string, offset int, p priority, of string) (page entries, failed *failure) {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
	read := func(rest string) func() *failure {
		r := request{method: http.MethodGet, path: playlistPath(playlistURI, rest), query: query}
		return func() *failure { return c.ask(ctx, hostID, "playlist", p, r, &page) }
	}
	failed = c.capabilities.climb(hostID, rung{readItems + capability(of), read("/items")}, rung{readTracks + capability(of), read("/tracks")})
	return page, failed
}

// ForgetPlaylist implements playback.Player. The scopes that the first way needs are asked of no host, so it may be refused
// for that; then too the playlist stays.
func (c *Client) ForgetPlaylist(ctx context.Context, hostID, playlistURI string) error {
	leave := func(path string, query url.Values) func() *failure {
		r := request{method: http.MethodDelete, path: path, query: query}
		return func() *failure { return c.ask(ctx, hostID, "forget_playlist", control, r, nil) }
	}
	failed := c.capabilities.climb(hostID,
		rung{leaveLibrary, leave("me/library", url.Values{"uris": {playlistURI}})},
		rung{unfollow, leave(playlistPath(playlistURI, "/followers"), nil)})
	if failed != nil && failed.why == party.ReasonScope {
		failed = &failure{kind: playback.Unavailable, status: failed.status, message: failed.message}
	}
	return failed.fault()
}
