package party

import "time"

// QueueItemState says where a queue item stands between being added and being history.
type QueueItemState string

const (
	AwaitingApproval QueueItemState = "AWAITING_APPROVAL"
	Queued           QueueItemState = "QUEUED"
	Committed        QueueItemState = "COMMITTED" // handed to the player; plays next
	NowPlaying       QueueItemState = "PLAYING"
	Played           QueueItemState = "PLAYED"
	Skipped          QueueItemState = "SKIPPED"
	Removed          QueueItemState = "REMOVED"
)

// CommitState says whether Spotify has the committed song.
type CommitState string

const (
	CommitPending CommitState = "PENDING" // the request is about to be sent
	CommitSent    CommitState = "SENT"    // Spotify accepted it
	CommitUnknown CommitState = "UNKNOWN" // sent, but the answer was lost: check before sending it again
)

// User is a host, guest or screen, whatever rooms they are in.
type User struct {
	ID   string
	Kind UserKind
	// OwnName is the user's name outside of rooms. It is set only for users who ask about themselves, because it could
	// reveal to others who somebody is who uses another name in their room.
	OwnName *string
}

// Participant is a user in one room. The same user has another Participant in each room, with the name they have there.
type Participant struct {
	ID          string // of the membership
	DisplayName string
	User        User
}

// QueueItem is a song in a room's queue or history. Items are immutable values: a change makes a new one.
type QueueItem struct {
	ID          string
	RoomID      string
	Song        Song
	AddedBy     *Participant // nil: a fallback song, which the server added
	AddedAt     time.Time
	LikeCount   int
	State       QueueItemState
	Position    *int        // in the queue, from 1; nil unless the item is in it
	Version     int64       // the room's version at which the item last changed
	Age         int64       // the room's version at which the item was added: a smaller number is older
	Commit      CommitState // with Committed
	Via         Delivery    // with Committed: the delivery by which it reaches the player
	CommittedAt time.Time   // when it was committed; kept after it has played
	SkipOnStart bool        // a host removed it after it was committed, so the driver skips it as soon as it begins
	Pin         *Pin        // the place that a host gave it; nil: none
	Refusal     *Refusal    // with Queued: why the rules hold it at present; nil: it may play

	StartedVersion int64     // the room's version at which it began to play; 0: it has not
	StartedAt      time.Time // when it began to play
	Recording      string    // see RecordingOf

	// detailsVersion is a version since which nothing but LikeCount and Position changed: a client that has the item as it
	// was at this version or later needs no more than these. It is set while the item is in a state's queue.
	detailsVersion int64
	// placeVersion is a version since which the item was not moved past others by a change of its own. It is set with
	// detailsVersion.
	placeVersion int64
	// content is the same pointer in all values of the item that differ only in Position. It is nil if there is only one.
	content *byte
}

// Content returns a comparable value for everything that a queue shows of the item except its position. If it is equal
// for two items, so is what the queue shows of them.
func (i *QueueItem) Content() any {
	if i.content == nil {
		return i
	}
	return i.content
}
