package party

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of failure an Error is. Clients of the API see it as extensions.code.
type Code string

const (
	Unauthenticated     Code = "UNAUTHENTICATED"       // no session, or an expired one
	Forbidden           Code = "FORBIDDEN"             // signed in, but not allowed to do this
	NotFound            Code = "NOT_FOUND"             // nothing has this id, code or URI
	BadUserInput        Code = "BAD_USER_INPUT"        // Field names the argument at fault
	Conflict            Code = "CONFLICT"              // the present state does not allow it: room closed, code in use, …
	Refused             Code = "REFUSED"               // a rule of the room refuses it; Reason says which
	RateLimited         Code = "RATE_LIMITED"          // too often
	UpstreamUnavailable Code = "UPSTREAM_UNAVAILABLE"  // Spotify, the identity provider or the database is not available
	Internal            Code = "INTERNAL_SERVER_ERROR" // a fault of ours; the cause is logged, never sent
)

// RefusalReason says which rule of the room refused. docs/rules.md describes the rules.
type RefusalReason string

const (
	ReasonRequestsClosed     RefusalReason = "REQUESTS_CLOSED" // guests may not add songs at present
	ReasonNotOpenYet         RefusalReason = "NOT_OPEN_YET"    // guests may add songs from a later time on
	ReasonCommitted          RefusalReason = "COMMITTED"       // it was handed to the player, plays or has been played
	ReasonNotPlayable        RefusalReason = "NOT_PLAYABLE"    // Spotify does not play it for the host
	ReasonQueueFull          RefusalReason = "QUEUE_FULL"      // as many songs wait as the room allows
	ReasonExplicit           RefusalReason = "EXPLICIT"
	ReasonTooLong            RefusalReason = "TOO_LONG"
	ReasonPlayedRecently     RefusalReason = "PLAYED_RECENTLY"
	ReasonBlocked            RefusalReason = "BLOCKED"
	ReasonTooManyQueued      RefusalReason = "TOO_MANY_QUEUED" // as many songs of this guest wait as the room allows
	ReasonTooManyAdded       RefusalReason = "TOO_MANY_ADDED"  // this guest has used up the quota for now
	ReasonLastCall           RefusalReason = "LAST_CALL"
	ReasonAlreadyVoted       RefusalReason = "ALREADY_VOTED"
	ReasonTooEarly           RefusalReason = "TOO_EARLY" // the song has only just begun
	ReasonVotesOff           RefusalReason = "VOTES_OFF"
	ReasonNotInPlaylist      RefusalReason = "NOT_IN_PLAYLIST"     // guests may add songs of the host's playlist only
	ReasonOnlyLikes          RefusalReason = "ONLY_LIKES"          // guests like songs, and add none
	ReasonPlaylistUnreadable RefusalReason = "PLAYLIST_UNREADABLE" // the playlist for guests cannot be read at present
	ReasonJustArrived        RefusalReason = "JUST_ARRIVED"        // the guest has not been in the room for long enough
	ReasonReactionsOff       RefusalReason = "REACTIONS_OFF"       // the host does not show reactions
)

// Refusal is a rule's no: the reason, and a sentence for the person who asked.
type Refusal struct {
	Reason     RefusalReason
	Message    string
	RetryAfter time.Duration // how long until the rule allows it if nothing else changes; 0: time alone does not help
}

// after sets the RetryAfter of the refusal, and returns it.
func (r *Refusal) after(wait time.Duration) *Refusal {
	r.RetryAfter = wait
	return r
}

// Error is the only error type whose text clients see. Message is written for the client, as a complete sentence. Err
// is the cause; it is logged and never sent to clients.
type Error struct {
	Code       Code
	Message    string
	Field      string        // with BadUserInput: the argument at fault
	Reason     RefusalReason // with Refused: the rule
	RetryAfter time.Duration // with RateLimited, UpstreamUnavailable and some Reasons: how long to wait
	Err        error
}

// Error returns the code, the message and the cause, for the log.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain, and Internal if there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Errorf returns an Error with a code and a formatted message for the client.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// BadInput returns a BadUserInput error about one argument. Its message is a sentence of which field is the subject:
// format is the rest, without the full stop at the end, such as "must have 1 to %d characters".
func BadInput(field, format string, args ...any) error {
	return &Error{Code: BadUserInput, Field: field, Message: field + " " + fmt.Sprintf(format, args...) + "."}
}

// Err returns the refusal as an Error with the code Refused.
func (r *Refusal) Err() error {
	return &Error{Code: Refused, Reason: r.Reason, Message: r.Message, RetryAfter: r.RetryAfter}
}

// TooOften returns a RateLimited error whose RetryAfter is wait. The reason is a capitalised sentence without its full
// stop; the message is the reason and the advice to try again.
func TooOften(reason string, wait time.Duration) error {
	return &Error{Code: RateLimited, Message: reason + ": try again in a moment.", RetryAfter: wait}
}
