package party

import (
	"cmp"
	"slices"
	"time"
)

// maxGone bounds how many songs that left the queue a state remembers. A watcher who comes back with an older version
// than the oldest of them gets everything.
const maxDequeued = 512

// goneItem is a song that is in the queue no more, and the version at which it left.
type dequeuedItem struct {
	id      string
	version int64
}

// roomHead is a room's own row.
type RoomRow struct {
	RoomID, Code, Name, HostID string
	CreatedAt                  time.Time
	Version                    int64
	Status                     RoomStatus
	Settings                   RoomSettings
	SettingsVersion            int64
	Present                    int
	Plays                      *PlayHistory
	PlaylistURI                string
	HasPlayed                  bool
	PendingCommands            []HostCommand
	MembersVersion             int64
	Removed                    map[string]bool
}

// sameRoom says that what the room subscription shows did not change.
func (s *State) sameRoom(have *State) bool {
	return have.Name == s.Name && have.Status == s.Status && have.settingsVersion == s.settingsVersion && have.Present == s.Present &&
		sameItem(have.LastAdded, s.LastAdded)
}

// samePlayback says that what the playback subscription shows did not change.
func (s *State) samePlayback(have *State) bool {
	return have.Playback.ShownVersion() == s.Playback.ShownVersion() && have.Playback.SkipVotesNeeded == s.Playback.SkipVotesNeeded
}

// state is what the room's own row says; all of it may have changed at its version.
func (h RoomRow) newState(playback Playback) *State {
	return &State{
		RoomID: h.RoomID, Code: h.Code, Name: h.Name, HostID: h.HostID, CreatedAt: h.CreatedAt, Version: h.Version, Status: h.Status,
		Settings: h.Settings, settingsVersion: h.SettingsVersion, Present: h.Present, PlaylistURI: h.PlaylistURI, HasPlayed: h.HasPlayed,
		PendingCommands: h.PendingCommands, MembersVersion: h.MembersVersion, Removed: h.Removed, Plays: h.Plays,
		RoomVersion: h.Version, QueueVersion: h.Version, PlaybackVersion: h.Version, Playback: playback, dequeuedSince: h.Version, ordersSince: h.Version,
	}
}

// merge makes the next state from the one before and what has a newer version: items in any state. What did not change
// is shared with the one before. have is nil at first; then items are all that are queued, committed or playing. affected
// tells whom the changes concern, as far as hints told.
func Merge(have *State, head RoomRow, items []*QueueItem, playback Playback, affected Affected) *State {
	next := head.newState(playback)
	if have != nil {
		next.inherit(have)
	}
	next.sortIn(have, items)
	next.Queue = Rank(next.Queue, next.Ranking())
	next.deriveShown()
	if have != nil {
		next.rememberOrder(have)
		next.keepVersions(have)
	}
	next.rememberAffected(have, affected)
	return next
}

// inherit takes over from the state before what only grows, or may not have changed.
func (s *State) inherit(have *State) {
	s.QueueVersion, s.Queue, s.Awaiting, s.NowPlaying = have.QueueVersion, slices.Clone(have.Queue), have.Awaiting, have.NowPlaying
	s.dequeued, s.dequeuedSince = slices.Clip(have.dequeued), have.dequeuedSince
	s.reorders, s.ordersSince = slices.Clip(have.reorders), have.ordersSince
	if s.settingsVersion != have.settingsVersion { // the rules may have changed every song
		s.QueueVersion, s.dequeued, s.dequeuedSince = s.Version, nil, s.Version
		s.reorders, s.ordersSince = nil, s.Version
		for i, item := range s.Queue {
			s.Queue[i] = s.withRefusal(item)
		}
	}
}

// take sorts changed items in among those of the state before: what waits, waits for approval, plays, or is gone.
func (s *State) sortIn(have *State, items []*QueueItem) {
	s.Queue, s.Awaiting = without(s.Queue, items), without(s.Awaiting, items)
	for _, item := range items {
		item.fillRecording()
		switch {
		case item.State == Queued || item.State == Committed:
			s.Queue = append(s.Queue, s.withRefusal(item))
			s.QueueVersion = max(s.QueueVersion, item.Version)
		case item.State == AwaitingApproval:
			s.Awaiting = append(s.Awaiting, item)
		case have != nil && !item.isSameItem(have.NowPlaying): // it left the queue just now, not when it began to play
			s.dequeued = append(s.dequeued, dequeuedItem{item.ID, item.Version})
			s.QueueVersion = max(s.QueueVersion, item.Version)
		}
		if item.State == NowPlaying {
			s.NowPlaying = item
		} else if item.isSameItem(s.NowPlaying) {
			s.NowPlaying = nil
		}
	}
	slices.SortFunc(s.Awaiting, func(a, b *QueueItem) int { return cmp.Compare(a.Age, b.Age) })
	if have != nil { // at first they are among what was loaded
		s.Plays = s.Plays.with(items)
	}
	s.trimDequeued()
}

// complete fills in what can be told from the rest of an item that was stored before it was kept.
func (i *QueueItem) fillRecording() {
	if i.Recording == "" {
		i.Recording = RecordingOf(i.Song)
	}
}

// Ranking is what the order of the queue depends on in this state.
func (s *State) Ranking() Ranking {
	return Ranking{Mode: s.Settings.OrderMode, Plays: s.Plays, Holds: func(item *QueueItem) *Refusal { return item.Refusal }}
}

// held returns the item with what the rules say of it.
func (s *State) withRefusal(item *QueueItem) *QueueItem {
	var refusal *Refusal
	if item.State == Queued {
		refusal = s.Settings.refusalOf(item.Song)
	}
	if refusal == item.Refusal || refusal != nil && item.Refusal != nil && *refusal == *item.Refusal {
		return item
	}
	other := *item
	other.Refusal = refusal
	return &other
}

// show derives what subscribers see besides the queue.
func (s *State) deriveShown() {
	s.FallbackStreak = s.Plays.fallbackStreak()
	s.Playback.Item = s.shownItem()
	s.Playback.SkipVotesNeeded = s.Settings.VotesNeeded(s.Present)
	if playing := s.Playback.Item; playing != nil {
		s.Playback.Song = &playing.Song
		from := VotesFrom(playing.StartedAt, playing.Song)
		s.Playback.VotesFrom = &from
	} else {
		s.Playback.SkipVotes = 0
	}
	for item := range s.activeItems() {
		if item.AddedBy != nil && item.State != AwaitingApproval && (s.LastAdded == nil || item.Age > s.LastAdded.Age) {
			s.LastAdded = item
		}
	}
}

// compare finds out what is shown as it was before.
func (s *State) keepVersions(have *State) {
	if s.sameRoom(have) {
		s.RoomVersion = have.RoomVersion
	}
	if s.samePlayback(have) {
		s.PlaybackVersion = have.PlaybackVersion
	}
}

// shownItem is the room's song that the player was seen with, as it is now.
func (s *State) shownItem() *QueueItem {
	if s.Playback.Item.isSameItem(s.NowPlaying) {
		return s.NowPlaying
	}
	return nil
}

// trimGone forgets the songs that left first, and remembers since when it knows all.
func (s *State) trimDequeued() {
	for len(s.dequeued) > maxDequeued {
		oldest := s.dequeued[0].version
		for len(s.dequeued) > 0 && s.dequeued[0].version <= oldest {
			s.dequeued = s.dequeued[1:]
		}
		s.dequeuedSince = max(s.dequeuedSince, oldest)
	}
}

// is says that both are the same item, perhaps at different versions.
func (i *QueueItem) isSameItem(other *QueueItem) bool {
	return i != nil && other != nil && i.ID == other.ID
}

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
