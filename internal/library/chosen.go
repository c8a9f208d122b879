package library

import (
	"context"
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	// chosenFreshness is how long the songs of a playlist are used before Spotify is asked again. Its client keeps a page
	// for a minute, so a change is seen within five.
	chosenFreshness = 4 * time.Minute
	// chosenRetry is the time after which a playlist that could not be read is read again.
	chosenRetry = 15 * time.Second
	// chosenKept is how long after the last successful read the songs of a playlist are used while it cannot be read
	// again.
	chosenKept = 24 * time.Hour
	// chosenCached is how many playlists are kept in memory.
	chosenCached = 100
)

type chosenKey struct{ hostID, uri string }

// chosenEntry is what is known of a playlist. It is immutable.
type chosenEntry struct {
	songs   *party.ChosenSongs // nil: it was never read
	readAt  time.Time          // when songs were read
	failure error              // why the last attempt to read it failed; nil: it succeeded
	triedAt time.Time          // when the last attempt was made
}

// Chosen returns the songs of a playlist that a host chose for guests. They are at most chosenFreshness old. While the
// playlist cannot be read again, it returns songs that are at most chosenKept old together with the failure. The error
// is NotFound if Spotify does not show the playlist to the host, and UpstreamUnavailable if Spotify does not answer.
func (l *Library) Chosen(ctx context.Context, hostID, uri string) (*party.ChosenSongs, error) {
	key := chosenKey{hostID, uri}
	known, _ := l.chosen.Get(key)
	if age := time.Since(known.triedAt); known.failure == nil && age < chosenFreshness || age < chosenRetry {
		return known.songs, known.failure
	}
	songs, err := l.readChosen(ctx, hostID, uri)
	if ctx.Err() != nil { // the caller has given up, which says nothing about the playlist
		return known.songs, ctx.Err()
	}
	next := chosenEntry{songs: songs, readAt: time.Now(), failure: err, triedAt: time.Now()}
	if err != nil && time.Since(known.readAt) < chosenKept {
		next.songs, next.readAt = known.songs, known.readAt
	}
	l.chosen.Add(key, next)
	return next.songs, next.failure
}

func (l *Library) readChosen(ctx context.Context, hostID, uri string) (*party.ChosenSongs, error) {
	if l.spotify == nil {
		return nil, party.Errorf(party.UpstreamUnavailable, "The server has no connection to Spotify.")
	}
	songs, err := l.spotify.WholePlaylist(ctx, hostID, uri)
	if err != nil {
		return nil, err
	}
	return party.NewChosenSongs(uri, songs), nil
}
