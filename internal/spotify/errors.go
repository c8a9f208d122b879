package spotify

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/playback"
)

// class says what a failure means for what may be done next.
type class int

const (
	transient  class = iota // 5xx, a timeout, no connection: whether it was carried out is not known
	reconnect               // the authorization is gone, or does not cover this
	notAllowed              // the host is not on the app's list, or somebody lacks Premium
	restricted              // the player does not allow it now
	noDevice                // no device is active, or the named one is gone
	notFound                // no such thing, or not for this app
	tooMany                 // 429
	invalid                 // 400: a mistake of ours
)

// failure is the one form in which failures of Spotify travel inside this package.
type failure struct {
	class      class
	status     int // 0: no answer
	message    string
	reason     string // Spotify's own word, where it gave one
	retryAfter time.Duration
	err        error
}

func (f *failure) Error() string {
	text := fmt.Sprintf("spotify: %d %s", f.status, f.message)
	if f.reason != "" {
		text += " (" + f.reason + ")"
	}
	if f.err != nil {
		text += ": " + f.err.Error()
	}
	return text
}

func (f *failure) Unwrap() error { return f.err }

// classify makes a failure of what a call returned and what was really answered. nil stays nil.
func classify(seen *observation, err error) *failure {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*failure](err); ok {
		return known
	}
	if seen.status < 400 {
		return &failure{class: transient, status: seen.status, message: "no usable answer", err: err}
	}
	f := &failure{status: seen.status, retryAfter: seen.retryAfter}
	f.message, f.reason = explain(seen.body)
	f.class = classOf(f)
	return f
}

// explain reads {"error": {"message", "reason"}}; anything else is taken as plain text.
func explain(body []byte) (message, reason string) {
	var answer struct {
		Error struct{ Message, Reason string }
	}
	if err := json.Unmarshal(body, &answer); err == nil && answer.Error.Message != "" {
		return answer.Error.Message, answer.Error.Reason
	}
	const enough = 200
	text := strings.TrimSpace(string(body))
	return text[:min(len(text), enough)], ""
}

func classOf(f *failure) class {
	switch {
	case f.status == http.StatusUnauthorized:
		return reconnect
	case f.status == http.StatusForbidden:
		return classOfForbidden(f)
	case f.status == http.StatusNotFound && (f.reason == "NO_ACTIVE_DEVICE" || strings.Contains(f.message, "Device not found")):
		return noDevice
	case f.status == http.StatusNotFound || f.status == http.StatusGone:
		return notFound
	case f.status == http.StatusTooManyRequests:
		return tooMany
	case f.status >= 500:
		return transient
	}
	return invalid
}

// classOfForbidden tells the many meanings of 403 apart: by the reason of player commands, by text elsewhere.
func classOfForbidden(f *failure) class {
	switch {
	case f.reason == "PREMIUM_REQUIRED", strings.Contains(f.message, "not registered"),
		strings.Contains(strings.ToLower(f.message), "premium subscription required"):
		return notAllowed
	case strings.Contains(f.message, "scope"):
		return reconnect
	case f.reason != "" || strings.Contains(f.message, "Restriction violated"):
		return restricted
	}
	return notFound // removed for new apps (developer.spotify.com, changes of February 2026)
}

// classifyRefresh is classify for the token endpoint, where an error is a word: invalid_grant means that the authorization
// is gone for good.
func classifyRefresh(seen *observation, err error) *failure {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.ErrorCode == "invalid_grant" {
		return &failure{class: reconnect, status: seen.status, message: refused.ErrorDescription, reason: refused.ErrorCode}
	}
	f := classify(seen, err)
	if f.class != tooMany {
		f.class = transient // whatever it is, the authorization may still be good
	}
	return f
}

// defaultRetry is when to come back if Spotify does not say.
const defaultRetry = 5 * time.Second

// catalogError is a failure as those who search and add are told of it.
func catalogError(f *failure) error {
	if f == nil {
		return nil
	}
	if f.class == notFound || f.class == invalid {
		return &jukebox.Error{Code: jukebox.NotFound, Field: "songUri", Message: "Spotify has no such song", Err: f}
	}
	message := "Spotify does not answer at the moment"
	switch f.class {
	case reconnect:
		message = "the host has to connect Spotify again"
	case notAllowed:
		message = "the host's Spotify account may not be used by this server"
	case tooMany:
		message = "Spotify asks for fewer requests"
	}
	return &jukebox.Error{Code: jukebox.UpstreamUnavailable, Message: message, RetryAfter: max(f.retryAfter, defaultRetry), Err: f}
}

var faultKinds = map[class]playback.FaultKind{
	transient: playback.Unreachable, reconnect: playback.ReconnectNeeded, notAllowed: playback.NotAllowed,
	restricted: playback.Restricted, noDevice: playback.NoDevice, notFound: playback.Gone, tooMany: playback.CoolingDown,
	invalid: playback.Gone,
}

// playerFault is a failure as the players' driver is told of it.
func playerFault(f *failure) error {
	if f == nil {
		return nil
	}
	return &playback.Fault{Kind: faultKinds[f.class], RetryAfter: f.retryAfter, Err: f}
}
