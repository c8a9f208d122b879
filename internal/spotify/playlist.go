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

// pageSize is the largest page of playlist entries that Spotify returns.
const pageSize = 50

// playlistItem is an entry of a playlist or of a library. Its song was in the field track before 2026; since then both
// names have been seen.
type playlistItem struct{ Item, Track *zmb3.FullTrack }

func (e *playlistItem) track() *zmb3.FullTrack { return cmp.Or(e.Item, e.Track) }

// itemPage is a page of entries.
type itemPage struct {
	Items []playlistItem
	Total zmb3.Numeric
}

// CreatePlaylist implements playback.Player. The playlist is private.
func (c *Client) CreatePlaylist(ctx context.Context, hostID, name, description string) (string, error) {
	uri, failed := c.createPlaylist(ctx, hostID, name, description)
	return uri, failed.fault()
}

func (c *Client) createPlaylist(ctx context.Context, hostID, name, description string) (string, *failure) {
	body := map[string]any{"name": name, "description": description, "public": false} // the default is public
	var created struct{ URI string }
	create := func(path string) *failure {
		r := request{method: http.MethodPost, path: path, body: body}
		return c.jsonCall(ctx, hostID, "create_playlist", control, r, &created)
	}
	failed := c.capabilities.tryInOrder(hostID,
		alternative{createForMe, func() *failure { return create("me/playlists") }},
		alternative{createForUser, func() *failure {
			var me profile
			failed := c.jsonCall(ctx, hostID, "profile", control, get("me", nil), &me)
			if failed != nil {
				return failed
			}
			return create("users/" + url.PathEscape(me.ID) + "/playlists")
		}})
	if failed == nil && (created.URI == "" || len(created.URI) > party.MaxURI) {
		failed = &failure{kind: playback.Unreachable, message: "the playlist has no usable URI"}
	}
	return created.URI, failed
}

// Append implements playback.Player.
func (c *Client) Append(ctx context.Context, hostID, playlistURI, uri string) error {
	return c.append(ctx, hostID, playlistURI, []string{uri}, control).fault()
}

func (c *Client) append(ctx context.Context, hostID, playlistURI string, uris []string, p priority) *failure {
	add := func(rest string) func() *failure {
		r := request{method: http.MethodPost, path: playlistPath(playlistURI, rest), body: map[string]any{"uris": uris}}
		return func() *failure { return c.jsonCall(ctx, hostID, "append", p, r, nil) }
	}
	return c.capabilities.tryInOrder(hostID,
		alternative{appendItem, add("/items")},
		alternative{appendTrack, add("/tracks")})
}

// PlaylistSongs implements playback.Player. It returns the songs among the last pageSize entries.
func (c *Client) PlaylistSongs(ctx context.Context, hostID, playlistURI string) ([]party.Song, error) {
	page, failed := c.readPage(ctx, hostID, playlistURI, 0, control, "")
	if rest := int(page.Total) - pageSize; failed == nil && rest > 0 {
		page, failed = c.readPage(ctx, hostID, playlistURI, rest, control, "")
	}
	return toSongs(page.Items, (*playlistItem).track), failed.fault()
}

// wholePages is how many pages WholePlaylist reads at most.
const wholePages = 20

type pageKey struct {
	hostID, playlistURI string
	offset              int
}

// songPage is a page of a playlist. total is how many entries the playlist has.
type songPage struct {
	songs []party.Song
	total int
}

// WholePlaylist implements library.Spotify. It reads page by page, and keeps each page for a minute, so that many
// guests who ask at the same time, or a caller who tries again, do not read them again.
func (c *Client) WholePlaylist(ctx context.Context, hostID, playlistURI string) (songs []party.Song, err error) {
	for n := range wholePages {
		key := pageKey{hostID, playlistURI, n * pageSize}
		page, failed := c.pages.getOrFetch(ctx, key, func(ctx context.Context) (songPage, *failure) {
			page, failed := c.readPage(ctx, hostID, playlistURI, key.offset, search, playlistURI)
			return songPage{toSongs(page.Items, (*playlistItem).track), int(page.Total)}, failed
		})
		if failed != nil {
			return nil, playlistError(failed)
		}
		if songs = append(songs, page.songs...); key.offset+pageSize >= page.total {
			break
		}
	}
	return songs, nil
}

func playlistError(f *failure) error {
	if f.kind == playback.Gone || f.kind == playback.Unavailable {
		const message = "Spotify does not show this playlist to the host."
		return &party.Error{Code: party.NotFound, Message: message, Err: f}
	}
	return f.catalogError()
}

// readPage reads a page of a playlist, starting at offset. That the endpoint is missing is remembered for the subject:
// for all playlists if it is empty, or for one playlist alone if it is that playlist's URI.
func (c *Client) readPage(
	ctx context.Context, hostID, playlistURI string, offset int, p priority, subject string,
) (page itemPage, failed *failure) {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
	read := func(rest string) func() *failure {
		r := get(playlistPath(playlistURI, rest), query)
		return func() *failure { return c.jsonCall(ctx, hostID, "playlist", p, r, &page) }
	}
	failed = c.capabilities.tryInOrder(hostID,
		alternative{readItems + capability(subject), read("/items")},
		alternative{readTracks + capability(subject), read("/tracks")})
	return page, failed
}

// ForgetPlaylist implements playback.Player. The server asks no host for the scope that the first alternative needs, so
// Spotify may refuse the request for lack of it. The playlist then stays in the library, and the fault is Unavailable.
func (c *Client) ForgetPlaylist(ctx context.Context, hostID, playlistURI string) error {
	remove := func(path string, query url.Values) func() *failure {
		r := request{method: http.MethodDelete, path: path, query: query}
		return func() *failure { return c.jsonCall(ctx, hostID, "forget_playlist", control, r, nil) }
	}
	failed := c.capabilities.tryInOrder(hostID,
		alternative{removeFromLibrary, remove("me/library", url.Values{"uris": {playlistURI}})},
		alternative{unfollow, remove(playlistPath(playlistURI, "/followers"), nil)})
	if failed != nil && failed.healthReason == party.ReasonScope {
		failed = &failure{kind: playback.Unavailable, status: failed.status, message: failed.message}
	}
	return failed.fault()
}
