package jukebox

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

const (
	// songFreshness is how long a description of a song from Spotify is used before Spotify is asked again.
	songFreshness = time.Hour
	// fetchedCached is how many descriptions are kept in memory.
	fetchedCached = 5_000
)

// songCatalog answers questions about songs and artists: from Spotify, from a cache of what Spotify answered, and from
// the database while Spotify is unavailable. It is safe for concurrent use. Its methods must not be called in a
// transaction, because they may wait for Spotify.
type songCatalog struct {
	spotify Catalog
	db      *database.DB
	loader  *roomstate.Loader // reads stored songs
	fetched *lru.Cache[fetchedKey, fetchedSong]
}

// fetchedKey keeps hosts apart, because the same song may be playable in one host's country and not in another's.
type fetchedKey struct{ hostID, uri string }

type fetchedSong struct {
	song party.Song
	at   time.Time // when Spotify described it
}

func newSongCatalog(spotify Catalog, db *database.DB, loader *roomstate.Loader) *songCatalog {
	fetched, _ := lru.New[fetchedKey, fetchedSong](fetchedCached) // fails only for a size of 0
	return &songCatalog{spotify: spotify, db: db, loader: loader, fetched: fetched}
}

// fetchSong returns Spotify's description of a song, which may be as old as songFreshness. While Spotify is unavailable
// it returns the stored description, however old, and also while too much is asked for this host. NotFound if Spotify has no such song.
func (c *songCatalog) fetchSong(ctx context.Context, hostID, uri string) (party.Song, error) {
	if known, ok := c.fetched.Get(fetchedKey{hostID, uri}); ok && time.Since(known.at) < songFreshness {
		return known.song, nil
	}
	s, err := c.spotify.Song(ctx, hostID, uri)
	if code := party.CodeOf(err); code == party.UpstreamUnavailable || code == party.RateLimited {
		stored, found, loadErr := c.storedSong(ctx, uri)
		if found || loadErr != nil {
			return stored, loadErr
		}
	}
	if err != nil {
		return party.Song{}, err
	}
	c.cacheSong(hostID, s)
	return s, nil
}

// cacheSong keeps a description from Spotify, so that adding a song that was just found needs no further request.
func (c *songCatalog) cacheSong(hostID string, s party.Song) {
	c.fetched.Add(fetchedKey{hostID, s.URI}, fetchedSong{s, time.Now()})
}
