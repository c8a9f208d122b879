package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	fallbackLead       = time.Minute      // how long before the end of the last song fallback songs are looked for
	fallbackSongs      = 3                // how many fallback songs wait at the same time
	fallbackEmptyDelay = 5 * time.Minute  // the wait after nothing was found
	fallbackRetryDelay = 30 * time.Second // the wait after a failure
	// fallbackAfterSilence is how long after the end of the music fallback songs may still be added, unless the host has
	// chosen a playlist.
	fallbackAfterSilence = 10 * time.Minute
	// maxUnasked is how many songs that nobody has asked for may play in a row. After them everybody is assumed to have
	// left.
	maxUnasked = 40
	// fallbackMinInterval is the wait after songs were found. Without it, songs that cannot be added would be looked for
	// in an endless loop.
	fallbackMinInterval = 5 * time.Second
)

// fallbackSearch is the state of the search for fallback songs.
type fallbackSearch struct {
	notBefore   time.Time // no search begins before this time
	playlistURI string    // the playlist that the host had chosen at the last search; empty: none
	hadNext     bool      // another song waited at the last search
}

// findFallback looks for fallback songs when nothing waits and the music would stop, or when fewer than fallbackSongs
// songs of the chosen playlist wait in the queue, where guests can see and like them.
func (d *decision) findFallback() (action, bool) {
	if !d.room.Settings.Fallback || d.room.FallbackStreak >= maxUnasked || d.missingFallback() == 0 {
		return action{}, false
	}
	last := &d.memory.fallback
	if chosen := d.fallbackPlaylist(); chosen != last.playlistURI || last.hadNext && !d.hasNext() {
		// The last search was for something else, or is more urgent now.
		last.playlistURI, last.hadNext, last.notBefore = chosen, false, time.Time{}
	}
	return d.sendAfter(last.notBefore, Command{Kind: Suggest})
}

// missingFallback returns how many fallback songs are missing.
func (d *decision) missingFallback() int {
	switch {
	case d.hasNextHost():
		return 0
	case !d.hasNext() && d.stopsSoon():
		return fallbackSongs
	case d.fallbackPlaylist() != "" && d.activity == playingSong && d.item != nil:
		return max(0, fallbackSongs-d.waitingFallback())
	}
	return 0
}

// fallbackPlaylist returns the URI of the playlist that the host has chosen for fallback songs; empty: none.
func (d *decision) fallbackPlaylist() string {
	if uri := d.room.Settings.FallbackPlaylistURI; uri != nil {
		return *uri
	}
	return ""
}

// waitingFallback returns how many fallback songs wait that may play and that nobody has liked.
func (d *decision) waitingFallback() (n int) {
	for _, item := range d.room.Queue {
		if item.State == party.Queued && item.IsUnlikedFallback() && item.Refusal == nil {
			n++
		}
	}
	return n
}

// stopsSoon reports whether the room's last song ends soon or has ended recently. If the host has chosen a playlist, it
// returns true whenever nothing plays, so that the playlist also starts a party.
func (d *decision) stopsSoon() bool {
	switch {
	case d.activity == playingSong:
		return d.item != nil && d.remaining() <= min(fallbackLead, durationOf(d.memory.observation.Song)/3)
	case d.activity == silence && d.room.NowPlaying == nil:
		return d.fallbackPlaylist() != "" || d.room.HasPlayed && d.now.Sub(d.memory.silentSince) <= fallbackAfterSilence
	}
	return false
}

// recordSuggestions adds the songs that findFallback has found, as far as they still fit.
func (d *decision) recordSuggestions() party.PlaybackStep {
	d.memory.fallback.notBefore = d.now.Add(fallbackEmptyDelay)
	d.memory.fallback.hadNext = d.hasNext()
	if d.answer.Fault != nil {
		d.memory.fallback.notBefore = d.now.Add(fallbackRetryDelay)
	}
	if !d.room.Settings.Fallback || d.fallbackPlaylist() != d.memory.fallback.playlistURI {
		// The host has changed the setting meanwhile.
		return party.PlaybackStep{}
	}
	songs := slices.DeleteFunc(slices.Clone(d.answer.Songs), func(s party.Song) bool {
		here := d.itemOf(&s) != nil || d.room.HasRecording(s)
		return here || d.room.RefusalToPlay(s, d.now) != nil
	})
	songs = songs[:min(d.missingFallback(), len(songs))] // somebody may have added one meanwhile
	if len(songs) > 0 {
		d.memory.fallback.notBefore = d.now.Add(fallbackMinInterval)
	}
	return party.PlaybackStep{Fallback: songs}
}
