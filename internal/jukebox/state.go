package jukebox

import "time"

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
	PlaylistURI string // the playlist that was made for this room at Spotify; empty: none

	Queue      []*QueueItem // the committed song first, then the queued ones in the order they will play
	NowPlaying *QueueItem   // nil while no song of this room plays
	Playback   Playback
	Begun      bool          // a song of this room has played
	Wishes     []HostCommand // what hosts want of the player and was not answered yet, oldest first

	gone      []goneItem // songs that left the queue, oldest first
	goneSince int64      // every song that left after this version stands in gone

	concerns      []concern // what concerned somebody, oldest first
	concernsSince int64     // everything that concerned somebody after this version stands in concerns
}

// StateVersion is the room's version this state shows.
func (s *State) StateVersion() int64 { return s.Version }

// Room returns the room as any member sees it.
func (s *State) Room() *Room {
	return &Room{
		ID: s.RoomID, Code: s.Code, Name: s.Name, Status: s.Status, HostID: s.HostID, CreatedAt: s.CreatedAt, settings: s.Settings,
		role: RoleScreen, // the least that a member is
	}
}

// OldestSince is the oldest version from which QueueChange can tell a difference.
func (s *State) OldestSince() int64 { return s.goneSince }

// Committed returns the song that was handed to the player and does not play yet, or nil.
func (s *State) Committed() *QueueItem {
	if len(s.Queue) > 0 && s.Queue[0].State == Committed {
		return s.Queue[0]
	}
	return nil
}

// Fallback says whether an item was added by the server itself, because nobody had added anything.
func (i *QueueItem) Fallback() bool { return i.AddedBy == nil }

// Next returns the first song that is still free to be overtaken, or nil.
func (s *State) Next() *QueueItem {
	for _, item := range s.Queue {
		if item.State == Queued {
			return item
		}
	}
	return nil
}
