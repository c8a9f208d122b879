package jukebox

import (
	"context"
	"time"

	"antwon.dj/backend/internal/party"
)

// fetch returns Spotify's description of a song. It asks Spotify before any transaction begins.
func (j *Jukebox) fetchSong(ctx context.Context, hostID, uri string) (party.Song, error) {
	key := fetchedKey(hostID, uri)
	if known, ok := j.fetched.Get(key); ok && time.Since(known.at) < songFreshness {
		return known.song, nil
	}
	s, err := j.cfg.Catalog.Song(ctx, hostID, uri)
	if party.CodeOf(err) == party.UpstreamUnavailable {
		if known, found, loadErr := j.storedSong(ctx, uri); found || loadErr != nil {
			return known, loadErr
		}
	}
	if err != nil {
		return party.Song{}, err
	}
	j.cacheSong(hostID, s)
	return s, nil
}

// fetchedKey keeps hosts apart: what is playable differs from country to country.
func fetchedKey(hostID, uri string) string { return hostID + " " + uri }

// fetchedSong is Spotify's description of a song, when it came.
type fetchedSong struct {
	song party.Song
	at   time.Time
}

// remember keeps what Spotify told of a song, for when it is added.
func (j *Jukebox) cacheSong(hostID string, s party.Song) {
	j.fetched.Add(fetchedKey(hostID, s.URI), fetchedSong{s, time.Now()})
}
