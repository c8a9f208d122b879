package party

import (
	"cmp"
	"reflect"
	"slices"
	"time"
)

// maxDequeued bounds how many songs that left the queue a state remembers. A watcher that returns with an older version
// than the oldest of them gets the whole queue.
const maxDequeued = 512

// dequeuedItem is a song that is no longer in the queue, and the version at which it left.
type dequeuedItem struct {
	id      string
	version int64
}

// RoomRow holds a room's own row in the database, and the other parts that are read with it.
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
	Offer                      RoomOffer
	HasPlayed                  bool
	PendingCommands            []HostCommand
	MembersVersion             int64
	Removed                    map[string]bool
	AwayVersion                int64
	Away                       map[string]bool
}

// sameRoom reports whether everything that the room subscription shows is as it was in have.
func (s *State) sameRoom(have *State) bool {
	return have.Name == s.Name && have.Status == s.Status && have.settingsVersion == s.settingsVersion &&
		have.HostID == s.HostID && have.Offer.same(s.Offer) &&
		have.Present == s.Present && sameItem(have.LastAdded, s.LastAdded)
}

// samePlayback reports whether everything that the playback subscription shows is as it was in have.
func (s *State) samePlayback(have *State) bool {
	return have.Playback.ShownVersion() == s.Playback.ShownVersion() &&
		have.Playback.SkipVotesNeeded == s.Playback.SkipVotesNeeded
}

// newState returns a state with what the row says. It assumes that all of it changed at the row's version; keepVersions
// corrects that later.
func (h RoomRow) newState(playback Playback) *State {
	return &State{
		RoomID: h.RoomID, Code: h.Code, Name: h.Name, HostID: h.HostID, CreatedAt: h.CreatedAt, Status: h.Status,
		Settings: h.Settings, settingsVersion: h.SettingsVersion,
		Present: h.Present, Offer: h.Offer,
		PlaylistURI: h.PlaylistURI, HasPlayed: h.HasPlayed, Plays: h.Plays, Playback: playback,
		PendingCommands: h.PendingCommands, MembersVersion: h.MembersVersion, Removed: h.Removed,
		awayVersion: h.AwayVersion, Away: h.Away,
		Version: h.Version, RoomVersion: h.Version, QueueVersion: h.Version, PlaybackVersion: h.Version,
		dequeuedSince: h.Version, ordersSince: h.Version,
	}
}

// Merge returns the next state, built from the state before and the rows with newer versions. items are the queue items
// that changed, in whatever state they are now. On the first call have is nil, and items are all items that wait, are
// committed or play. affected names the affected users, as far as hints named them.
//
// The new state shares with have what did not change, and have itself is not modified.
func Merge(have *State, head RoomRow, items []*QueueItem, playback Playback, affected Affected) *State {
	next := head.newState(playback)
	if have != nil {
		next.inherit(have)
	}
	next.sortIn(have, items, affected.OnlyLikes)
	next.Queue = Rank(next.Queue, next.Ranking())
	next.rememberPlaces(have)
	next.deriveShown()
	if have != nil {
		next.rememberOrder(have)
		next.keepVersions(have)
	}
	next.rememberAffected(have, affected)
	return next
}

// inherit copies from have, the previous state, the parts that only grow and those that may not have changed.
func (s *State) inherit(have *State) {
	s.QueueVersion, s.Queue = have.QueueVersion, slices.Clone(have.Queue)
	if s.awayVersion != have.awayVersion { // even if the order stays, the reasons for it change
		s.QueueVersion = s.Version
	}
	s.Awaiting, s.NowPlaying = have.Awaiting, have.NowPlaying
	s.dequeued, s.dequeuedSince = slices.Clip(have.dequeued), have.dequeuedSince
	s.reorders, s.ordersSince = slices.Clip(have.reorders), have.ordersSince
	if s.settingsVersion != have.settingsVersion { // the new rules may concern every song
		s.QueueVersion, s.dequeued, s.dequeuedSince = s.Version, nil, s.Version
		s.reorders, s.ordersSince = nil, s.Version
		for i, item := range s.Queue {
			s.Queue[i] = s.withRefusal(item)
		}
	}
}

// sortIn puts each changed item where it belongs now: into the queue, among the songs that wait for approval, into the
// place of the song that plays, or out of all of them. onlyLikes says that nothing but likes has happened since have.
func (s *State) sortIn(have *State, items []*QueueItem, onlyLikes bool) {
	before := s.Queue
	s.Queue, s.Awaiting = without(s.Queue, items), without(s.Awaiting, items)
	for _, item := range items {
		item.fillRecording()
		switch {
		case item.State == Queued || item.State == Committed:
			item = s.withRefusal(item)
			item.detailsVersion = item.detailsSince(before, have, onlyLikes)
			s.Queue = append(s.Queue, item)
			s.QueueVersion = max(s.QueueVersion, item.Version)
		case item.State == AwaitingApproval:
			s.Awaiting = append(s.Awaiting, item)
		case have != nil && !item.isSameItem(have.NowPlaying): // it leaves the queue; the song that plays left it earlier
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
	if have != nil { // on the first call the loaded history has them already
		s.Plays = s.Plays.with(items)
	}
	s.trimDequeued()
}

// detailsSince returns the detailsVersion of an item that has changed since have, the previous state or nil. queue is
// the queue before the change. If only the number of likes has changed, it is the detailsVersion of the item before,
// and otherwise the item's own version. It is also the item's own version if the load skipped versions, unless all
// changes were likes: at a skipped version, a client of another server may have seen details that have been changed
// back since.
func (i *QueueItem) detailsSince(queue []*QueueItem, have *State, onlyLikes bool) int64 {
	if have == nil || i.Version > have.Version+1 && !onlyLikes {
		return i.Version
	}
	for _, before := range queue {
		if before.ID == i.ID && i.hasDetailsOf(before) {
			return before.detailsVersion
		}
	}
	return i.Version
}

// hasDetailsOf reports whether two values of an item differ only in the number of likes, and in what depends on it.
func (i *QueueItem) hasDetailsOf(before *QueueItem) bool {
	other := *before
	other.LikeCount, other.Position = i.LikeCount, i.Position
	other.Version, other.detailsVersion, other.placeVersion = i.Version, i.detailsVersion, i.placeVersion
	other.content = i.content
	return reflect.DeepEqual(i, &other)
}

// fillRecording computes the recording of an item that was stored without one, by an old version of the program.
func (i *QueueItem) fillRecording() {
	if i.Recording == "" {
		i.Recording = RecordingOf(i.Song)
	}
}

// Ranking returns what the order of the queue depends on in this state, besides the items themselves.
func (s *State) Ranking() Ranking {
	return Ranking{
		Mode: s.Settings.OrderMode, Plays: s.Plays, Away: s.awayUsers(),
		Holds: func(item *QueueItem) *Refusal { return item.Refusal },
	}
}

// withRefusal returns the item with the refusal that the present rules give it, sharing the item if that did not
// change.
func (s *State) withRefusal(item *QueueItem) *QueueItem {
	var refusal *Refusal
	if item.State == Queued {
		refusal = s.Settings.refusalOf(item.Song)
	}
	if refusal == item.Refusal || refusal != nil && item.Refusal != nil && *refusal == *item.Refusal {
		return item
	}
	other := *item
	other.Refusal, other.content = refusal, nil
	return &other
}

// deriveShown computes what members see besides the queue: the item that plays, the votes it takes to skip it, the song
// that was added last, and how long fallback songs have been playing.
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

// keepVersions gives the room and the playback the versions that they had in have, if members see no change of them.
func (s *State) keepVersions(have *State) {
	if s.sameRoom(have) {
		s.RoomVersion = have.RoomVersion
	}
	if s.samePlayback(have) {
		s.PlaybackVersion = have.PlaybackVersion
	}
}

// shownItem returns the room's item with which the player was observed, in its newest version, or nil.
func (s *State) shownItem() *QueueItem {
	if s.Playback.Item.isSameItem(s.NowPlaying) {
		return s.NowPlaying
	}
	return nil
}

// trimDequeued forgets the songs that left the queue first, all of one version together, and records from which version
// on the list is complete.
func (s *State) trimDequeued() {
	for len(s.dequeued) > maxDequeued {
		oldest := s.dequeued[0].version
		for len(s.dequeued) > 0 && s.dequeued[0].version <= oldest {
			s.dequeued = s.dequeued[1:]
		}
		s.dequeuedSince = max(s.dequeuedSince, oldest)
	}
}

// isSameItem reports whether both are the same item, possibly at different versions. It is false if either is nil.
func (i *QueueItem) isSameItem(other *QueueItem) bool {
	return i != nil && other != nil && i.ID == other.ID
}

// without returns the items of which changed contains no newer version.
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
