package playback

import (
	"cmp"
	"time"

	"antwon.dj/backend/internal/party"
)

// verify: nobody knows whether Spotify has the committed song. A PENDING one was left by a crash, of this server or of one
// whose command may still be on its way.
func (m *moment) verify() (action, bool) {
	item := m.room.Committed()
	if item == nil || item.Commit == party.CommitSent {
		return action{}, false
	}
	if m.queueOutOfReach() { // nobody can tell now; the host, and another device, come first
		return action{}, false
	}
	since := later(item.CommittedAt, m.memory.asked).Add(patience)
	if item.Commit == party.CommitPending && m.memory.asked.IsZero() {
		since = item.CommittedAt.Add(commandTime)
	}
	return m.sendAfter(since, verification(item))
}

// makePlaylist: songs are to go to a playlist that is not there yet.
func (m *moment) makePlaylist() (action, bool) {
	if m.delivery() != party.DeliveryPlaylist || m.room.PlaylistURI != "" || m.memory.noPlaylist || !m.waiting() {
		return action{}, false
	}
	return m.send(Command{Kind: CreatePlaylist}, party.PlaybackStep{})
}

// mistrust: the committed song stands in the playlist, but the player went on to something else, or stopped. It returns to
// the queue, and reaches the player in the other way from now on.
func (m *moment) mistrust() (action, bool) {
	item := m.room.Committed()
	if item == nil || item.Via != party.DeliveryPlaylist || item.Commit != party.CommitSent || !m.room.HasPlayed || m.memory.noPremium {
		return action{}, false
	}
	since := item.CommittedAt.Add(playlistNotice)
	fromList := m.memory.seen.Context == m.room.PlaylistURI // else it is no wonder that it ends there
	stopped := m.sound == silence && m.room.NowPlaying == nil && m.memory.silent.After(since) && fromList
	elsewhere := m.sound == playingSong && m.item == nil && m.nearEnd() && m.began().After(since)
	if !stopped && !elsewhere {
		return action{}, false
	}
	m.memory.mistrusted = true
	return action{step: party.PlaybackStep{ReturnedItem: item.ID}}, true
}

// playlistNotice is how soon before the end of a song an addition to its playlist may be overlooked without this meaning
// that all are.
const playlistNotice = 20 * time.Second

// unstick: the committed song should play by now, and nothing does.
func (m *moment) unstick() (action, bool) {
	item := m.room.Committed()
	if item == nil || m.sound != silence && m.sound != noDevice || m.queueOutOfReach() {
		return action{}, false
	}
	since := later(m.memory.silent, later(item.CommittedAt, m.memory.asked))
	loaded := m.memory.seen.Song != nil && same(m.memory.seen.Song, &item.Song)
	switch {
	case loaded && !m.playedInVain(item) && !m.pressPlay():
		if m.now.Sub(since) < patience {
			return action{lookBy: since.Add(patience)}, true
		}
		return action{step: m.takenAsHeard(item)}, true
	case item.Via == party.DeliveryPlaylist:
		return m.startPlaylist(item, since)
	case m.memory.noPremium && m.couldHavePlayed(item): // the songs after it can go another way
		return action{step: m.takenAsHeard(item)}, true
	case loaded:
		return m.sendAfter(since.Add(patience), m.directly(item))
	case m.memory.found == m.place(item):
		return m.sendAfter(since.Add(patience), Command{Kind: Next, ItemID: item.ID})
	}
	return m.sendAfter(since.Add(patience), verification(item))
}

// startPlaylist: the first time it is the host who presses play. A player that was told to play a playlist notices later
// additions less often than one whose host did.
func (m *moment) startPlaylist(item *party.QueueItem, since time.Time) (action, bool) {
	if m.sound == noDevice && !m.mayFind() || m.pressPlay() {
		return action{}, false
	}
	return m.sendAfter(since.Add(patience), m.fromPlaylist(item))
}

// pressPlay says that nothing but the host can start the music.
func (m *moment) pressPlay() bool {
	item := m.room.Committed()
	return item != nil && item.Via == party.DeliveryPlaylist && item.Commit == party.CommitSent && (m.sound == silence || m.sound == noDevice) &&
		m.room.NowPlaying == nil && (!m.room.HasPlayed || m.memory.noPremium)
}

// verifyOvertaken: another song began after the commit and ends soon. Either the host's own queue went first, or Spotify
// has lost the committed song.
func (m *moment) verifyOvertaken() (action, bool) {
	item := m.room.Committed()
	if item == nil || item.Via == party.DeliveryPlaylist || !m.nearEnd() || m.memory.found == m.place(item) ||
		!m.began().After(item.CommittedAt.Add(fresh)) {
		return action{}, false
	}
	return m.send(verification(item), party.PlaybackStep{})
}

// commit: the current song, whoever chose it, ends soon. A playlist that was never started gets its first song at once, so
// that there is something to press play on.
func (m *moment) commit() (action, bool) {
	item := m.pick()
	if item == nil || m.room.Committed() != nil || item.IsUnlikedFallback() && m.item == nil { // the host has chosen other music
		return action{}, false
	}
	playlist := m.usesPlaylist()
	if !m.nearEnd() && !(playlist && !m.room.HasPlayed) {
		return action{}, false
	}
	if playlist {
		return m.send(m.toPlaylist(item), commitment(item, party.DeliveryPlaylist))
	}
	return m.send(Command{Kind: Enqueue, ItemID: item.ID, URI: item.Song.URI}, commitment(item, party.DeliveryQueue))
}

// playDirectly: nothing plays. A playlist can be written to without a device.
func (m *moment) playDirectly() (action, bool) {
	item := m.pick()
	if item == nil || m.room.Committed() != nil || m.room.NowPlaying != nil || m.sound != silence && m.sound != noDevice {
		return action{}, false
	}
	if m.usesPlaylist() {
		return m.send(m.toPlaylist(item), commitment(item, party.DeliveryPlaylist))
	}
	if m.sound == noDevice && (!m.mayFind() || m.unwanted(item)) {
		return action{}, false
	}
	return m.send(m.directly(item), commitment(item, party.DeliveryQueue))
}

func commitment(item *party.QueueItem, via party.Delivery) party.PlaybackStep {
	return party.PlaybackStep{CommitItem: item.ID, CommitVia: via}
}

// heed tries a delivery that the host wants, or wants anew: the room shows another one than what was recorded.
func (m *moment) heed() {
	wanted, shown := m.room.Settings.Delivery, m.memory.shown
	anew := shown != nil && cmp.Or(m.room.Playback.Delivery, party.DeliveryQueue) != shown.Delivery
	if m.memory.wanted == wanted && !anew {
		return
	}
	m.memory.wanted = wanted
	m.memory.mistrusted, m.memory.noPlaylist, m.memory.noPremium = false, false, false
}

// delivery is how songs reach the player: as the host wants, unless that turned out not to work.
func (m *moment) delivery() party.Delivery {
	d := m.room.Playback.Delivery
	switch {
	case m.memory.noPremium && !m.memory.noPlaylist:
		return party.DeliveryPlaylist
	case m.memory.noPlaylist || m.memory.mistrusted:
		return party.DeliveryQueue
	case d == "":
		return party.DeliveryQueue
	}
	return d
}

func (m *moment) usesPlaylist() bool {
	return m.delivery() == party.DeliveryPlaylist && m.room.PlaylistURI != ""
}

// pick returns the queue's first song that did not fail before, or else simply the first; nil when none is left.
func (m *moment) pick() *party.QueueItem {
	for _, item := range m.room.Queue {
		if m.room.MayStart(item, m.now) && !m.hasPassed(item) {
			return item
		}
	}
	return m.room.NextToPlay(m.now)
}

func (m *moment) directly(item *party.QueueItem) Command {
	return Command{Kind: Play, ItemID: item.ID, URI: item.Song.URI, DeviceID: m.deviceID()}
}

func (m *moment) toPlaylist(item *party.QueueItem) Command {
	return Command{Kind: Append, ItemID: item.ID, URI: item.Song.URI}
}

func (m *moment) fromPlaylist(item *party.QueueItem) Command {
	return Command{Kind: PlayPlaylist, ItemID: item.ID, URI: item.Song.URI, DeviceID: m.deviceID()}
}

func (m *moment) deviceID() string {
	if device := m.memory.seen.Device; device != nil && m.memory.device.id == "" {
		return device.ID
	}
	return m.memory.device.id
}

func verification(item *party.QueueItem) Command {
	kind := VerifyQueue
	if item.Via == party.DeliveryPlaylist {
		kind = VerifyPlaylist
	}
	return Command{Kind: kind, ItemID: item.ID, URI: item.Song.URI}
}
