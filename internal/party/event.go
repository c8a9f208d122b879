package party

import "time"

// EventKind is the kind of an event in a room's log.
type EventKind string

const (
	EventAdded           EventKind = "ADDED"
	EventAddedFor        EventKind = "ADDED_FOR" // in another member's name, by a host or a tablet
	EventApproved        EventKind = "APPROVED"
	EventLiked           EventKind = "LIKED"
	EventUnliked         EventKind = "UNLIKED"
	EventWithdrawn       EventKind = "WITHDRAWN"
	EventPassedOn        EventKind = "PASSED_ON" // withdrawn, and passed to somebody who likes it
	EventRemoved         EventKind = "REMOVED"   // any song, by a host
	EventCleared         EventKind = "CLEARED"
	EventSongsRemoved    EventKind = "SONGS_REMOVED" // all of a member, by a host; detail: how many
	EventPinned          EventKind = "PINNED"
	EventUnpinned        EventKind = "UNPINNED"
	EventVoted           EventKind = "VOTED"   // to skip
	EventUnvoted         EventKind = "UNVOTED" // withdrew the skip vote
	EventSkipped         EventKind = "SKIPPED" // detail: HOST or VOTE
	EventRefused         EventKind = "REFUSED" // by Spotify, again and again
	EventPaused          EventKind = "PAUSED"
	EventResumed         EventKind = "RESUMED"
	EventTransferred     EventKind = "TRANSFERRED"
	EventSettingsChanged EventKind = "SETTINGS" // detail: which
	EventJoined          EventKind = "JOINED"
	EventGuestRemoved    EventKind = "GUEST_REMOVED" // detail: REMOVED or BANNED
	EventRoleChanged     EventKind = "ROLE"          // detail: the new one
	EventRoomOffered     EventKind = "ROOM_OFFERED"  // to the subject, a co-host
	EventHostChanged     EventKind = "HOST_CHANGED"  // the actor took the room over from the subject
	EventUndone          EventKind = "UNDONE"        // detail: what
	EventExported        EventKind = "EXPORTED"
	EventClosed          EventKind = "CLOSED"
)

// RoomEvent is an event of a room's log.
type RoomEvent struct {
	ID      string
	At      time.Time
	Actor   *Participant // nil: the server itself
	Kind    EventKind
	Item    *QueueItem   // nil: no song was involved
	Subject *Participant // the other member who is affected; nil: nobody
	Detail  *string
	Cursor  string // the place in the log, in pages of it
}
