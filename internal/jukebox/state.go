package jukebox

// RoomStatus says whether a room can still be joined and changed.
type RoomStatus string

const (
	Open   RoomStatus = "OPEN"
	Closed RoomStatus = "CLOSED"
)

// State is everything of a room that subscribers see, at one version. It is immutable and shared by all of them; the next
// one shares with it what did not change.
type State struct {
	RoomID       string
	HostID       string
	Version      int64
	Status       RoomStatus
	QueueVersion int64        // the newest version at which the queue itself changed
	Queue        []*QueueItem // the committed song first, then the queued ones in the order they will play
	NowPlaying   *QueueItem   // nil while no song of this room plays
	Playback     Playback

	gone      []goneItem // songs that left the queue, oldest first
	goneSince int64      // every song that left after this version stands in gone
}

// StateVersion is the room's version this state shows.
func (s *State) StateVersion() int64 { return s.Version }

// Committed returns the song that was handed to the player and does not play yet, or nil.
func (s *State) Committed() *QueueItem {
	if len(s.Queue) > 0 && s.Queue[0].State == Committed {
		return s.Queue[0]
	}
	return nil
}

// Next returns the first song that is still free to be overtaken, or nil.
func (s *State) Next() *QueueItem {
	for _, item := range s.Queue {
		if item.State == Queued {
			return item
		}
	}
	return nil
}
