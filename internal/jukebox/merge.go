package jukebox

import (
	"time"

	"antwon.dj/backend/internal/live"
)

// maxGone bounds how many songs that left the queue a state remembers. A watcher who comes back with an older version
// than the oldest of them gets everything.
const maxGone = 512

// goneItem is a song that is in the queue no more, and the version at which it left.
type goneItem struct {
	id      string
	version int64
}

// roomHead is a room's own row.
type roomHead struct {
	roomID, code, name, hostID string
	createdAt                  time.Time
	version                    int64
	status                     RoomStatus
	settings                   RoomSettings
	playlistURI                string
	begun                      bool
	wishes                     []HostCommand
}

// sameRoom says that what the room subscription shows did not change.
func (s *State) sameRoom(have *State) bool {
	return have.Name == s.Name && have.Status == s.Status && have.Settings.equal(s.Settings)
}

// merge makes the next state from the one before and what has a newer version: items in any state. What did not change
// is shared with the one before. have is nil at first; then items are all that are queued, committed or playing. touched
// tells whom the changes concern, as far as hints told.
func merge(have *State, head roomHead, items []*QueueItem, playback Playback, touched live.Touched) *State {
	next := &State{
		RoomID: head.roomID, Code: head.code, Name: head.name, HostID: head.hostID, CreatedAt: head.createdAt,
		Version: head.version, Status: head.status, Settings: head.settings, PlaylistURI: head.playlistURI, Begun: head.begun, Wishes: head.wishes,
		RoomVersion: head.version, QueueVersion: head.version, PlaybackVersion: head.version, Playback: playback, goneSince: head.version,
	}
	var kept, waiting []*QueueItem
	if have != nil {
		next.QueueVersion, next.NowPlaying = have.QueueVersion, have.NowPlaying
		if next.sameRoom(have) {
			next.RoomVersion = have.RoomVersion
		}
		if have.Playback.Version == next.Playback.Version {
			next.PlaybackVersion = have.PlaybackVersion
		}
		next.gone, next.goneSince = have.gone[:len(have.gone):len(have.gone)], have.goneSince
		kept = without(have.Queue, items)
	}
	for _, item := range items {
		switch {
		case item.State == Queued || item.State == Committed:
			waiting = append(waiting, item)
			next.QueueVersion = max(next.QueueVersion, item.Version)
		case have != nil && !item.is(have.NowPlaying): // it left the queue just now, not when it began to play
			next.gone = append(next.gone, goneItem{item.ID, item.Version})
			next.QueueVersion = max(next.QueueVersion, item.Version)
		}
		if item.State == NowPlaying {
			next.NowPlaying = item
		} else if item.is(next.NowPlaying) {
			next.NowPlaying = nil
		}
	}
	next.trimGone()
	next.Queue = rankInto(kept, waiting)
	next.Playback.Item = nil
	if playback.Item.is(next.NowPlaying) {
		next.Playback.Item = next.NowPlaying
		next.Playback.Song = &next.NowPlaying.Song
	}
	next.rememberConcerns(have, touched)
	return next
}

// trimGone forgets the songs that left first, and remembers since when it knows all.
func (s *State) trimGone() {
	for len(s.gone) > maxGone {
		oldest := s.gone[0].version
		for len(s.gone) > 0 && s.gone[0].version <= oldest {
			s.gone = s.gone[1:]
		}
		s.goneSince = max(s.goneSince, oldest)
	}
}

// is says that both are the same item, perhaps at different versions.
func (i *QueueItem) is(other *QueueItem) bool { return i != nil && other != nil && i.ID == other.ID }

// without returns the items that have no newer version among the changed ones.
func without(items, changed []*QueueItem) []*QueueItem {
	replaced := make(map[string]bool, len(changed))
	for _, item := range changed {
		replaced[item.ID] = true
	}
	kept := make([]*QueueItem, 0, len(items))
	for _, item := range items {
		if !replaced[item.ID] {
			kept = append(kept, item)
		}
	}
	return kept
}
