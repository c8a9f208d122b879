package spotify

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// What can be played differs from host to host, and so does everything below that is remembered.
type (
	searchKey struct {
		hostID, query string
		limit, offset int
	}
	trackKey struct{ hostID, uri string }

	// found is a page of search results.
	found struct {
		songs   []party.Song
		hasMore bool
	}
)

// Search implements jukebox.Catalog. The same page is asked for once in half a minute, however many guests type the same;
// nobody may change what it returns. BadUserInput if Spotify does not understand the query.
func (c *Client) Search(ctx context.Context, hostID, query string, limit, offset int) (songs []party.Song, hasMore bool, err error) {
	page, failed := c.find(ctx, searchKey{hostID, normalized(query), limit, offset}, search)
	if failed != nil {
		return nil, false, searchError(failed)
	}
	return page.songs, page.hasMore, nil
}

// normalized is a query without what makes no difference to Spotify.
func normalized(query string) string {
	return strings.ToLower(strings.Join(strings.Fields(query), " "))
}

func (c *Client) find(ctx context.Context, key searchKey, p priority) (found, *failure) {
	return c.searches.ask(ctx, key, func(ctx context.Context) (page found, failed *failure) {
		failed = c.call(key.hostID, "search", p, func(api *zmb3.Client) error {
			result, err := api.Search(ctx, key.query, zmb3.SearchTypeTrack, zmb3.Limit(key.limit), zmb3.Offset(key.offset))
			if err == nil && result.Tracks != nil {
				page = found{songsOf(result.Tracks.Tracks, itself), result.Tracks.Next != ""}
			}
			return err
		})
		for _, song := range page.songs { // one of them is asked for next, if the guest adds it
			c.tracks.add(trackKey{key.hostID, song.URI}, song)
		}
		return page, failed
	})
}

func searchError(f *failure) error {
	if f.kind == playback.Gone && f.status == http.StatusBadRequest {
		return &party.Error{Code: party.BadUserInput, Field: "query", Message: "Spotify does not understand this", Err: f}
	}
	return f.unavailable()
}

// Song implements jukebox.Catalog. It may be ten minutes old.
func (c *Client) Song(ctx context.Context, hostID, uri string) (party.Song, error) {
	song, failed := c.tracks.ask(ctx, trackKey{hostID, uri}, func(ctx context.Context) (song party.Song, failed *failure) {
		failed = c.call(hostID, "track", search, func(api *zmb3.Client) error {
			track, err := api.GetTrack(ctx, idOf(uri))
			if err == nil {
				song = songOf(track)
			}
			return err
		})
		return song, failed
	})
	if failed != nil {
		return party.Song{}, songError(failed)
	}
	return song, nil
}

// unknown says that Spotify has nothing of this id; 400: it is not even one.
func (f *failure) unknown() bool {
	return f.kind == playback.Gone && (f.status == http.StatusNotFound || f.status == http.StatusBadRequest)
}

func songError(f *failure) error {
	if f.unknown() {
		return &party.Error{Code: party.NotFound, Field: "songUri", Message: "Spotify has no such song", Err: f}
	}
	return f.unavailable()
}

// Artist implements jukebox.Catalog. The name may be ten minutes old.
func (c *Client) Artist(ctx context.Context, hostID, uri string) (string, error) {
	name, failed := c.artists.ask(ctx, trackKey{hostID, uri}, func(ctx context.Context) (name string, failed *failure) {
		failed = c.call(hostID, "artist", search, func(api *zmb3.Client) error {
			artist, err := api.GetArtist(ctx, idOf(uri))
			if err == nil {
				name = artist.Name
			}
			return err
		})
		return name, failed
	})
	if failed != nil && failed.unknown() {
		return "", &party.Error{Code: party.NotFound, Message: "Spotify has no such artist", Err: failed}
	}
	if failed != nil {
		return "", failed.unavailable()
	}
	return name, nil
}

// playlist is what a list of playlists tells of one. What it contains was called tracks before 2026.
type playlist struct {
	URI           string
	Name          string
	Images        []zmb3.Image
	ExternalURLs  map[string]string `json:"external_urls"`
	Items, Tracks struct{ Total zmb3.Numeric }
}

// Playlists implements jukebox.Catalog: those that the host made or follows, up to limit (1–50) from offset on.
func (c *Client) Playlists(ctx context.Context, hostID string, limit, offset int) ([]party.Playlist, error) {
	var page struct{ Items []*playlist }
	query := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
	failed := c.ask(ctx, hostID, "playlists", search, request{method: http.MethodGet, path: "me/playlists", query: query}, &page)
	if failed != nil {
		return nil, failed.unavailable()
	}
	playlists := make([]party.Playlist, 0, len(page.Items))
	for _, p := range page.Items {
		if p != nil { // as Spotify has it for one that it does not show
			playlists = append(playlists, party.Playlist{
				URI: p.URI, Name: p.Name, SongCount: int(cmp.Or(p.Items.Total, p.Tracks.Total)), ImageURL: cover(p.Images),
				SpotifyURL: p.ExternalURLs["spotify"],
			})
		}
	}
	return playlists, nil
}
