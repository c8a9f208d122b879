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

// The catalogue's content depends on the host's account, so every cache key contains the host's id.
type (
	searchKey struct {
		hostID, query string
		limit, offset int
	}
	trackKey struct{ hostID, uri string }

	// searchResults is a page of search results.
	searchResults struct {
		songs   []party.Song
		hasMore bool
	}
)

// Search implements catalog.Spotify. It caches each page for 30 seconds, so callers must not modify the songs. The
// error has the code BadUserInput if Spotify does not understand the query.
func (c *Client) Search(
	ctx context.Context, hostID, query string, limit, offset int,
) (songs []party.Song, hasMore bool, err error) {
	page, failed := c.cachedSearch(ctx, searchKey{hostID, normalizeQuery(query), limit, offset}, search)
	if failed != nil {
		return nil, false, searchError(failed)
	}
	return page.songs, page.hasMore, nil
}

// normalizeQuery removes differences that do not matter to Spotify, so that equal searches share a cache entry.
func normalizeQuery(query string) string {
	return strings.ToLower(strings.Join(strings.Fields(query), " "))
}

// cachedSearch returns a page of search results, and caches each song in it for Song.
func (c *Client) cachedSearch(ctx context.Context, key searchKey, p priority) (searchResults, *failure) {
	return c.searches.getOrFetch(ctx, key, func(ctx context.Context) (page searchResults, failed *failure) {
		failed = c.libraryCall(key.hostID, "search", p, func(api *zmb3.Client) error {
			result, err := api.Search(ctx, key.query, zmb3.SearchTypeTrack, zmb3.Limit(key.limit), zmb3.Offset(key.offset))
			if err == nil && result.Tracks != nil {
				page = searchResults{toSongs(result.Tracks.Tracks, trackItself), result.Tracks.Next != ""}
			}
			return err
		})
		for _, song := range page.songs { // the guest may add one of them next
			c.tracks.add(trackKey{key.hostID, song.URI}, song)
		}
		return page, failed
	})
}

func searchError(f *failure) error {
	if f.kind == playback.Gone && f.status == http.StatusBadRequest {
		const message = "Spotify does not understand this search."
		return &party.Error{Code: party.BadUserInput, Field: "query", Message: message, Err: f}
	}
	return f.catalogError()
}

// Song implements catalog.Spotify. The song may be up to ten minutes old.
func (c *Client) Song(ctx context.Context, hostID, uri string) (party.Song, error) {
	key := trackKey{hostID, uri}
	song, failed := c.tracks.getOrFetch(ctx, key, func(ctx context.Context) (song party.Song, failed *failure) {
		failed = c.libraryCall(hostID, "track", search, func(api *zmb3.Client) error {
			track, err := api.GetTrack(ctx, idOf(uri))
			if err == nil && !isSong(track) {
				return &failure{kind: playback.Gone, status: http.StatusNotFound, message: "the track is no song"}
			}
			if err == nil {
				song = toSong(track)
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

// isUnknownID reports whether Spotify has nothing with the requested id. Spotify answers 400 when the id is malformed.
func (f *failure) isUnknownID() bool {
	return f.kind == playback.Gone && (f.status == http.StatusNotFound || f.status == http.StatusBadRequest)
}

func songError(f *failure) error {
	if f.isUnknownID() {
		return &party.Error{Code: party.NotFound, Field: "songUri", Message: "Spotify has no such song.", Err: f}
	}
	return f.catalogError()
}

// Artist implements catalog.Spotify. The name may be up to ten minutes old.
func (c *Client) Artist(ctx context.Context, hostID, uri string) (string, error) {
	key := trackKey{hostID, uri}
	name, failed := c.artists.getOrFetch(ctx, key, func(ctx context.Context) (name string, failed *failure) {
		failed = c.libraryCall(hostID, "artist", search, func(api *zmb3.Client) error {
			artist, err := api.GetArtist(ctx, idOf(uri))
			if err == nil {
				name = artist.Name
			}
			return err
		})
		return name, failed
	})
	if failed != nil && failed.isUnknownID() {
		return "", &party.Error{Code: party.NotFound, Message: "Spotify has no such artist.", Err: failed}
	}
	if failed != nil {
		return "", failed.catalogError()
	}
	return name, nil
}

// playlist is an entry in a list of playlists. Its number of songs was in the field tracks before 2026, and is in items
// since.
type playlist struct {
	URI           string
	Name          string
	Images        []zmb3.Image
	ExternalURLs  map[string]string `json:"external_urls"`
	Items, Tracks struct{ Total zmb3.Numeric }
}

// Playlists implements catalog.Spotify. It returns up to limit (1 to 50) of the playlists that the host created or
// follows, starting at offset, and whether there are more.
func (c *Client) Playlists(
	ctx context.Context, hostID string, limit, offset int,
) (found []party.Playlist, more bool, err error) {
	var page struct {
		Items []*playlist
		Next  string
	}
	query := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
	failed := c.jsonCall(ctx, hostID, "playlists", search, get("me/playlists", query), &page)
	if failed != nil {
		return nil, false, failed.catalogError()
	}
	playlists := make([]party.Playlist, 0, len(page.Items))
	for _, p := range page.Items {
		if p != nil { // Spotify sends null for a playlist that it does not show
			playlists = append(playlists, party.Playlist{
				URI: p.URI, Name: p.Name, SongCount: int(cmp.Or(p.Items.Total, p.Tracks.Total)),
				ImageURL: coverURL(p.Images), SpotifyURL: p.ExternalURLs["spotify"],
			}.Bounded())
		}
	}
	return playlists, page.Next != "", nil
}
