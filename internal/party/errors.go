package party

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of failure an Error is; clients of the API see it as extensions.code.
type Code string

const (
	Unauthenticated     Code = "UNAUTHENTICATED"       // no session, or one that is not valid any more
	Forbidden           Code = "FORBIDDEN"             // signed in, but not allowed to do this here
	NotFound            Code = "NOT_FOUND"             // nothing has this id, code or URI
	BadUserInput        Code = "BAD_USER_INPUT"        // Field says which argument has to change
	Conflict            Code = "CONFLICT"              // the present state does not allow it (room closed, code taken, …)
	Refused             Code = "REFUSED"               // a rule of the room says no; Reason says which
	RateLimited         Code = "RATE_LIMITED"          // too often; RetryAfter says when to come back
	UpstreamUnavailable Code = "UPSTREAM_UNAVAILABLE"  // Spotify or the identity provider does not answer; RetryAfter says when to come back
	Internal            Code = "INTERNAL_SERVER_ERROR" // ours to mend; the cause is in the log, never on the wire
)

// RefusalReason says which rule of the room refused.
type RefusalReason string

const (
	ReasonRequestsClosed RefusalReason = "REQUESTS_CLOSED" // guests may add nothing at the moment
	ReasonCommitted      RefusalReason = "COMMITTED"       // handed to the player, playing or played
	ReasonNotPlayable    RefusalReason = "NOT_PLAYABLE"    // Spotify does not play it for the host
	ReasonQueueFull      RefusalReason = "QUEUE_FULL"      // as many songs wait as the room takes
	ReasonExplicit       RefusalReason = "EXPLICIT"
	ReasonTooLong        RefusalReason = "TOO_LONG"
	ReasonPlayedRecently RefusalReason = "PLAYED_RECENTLY"
	ReasonBlocked        RefusalReason = "BLOCKED"
	ReasonTooManyQueued  RefusalReason = "TOO_MANY_QUEUED" // of this guest wait
	ReasonTooManyAdded   RefusalReason = "TOO_MANY_ADDED"  // by this guest, for now
	ReasonLastCall       RefusalReason = "LAST_CALL"
	ReasonAlreadyVoted   RefusalReason = "ALREADY_VOTED"
	ReasonTooEarly       RefusalReason = "TOO_EARLY" // the song has only just begun
	ReasonVotesOff       RefusalReason = "VOTES_OFF"
)

// Refusal is a rule's no, with a sentence for the person who asked.
type Refusal struct {
	Reason  RefusalReason
	Message string
}

// Error is the one error type of the program. Message is written for the client; Err is the cause and stays in the log.
type Error struct {
	Code       Code
	Message    string
	Field      string        // the argument at fault, with BadUserInput
	Reason     RefusalReason // the rule, with Refused
	RetryAfter time.Duration // when to try again, with RateLimited and UpstreamUnavailable
	Err        error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain, and Internal for every other failure.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Errorf returns an Error with this code. The client reads its message: a capitalised, complete sentence.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// BadInput returns a BadUserInput error about one argument. Its message is a sentence of which field is the subject:
// format is the rest, without the full stop at the end, such as "must have 1 to %d characters".
func BadInput(field, format string, args ...any) error {
	return &Error{Code: BadUserInput, Field: field, Message: field + " " + fmt.Sprintf(format, args...) + "."}
}

// Err returns the refusal as a Refused error.
func (r *Refusal) Err() error {
	return &Error{Code: Refused, Reason: r.Reason, Message: r.Message}
}

// TooOften returns a RateLimited error whose RetryAfter is wait. The reason is a capitalised sentence without its full
// stop; the message is the reason and the advice to try again.
func TooOften(reason string, wait time.Duration) error {
	return &Error{Code: RateLimited, Message: reason + ": try again in a moment.", RetryAfter: wait}
}
