package party

import (
	"time"
)

// HostCommandKind is what a host can ask of the player.
type HostCommandKind string

const (
	SkipCommand     HostCommandKind = "SKIP"
	PauseCommand    HostCommandKind = "PAUSE"
	ResumeCommand   HostCommandKind = "RESUME"
	TransferCommand HostCommandKind = "TRANSFER"
	// LookCommand is the server's own: the host's account has changed, and so may have what the player does.
	ObserveCommand HostCommandKind = "OBSERVE"
)

// HostCommand is something that a host asked of the player. The one who drives the room carries it out, wherever that is.
type HostCommand struct {
	ID       string
	Kind     HostCommandKind
	Argument string // SKIP: the URI of the song that is to be skipped, if any; TRANSFER: the device
	At       time.Time
}

// Answer is what came of a host's command: nothing in Code is success.
type Answer struct {
	CommandID string
	Code      Code
	Message   string // for the host, with Code
}

// CommandPatience is how long a host waits for an answer. A command that is older is not carried out any more.
const CommandTimeout = 5 * time.Second
