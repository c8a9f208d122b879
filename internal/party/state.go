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

// State is everything of a room that members can see, at one version. It is immutable and shared by all watchers. Each
// state shares with the next one what did not change.
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
	Present     int        // members who are present
	LastAdded   *QueueItem // the song that a member added last, while it waits or plays; nil: none
	Offer       RoomOffer  // to a co-host
	PlaylistURI string     // the playlist at Spotify that the driver made for this room; empty: none

	Queue           []*QueueItem // in playing order; the committed song first
	Awaiting        []*QueueItem // songs that wait for approval, oldest first
	NowPlaying      *QueueItem   // nil while no song of this room plays
	Plays           *PlayHistory
	FallbackStreak  int // how many of the last plays, without a gap, were fallback songs that nobody liked
	Playback        Playback
	HasPlayed       bool          // at least one song of this room has played
	PendingCommands []HostCommand // commands that were not answered yet, oldest first

	MembersVersion int64           // the version at which somebody was last removed or readmitted
	Removed        map[string]bool // the users who are removed or banned
	Away           map[string]bool // the members who are away, so that their songs wait, if the room sets AwayAfterMinutes

	dequeued      []dequeuedItem // songs that left the queue, oldest first
	dequeuedSince int64          // dequeued has every song that left after this version

	awayVersion     int64     // the version at which Away last changed
	settingsVersion int64     // the version at which the settings last changed
	reorders        []reorder // songs that moved although they did not change; oldest first
	ordersSince     int64     // reorders has every step after this version

	affectedSteps []affectedStep // oldest first
	affectedSince int64          // affectedSteps has every step after this version that affected somebody
}

// StateVersion returns the version of the room that this state shows.
func (s *State) StateVersion() int64 { return s.Version }

// Room returns the room as any member sees it.
func (s *State) Room() *Room {
	r := Room{
		ID: s.RoomID, Code: s.Code, Name: s.Name, Status: s.Status, HostID: s.HostID, CreatedAt: s.CreatedAt, Offer: s.Offer,
	}
	return r.AsSeenBy(RoleScreen, s.Settings) // the role with the fewest permissions
}

// activeItems yields the songs that wait, also for approval, and the song that plays.
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

// HasRecording reports whether a release of this song waits, also for approval, or plays.
func (s *State) HasRecording(song Song) bool { return s.findRecording(RecordingOf(song)) != nil }

// RefusalToPlay returns why the rules keep a song from playing now, or nil.
func (s *State) RefusalToPlay(song Song, now time.Time) *Refusal {
	return s.Settings.MayPlay(song, s.Plays.playedAt(RecordingOf(song)), now)
}

// OldestSince returns the oldest version since which QueueChange can return a difference.
func (s *State) OldestSince() int64 { return s.dequeuedSince }

// Committed returns the song that was handed to the player and does not play yet, or nil.
func (s *State) Committed() *QueueItem {
	if len(s.Queue) > 0 && s.Queue[0].State == Committed {
		return s.Queue[0]
	}
	return nil
}

// IsFallback reports whether the server added this item, because nothing else waited.
func (i *QueueItem) IsFallback() bool { return i.AddedBy == nil }

// MayStart reports whether an item is queued and the rules let it play now.
func (s *State) MayStart(item *QueueItem, now time.Time) bool {
	return item.State == Queued && s.RefusalToPlay(item.Song, now) == nil &&
		(s.Settings.Fallback || !item.IsUnlikedFallback())
}

// NextToPlay returns the first item that may start, or nil.
func (s *State) NextToPlay(now time.Time) *QueueItem {
	for _, item := range s.Queue {
		if s.MayStart(item, now) {
			return item
		}
	}
	return nil
}

// MayWatch returns nil if a user may go on watching the room, and a Forbidden error if they were removed.
func (s *State) MayWatch(userID string) error {
	if s.Removed[userID] {
		return RoleRemoved.May(ActView)
	}
	return nil
}
