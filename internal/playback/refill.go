package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	refillLead   = time.Minute      // fallback music is looked for so long before the last song ends
	refillSongs  = 3                // so many wait at once
	refillPause  = 5 * time.Minute  // after nothing was found
	refillRetry  = 30 * time.Second // after a failure
	refillWithin = 10 * time.Minute // of silence: after that a new song has to be somebody's wish
	// unattended is how many songs in a row play that nobody asked for. Then everybody has left.
	unattended = 40
	// refillPace keeps songs that turn out to be here already from being looked for without end.
	refillPace = 5 * time.Second
)

// refill is what is remembered of fallback music.
type refill struct {
	until time.Time // not to be looked for before
	from  string    // the playlist that was chosen then
	early bool      // something else waited then
}

// refill: nothing waits, and the music would stop; or too little of the chosen playlist stands at the end of the queue, where
// guests can see and like what comes.
func (m *moment) refill() (action, bool) {
	if !m.room.Settings.Fallback || m.room.FallbackStreak >= unattended || m.refillSize() == 0 {
		return action{}, false
	}
	known := &m.memory.fallback
	if from := m.playlist(); from != known.from || known.early && !m.waiting() { // it matters more now
		known.from, known.early, known.until = from, false, time.Time{}
	}
	return m.sendAfter(m.memory.fallback.until, Command{Kind: Suggest})
}

// refillSize is how many songs of fallback music are missing.
func (m *moment) refillSize() int {
	switch {
	case !m.waiting() && m.stopsSoon():
		return refillSongs
	case m.playlist() != "" && m.sound == playingSong && m.item != nil:
		return max(0, refillSongs-m.fillers())
	}
	return 0
}

// playlist is the one that the host has chosen; empty: none.
func (m *moment) playlist() string {
	if uri := m.room.Settings.FallbackPlaylistURI; uri != nil {
		return *uri
	}
	return ""
}

// fillers are the songs that wait and may play, and that nobody has asked for.
func (m *moment) fillers() (n int) {
	for _, item := range m.room.Queue {
		if item.State == party.Queued && item.IsUnlikedFallback() && item.Refusal == nil {
			n++
		}
	}
	return n
}

// stopsSoon says that the room's last song ends in a moment, or has ended just now. Where the host has chosen a playlist,
// it begins by itself.
func (m *moment) stopsSoon() bool {
	switch {
	case m.sound == playingSong:
		return m.item != nil && m.left() <= min(refillLead, length(m.memory.seen.Song)/3)
	case m.sound == silence && m.room.NowPlaying == nil:
		return m.playlist() != "" || m.room.HasPlayed && m.now.Sub(m.memory.silent) <= refillWithin
	}
	return false
}

// suggested takes the answer to refill.
func (m *moment) suggested() party.PlaybackStep {
	m.memory.fallback.until = m.now.Add(refillPause)
	m.memory.fallback.early = m.waiting()
	if m.answer.Fault != nil {
		m.memory.fallback.until = m.now.Add(refillRetry)
	}
	if !m.room.Settings.Fallback || m.playlist() != m.memory.fallback.from { // the host changed it meanwhile
		return party.PlaybackStep{}
	}
	songs := slices.DeleteFunc(slices.Clone(m.answer.Songs), func(s party.Song) bool {
		return m.itemOf(&s) != nil || m.room.HasRecording(s) || m.room.RefusalToPlay(s, m.now) != nil // it is here, or may not be
	})
	songs = songs[:min(m.refillSize(), len(songs))] // somebody may have added one meanwhile
	if len(songs) > 0 {
		m.memory.fallback.until = m.now.Add(refillPace)
	}
	return party.PlaybackStep{Fallback: songs}
}
