package party

import "time"

// HostCommandKind says what a command orders the player to do.
type HostCommandKind string

const (
	SkipCommand     HostCommandKind = "SKIP"
	PauseCommand    HostCommandKind = "PAUSE"
	ResumeCommand   HostCommandKind = "RESUME"
	TransferCommand HostCommandKind = "TRANSFER"
	VolumeCommand   HostCommandKind = "VOLUME"
	// ObserveCommand comes from the server itself: the host's Spotify account has changed, so the driver has to observe
	// the player again.
	ObserveCommand HostCommandKind = "OBSERVE"
)

// HostCommand is a host's order to the player. A use case enqueues it; the driver of the room, on whichever server it
// runs, carries it out and answers it.
type HostCommand struct {
	ID       string
	Kind     HostCommandKind
	Argument string    // SKIP: the URI of the song to skip, if any; TRANSFER: the device's id; VOLUME: in percent
	At       time.Time // when it was enqueued
}

// Answer is the outcome of a command. An empty Code means success.
type Answer struct {
	CommandID string
	Code      Code
	Message   string // for the host, if Code is set
}

// CommandTimeout is how long a host waits for the answer to a command. The driver ignores commands that are older.
const CommandTimeout = 5 * time.Second

// PendingCommand is the state of a command's row until the command is answered.
const PendingCommand = "PENDING"
