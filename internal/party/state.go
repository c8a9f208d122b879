package party

import (
	"iter"
	"slices"
	"time"
)

// RoomStatus says whether a room can still be joined and changed.
type RoomStatus string

const (
	Open   RoomStatus = "OPEN"
	Closed RoomStatus = "CLOSED"
)

// State is everything of a room that subscribers see, at one version. It is immutable and shared by all of them; the next
// one shares with it what did not change.
type State struct {
	RoomID    string
	Code      string
	Name      string
	HostID    string
	CreatedAt time.Time
	Status    RoomStatus
	Version   int64
	// The newest versions at which the room itself, its queue and its player changed.
	RoomVersion, QueueVersion, PlaybackVersion int64

	Settings    RoomSettings
	Present     int        // people who are here
	LastAdded   *QueueItem // what somebody added last, while it waits or plays; nil: none
	PlaylistURI string     // the playlist that was made for this room at Spotify; empty: none

	Queue           []*QueueItem // the committed song first, then the queued ones in the order they will play
	Awaiting        []*QueueItem // songs that wait for approval, oldest first
	NowPlaying      *QueueItem   // nil while no song of this room plays
	Plays           *PlayHistory
	FallbackStreak  int // songs in a row, the last that began, that nobody had asked for
	Playback        Playback
	HasPlayed       bool          // a song of this room has played
	PendingCommands []HostCommand // what hosts want of the player and was not answered yet, oldest first

	MembersVersion int64           // at which it was decided last who may be here
	Removed        map[string]bool // users who were removed

	dequeued      []dequeuedItem // songs that left the queue, oldest first
	dequeuedSince int64          // every song that left after this version stands in gone

	settingsVersion int64     // at which the settings changed last
	reorders        []reorder // songs that moved although they did not change, oldest first
	ordersSince     int64     // of every step after this version it is known who moved

	affectedSteps []affectedStep // what concerned somebody, oldest first
	affectedSince int64          // everything that concerned somebody after this version stands in concerns
}

// StateVersion is the room's version this state shows.
func (s *State) StateVersion() int64 { return s.Version }

// Room returns the room as any member sees it.
func (s *State) Room() *Room {
	r := Room{ID: s.RoomID, Code: s.Code, Name: s.Name, Status: s.Status, HostID: s.HostID, CreatedAt: s.CreatedAt}
	return r.AsSeenBy(RoleScreen, s.Settings) // the least that a member is
}

// active are the songs that wait, also for approval, or play.
func (s *State) activeItems() iter.Seq[*QueueItem] {
	return func(yield func(*QueueItem) bool) {
		for _, item := range slices.Concat(s.Queue, s.Awaiting) {
			if !yield(item) {
				return
			}
		}
		if s.NowPlaying != nil {
			yield(s.NowPlaying)
		}
	}
}

// Has says that a recording waits, also for approval, or plays.
func (s *State) HasRecording(song Song) bool { return s.findRecording(RecordingOf(song)) != nil }

// Takes returns why the rules keep a song from playing now, or nil.
func (s *State) RefusalToPlay(song Song, now time.Time) *Refusal {
	return s.Settings.MayPlay(song, s.Plays.playedAt(RecordingOf(song)), now)
}

// OldestSince is the oldest version from which QueueChange can tell a difference.
func (s *State) OldestSince() int64 { return s.dequeuedSince }

// Committed returns the song that was handed to the player and does not play yet, or nil.
func (s *State) Committed() *QueueItem {
	if len(s.Queue) > 0 && s.Queue[0].State == Committed {
		return s.Queue[0]
	}
	return nil
}

// Fallback says whether an item was added by the server itself, because nobody had added anything.
func (i *QueueItem) IsFallback() bool { return i.AddedBy == nil }

// MayBegin says that a song is still free to be overtaken, and that the rules let it play now.
func (s *State) MayStart(item *QueueItem, now time.Time) bool {
	return item.State == Queued && s.RefusalToPlay(item.Song, now) == nil && (s.Settings.Fallback || !item.IsUnlikedFallback())
}

// Next returns the first song that may begin, or nil.
func (s *State) NextToPlay(now time.Time) *QueueItem {
	for _, item := range s.Queue {
		if s.MayStart(item, now) {
			return item
		}
	}
	return nil
}

// Barred returns why somebody may follow the room no more, or nil.
func (s *State) MayWatch(userID string) error {
	if s.Removed[userID] {
		return RoleRemoved.May(ActView)
	}
	return nil
}
