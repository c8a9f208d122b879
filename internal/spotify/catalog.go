package spotify

import (
	"context"
	"net/http"
	"strings"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/playback"
)

const trackURI = "spotify:track:"

// Search implements jukebox.Catalog. The same page is asked for once in half a minute, however many guests type the same;
// nobody may change what it returns. BadUserInput if Spotify does not understand the query.
func (c *Client) Search(ctx context.Context, hostID, query string, limit, offset int) (songs []jukebox.Song, hasMore bool, err error) {
	key := searchKey{hostID, normalized(query), limit, offset}
	if known, ok := c.searches.get(key, time.Now()); ok {
		return known.songs, known.hasMore, nil
	}
	var found page
	failed := c.look(hostID, "search", func(api *zmb3.Client) error {
		result, err := api.Search(ctx, query, zmb3.SearchTypeTrack, zmb3.Limit(limit), zmb3.Offset(offset))
		if err == nil && result.Tracks != nil {
			found = pageOf(result.Tracks)
		}
		return err
	})
	if failed != nil {
		return nil, false, searchError(failed)
	}
	c.searches.add(key, found, time.Now())
	return found.songs, found.hasMore, nil
}

// look is call for the catalogue. It asks nothing while Spotify wants fewer requests.
func (c *Client) look(hostID, name string, ask func(*zmb3.Client) error) *failure {
	if left := c.pause.left(time.Now()); left > 0 {
		return &failure{kind: playback.CoolingDown, message: "not asked after too many requests", retryAfter: left}
	}
	return c.call(hostID, name, ask)
}

func searchError(f *failure) error {
	if f.kind == playback.Gone && f.status == http.StatusBadRequest {
		return &jukebox.Error{Code: jukebox.BadUserInput, Field: "query", Message: "Spotify does not understand this", Err: f}
	}
	return f.unavailable()
}

// Song implements jukebox.Catalog.
func (c *Client) Song(ctx context.Context, hostID, uri string) (song jukebox.Song, err error) {
	failed := c.look(hostID, "track", func(api *zmb3.Client) error {
		track, err := api.GetTrack(ctx, idOf(uri))
		if err == nil {
			song = songOf(track)
		}
		return err
	})
	if failed != nil {
		return jukebox.Song{}, songError(failed)
	}
	return song, nil
}

func songError(f *failure) error {
	if f.kind == playback.Gone && (f.status == http.StatusNotFound || f.status == http.StatusBadRequest) { // 400: not even an id
		return &jukebox.Error{Code: jukebox.NotFound, Field: "songUri", Message: "Spotify has no such song", Err: f}
	}
	return f.unavailable()
}

func pageOf(tracks *zmb3.FullTrackPage) page {
	p := page{hasMore: tracks.Next != ""}
	for i := range tracks.Tracks {
		if isSong(&tracks.Tracks[i]) {
			p.songs = append(p.songs, songOf(&tracks.Tracks[i]))
		}
	}
	return p
}

func idOf(uri string) zmb3.ID { return zmb3.ID(strings.TrimPrefix(uri, trackURI)) }

// isSong tells songs from what else may be in their place: episodes, files of the host's own, nothing.
func isSong(t *zmb3.FullTrack) bool { return t != nil && strings.HasPrefix(string(t.URI), trackURI) }

// songOf reads a track. Where Spotify does not say whether it can be played, it probably can.
func songOf(t *zmb3.FullTrack) jukebox.Song {
	s := jukebox.Song{
		URI: string(t.URI), Name: t.Name, AlbumName: t.Album.Name, DurationMS: int(t.Duration), Explicit: t.Explicit,
		SpotifyURL: t.ExternalURLs["spotify"], ISRC: t.ExternalIDs["isrc"], Playable: t.IsPlayable == nil || *t.IsPlayable,
	}
	for _, artist := range t.Artists {
		s.Artists = append(s.Artists, artist.Name)
	}
	if len(t.Album.Images) > 0 {
		s.ImageURL = &t.Album.Images[0].URL // the largest comes first
	}
	return s
}
