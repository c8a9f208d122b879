package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// Whether a song may have been heard while nobody looked. What may have been heard is never begun again.

// reckoning is when an item's song may be over at the earliest, by what was seen of it last.
type reckoning struct {
	itemID string
	at     time.Time
}

// sending is how an item was handed to the player, whatever came of it.
type sending struct {
	itemID  string
	behind  *party.Song // what was loaded then
	started bool        // it was told to play, and not only appended to what the player goes through
	watched bool        // the player was looked at so often since that nobody can have heard the song unseen
}

// reckon notes when the room's song may be over.
func (m *moment) reckon() {
	playing, s := m.room.NowPlaying, m.memory.seen
	switch {
	case playing == nil:
		m.memory.over = reckoning{}
	case m.item == playing:
		m.memory.over = reckoning{playing.ID, s.At.Add(length(s.Song) - s.Progress)}
	case m.memory.over.itemID != playing.ID:
		m.memory.over = reckoning{playing.ID, m.recall(playing)}
	}
}

// recall reckons by what is stored alone, as nobody who drives the room now has seen the song.
func (m *moment) recall(playing *party.QueueItem) time.Time {
	last := m.lastShown()
	if last.Item == nil || last.Item.ID != playing.ID || last.ProgressMS == nil {
		return playing.CommittedAt.Add(length(&playing.Song))
	}
	return last.ObservedAt.Add(length(&playing.Song) - time.Duration(*last.ProgressMS)*time.Millisecond)
}

// inherit takes up a song that another server sent. It was played directly if nothing had played before.
func (m *moment) inherit() {
	item, playing, last := m.room.Committed(), m.room.NowPlaying, m.lastShown()
	switch {
	case item == nil || item.ID == m.memory.sent.itemID:
	case playing != nil:
		m.memory.sent = sending{itemID: item.ID, behind: &playing.Song}
	default:
		m.memory.sent = sending{itemID: item.ID, behind: last.Song, started: last.Status == party.Idle && last.ObservedAt.Before(item.CommittedAt)}
	}
}

// heardOut says that the room's song may have reached its end before its device was away, or since: that may be out of
// reach and play on, but no longer than the song lasts.
func (m *moment) heardOut(playing *party.QueueItem) bool {
	before := !m.memory.paused && !m.memory.silent.Before(m.memory.over.at)
	return before || m.now.Sub(m.memory.silent) >= length(&playing.Song)
}

// couldHavePlayed says that the committed song may have been heard in full since.
func (m *moment) couldHavePlayed(item *party.QueueItem) bool {
	return m.now.Sub(item.CommittedAt) >= length(&item.Song)
}

// queueOutOfReach says that Spotify's queue cannot be trusted to show the committed song: it was appended behind a song, the
// room's or the host's own, on a device that is away now. An item that waited so for as long as it lasts is given up.
func (m *moment) queueOutOfReach() bool {
	return m.sound == noDevice && (m.room.NowPlaying != nil || m.appended() && !m.couldHavePlayed(m.room.Committed()))
}

// appended says that the committed song was sent to the player's queue, or may have been, and was not played directly.
func (m *moment) appended() bool {
	item := m.room.Committed()
	return item != nil && item.Via != party.DeliveryPlaylist && !m.memory.sent.started
}

// playedInVain says that the player was told to play a song, and was not seen playing it, though somebody looked all the
// time.
func (m *moment) playedInVain(item *party.QueueItem) bool {
	sent := m.memory.sent
	return sent.itemID == item.ID && sent.started && sent.watched
}

// movedOn says that the player went on from what was loaded when the song was sent to its queue, to something else.
func (m *moment) movedOn(item *party.QueueItem) bool {
	loaded, behind := m.memory.seen.Song, m.memory.sent.behind
	return item.Via != party.DeliveryPlaylist && loaded != nil && (behind == nil || !same(loaded, behind))
}
