// Package catalog answers questions about songs and artists: from Spotify, from a cache of what Spotify answered, and
// from the database while Spotify is unavailable.
//
//	catalog.go   Catalog: single songs and their cache
//	search.go    searches
//	stored.go    what is in the database
//	blocked.go   the names of what a room blocks
package catalog

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

// Spotify is Spotify's catalogue, asked on behalf of a host. Its errors are of type [party.Error]: NotFound for a URI
// that Spotify does not have, and UpstreamUnavailable (with RetryAfter) while Spotify does not answer.
type Spotify interface {
	// Search returns up to limit (1 to 10) songs, beginning at offset (0 to 990), and whether there are more.
	Search(ctx context.Context, hostID, query string, limit, offset int) (songs []party.Song, hasMore bool, err error)
	// Song returns one song by its URI (spotify:track:…).
	Song(ctx context.Context, hostID, uri string) (party.Song, error)
	// Artist returns the name of an artist by its URI (spotify:artist:…).
	Artist(ctx context.Context, hostID, uri string) (name string, err error)
}

// Catalog knows songs and artists. It is safe for concurrent use. Its methods must not be called in a
// transaction, because they may wait for Spotify.
type Catalog struct {
	spotify Spotify
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

// New returns a Catalog with an empty cache.
func New(spotify Spotify, db *database.DB, loader *roomstate.Loader) *Catalog {
	fetched, _ := lru.New[fetchedKey, fetchedSong](fetchedCached) // fails only for a size of 0
	return &Catalog{spotify: spotify, db: db, loader: loader, fetched: fetched}
}

// Song returns Spotify's description of a song, which may be as old as songFreshness. While Spotify is unavailable, or
// too many requests are made for this host, it returns the stored description, however old. The error is NotFound if
// Spotify has no such song.
func (c *Catalog) Song(ctx context.Context, hostID, uri string) (party.Song, error) {
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
	c.keep(hostID, s)
	return s, nil
}

// keep caches a description from Spotify, so that adding a song that was just found needs no further request.
func (c *Catalog) keep(hostID string, s party.Song) {
	c.fetched.Add(fetchedKey{hostID, s.URI}, fetchedSong{s, time.Now()})
}

// Forget empties the cache.
func (c *Catalog) Forget() { c.fetched.Purge() }
