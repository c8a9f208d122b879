package party

import "time"

// QueueItemState is where a song stands between being added and being history.
type QueueItemState string

const (
	AwaitingApproval QueueItemState = "AWAITING_APPROVAL"
	Queued           QueueItemState = "QUEUED"
	Committed        QueueItemState = "COMMITTED" // handed to the player, plays next
	NowPlaying       QueueItemState = "PLAYING"
	Played           QueueItemState = "PLAYED"
	Skipped          QueueItemState = "SKIPPED"
	Removed          QueueItemState = "REMOVED"
)

// CommitState says how sure we are that Spotify has the committed song.
type CommitState string

const (
	CommitPending CommitState = "PENDING" // about to be sent
	CommitSent    CommitState = "SENT"    // Spotify accepted it
	CommitUnknown CommitState = "UNKNOWN" // sent, but the answer was lost: verify before anything is repeated
)

// User is somebody in a room, under the name they have there.
type User struct {
	ID          string
	DisplayName string
	Kind        UserKind
}

// QueueItem is a song in a room's queue, or in its history. Items are immutable values: a change makes a new one.
type QueueItem struct {
	ID          string
	RoomID      string
	Song        Song
	AddedBy     *User // nil: fallback music
	AddedAt     time.Time
	LikeCount   int
	State       QueueItemState
	Position    *int // from 1 in the queue; nil once it plays
	Version     int64
	Age         int64       // the room's version at which it was added: smaller is older
	Commit      CommitState // with Committed
	Via         Delivery    // with Committed: how it was handed to the player, or is about to be
	CommittedAt time.Time   // with Committed, and of what was committed before it played
	SkipOnStart bool        // the host removed it after it was committed: skip it as soon as it starts
	Pin         *Pin        // the place that a host has given it; nil: none
	Refusal     *Refusal    // why the rules keep it from playing, with Queued; nil: they do not

	StartedVersion int64     // the room's version at which it began to play; 0: it did not
	StartedAt      time.Time // when that was
	Recording      string    // see recordingOf
}
