package spotify

import (
	"context"
	"fmt"
	"strings"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/jukebox"
)

// searched is a page of search results, and when it came.
type searched struct {
	songs []jukebox.Song
	more  bool
	at    time.Time
}

// Search implements jukebox.Catalog. The same page is asked for once in half a minute, however many guests type the same.
func (c *Client) Search(ctx context.Context, hostID, query string, limit, offset int) (songs []jukebox.Song, hasMore bool, err error) {
	query = strings.Join(strings.Fields(strings.ToLower(query)), " ")
	key := fmt.Sprintf("%s %d %d %s", hostID, limit, offset, query)
	if known, ok := c.searches.Get(key); ok && time.Since(known.at) < searchFresh {
		return known.songs, known.more, nil
	}
	var page *zmb3.FullTrackPage
	failed := c.call(ctx, hostID, "search", func(ctx context.Context, api *zmb3.Client) error {
		result, err := api.Search(ctx, query, zmb3.SearchTypeTrack, zmb3.Limit(limit), zmb3.Offset(offset))
		if err == nil {
			page = result.Tracks
		}
		return err
	})
	if failed != nil {
		return nil, false, catalogError(failed)
	}
	for i := range page.Tracks {
		songs = append(songs, songOf(&page.Tracks[i]))
	}
	hasMore = offset+len(page.Tracks) < int(page.Total)
	c.searches.Add(key, searched{songs, hasMore, time.Now()})
	return songs, hasMore, nil
}

// Song implements jukebox.Catalog.
func (c *Client) Song(ctx context.Context, hostID, uri string) (song jukebox.Song, err error) {
	failed := c.call(ctx, hostID, "track", func(ctx context.Context, api *zmb3.Client) error {
		track, err := api.GetTrack(ctx, zmb3.ID(strings.TrimPrefix(uri, "spotify:track:")))
		if err == nil {
			song = songOf(track)
		}
		return err
	})
	return song, catalogError(failed)
}

// songOf reads a track. Spotify says whether it can be played only where it knows the listener's country.
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
