package spotify

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

const (
	// defaultRetryAfter is the time to wait if Spotify does not state one.
	defaultRetryAfter = 5 * time.Second
	// quotaRetryAfter is the longest Retry-After that counts as a mere burst. Above it, the app's quota is assumed to be
	// used up. Waits of a day have been seen.
	quotaRetryAfter = 2 * time.Minute
)

// failure describes why a call failed. It is the only form of failures inside this package; catalogError and fault
// convert it for callers.
type failure struct {
	kind          playback.FaultKind // what the failure means
	healthReason  party.HealthReason // the meaning in more detail, where the host can do something about it
	status        int                // of the response to the call or to the refresh of its token; 0: there was none
	message       string
	spotifyReason string        // the reason field of Spotify's error body, where there is one
	retryAfter    time.Duration // 0: not stated
	beyondShare   bool          // not sent: the room or the user has used up its share of the budget
	internal      bool          // caused by this program, such as its database, and not by Spotify
	err           error
}

func (f *failure) Error() string {
	text := "spotify: "
	if f.status != 0 {
		text += fmt.Sprintf("%d ", f.status)
	}
	text += f.message
	if f.spotifyReason != "" {
		text += " (" + f.spotifyReason + ")"
	}
	if f.err != nil {
		text += ": " + f.err.Error()
	}
	return text
}

func (f *failure) Unwrap() error { return f.err }

// classify interprets the failure of a call by the response that was really received, and returns nil for a nil err. A
// failure inside err is returned as it is.
func classify(a responseInfo, err error) *failure {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*failure](err); ok {
		return known
	}
	if a.status < 400 {
		return &failure{kind: playback.Unreachable, status: a.status, message: "no usable answer", err: err}
	}
	f := &failure{status: a.status, retryAfter: a.retryAfter}
	f.message, f.spotifyReason = parseErrorBody(a.body)
	f.kind, f.healthReason = f.interpret()
	if f.kind == playback.CoolingDown {
		f.retryAfter = cmp.Or(f.retryAfter, defaultRetryAfter)
	}
	return f
}

// parseErrorBody reads an error body of the form {"error": {"message", "reason"}}. Any other body is taken as a plain
// text message.
func parseErrorBody(body []byte) (message, reason string) {
	var content struct {
		Error struct{ Message, Reason string }
	}
	if err := json.Unmarshal(body, &content); err == nil && content.Error.Message+content.Error.Reason != "" {
		return truncate(content.Error.Message), truncate(content.Error.Reason)
	}
	return truncate(string(body)), ""
}

// truncate returns the first bytes of a text, as valid UTF-8 without surrounding spaces, for use in an error message.
func truncate(text string) string {
	const maxBytes = 200
	text = strings.TrimSpace(text)
	return strings.ToValidUTF8(text[:min(len(text), maxBytes)], "")
}

// interpret returns what the failure means and, where the host can do something about it, a more precise reason. It
// goes by the status and, where one status has several meanings, by Spotify's words (Web API reference, "Response
// status codes" and "Player error object"). The plain texts are those that apps have been seen to receive.
func (f *failure) interpret() (playback.FaultKind, party.HealthReason) {
	switch {
	case f.status == http.StatusUnauthorized && f.missesScope():
		return playback.ReconnectNeeded, party.ReasonScope
	case f.status == http.StatusUnauthorized: // even with a new token
		return playback.ReconnectNeeded, ""
	case f.status == http.StatusForbidden:
		return f.interpretForbidden()
	case f.status == http.StatusNotFound && f.mentions("NO_ACTIVE_DEVICE", "device not found", "no active device"):
		return playback.NoDevice, ""
	case f.status == http.StatusTooManyRequests && (f.spotifyReason == "QUOTA_EXCEEDED" || f.retryAfter > quotaRetryAfter):
		return playback.CoolingDown, party.ReasonQuota
	case f.status == http.StatusTooManyRequests:
		return playback.CoolingDown, ""
	case f.status >= 500, f.status == http.StatusRequestTimeout:
		return playback.Unreachable, ""
	}
	return playback.Gone, ""
}

func (f *failure) interpretForbidden() (playback.FaultKind, party.HealthReason) {
	switch {
	case f.mentions("not registered", "not be registered"):
		return playback.NotAllowed, party.ReasonNotListed
	case f.mentions("premium subscription required"):
		return playback.NotAllowed, party.ReasonOwnerPremium
	case f.mentions("PREMIUM_REQUIRED", "premium required"):
		return playback.NotAllowed, party.ReasonNoPremium
	case f.missesScope():
		return playback.ReconnectNeeded, party.ReasonScope
	case f.mentions("DEVICE_NOT_CONTROLLABLE", "REMOTE_CONTROL_DISALLOW"):
		return playback.Restricted, party.ReasonRestricted
	case f.spotifyReason != "" || f.mentions("restriction", "disallow"):
		return playback.Restricted, ""
	}
	return playback.Gone, ""
}

func (f *failure) missesScope() bool {
	return f.mentions("insufficient client scope", "permissions missing")
}

// suggestsRemovedEndpoint reports whether the failure may mean that the app does not have the endpoint. For endpoints
// removed in February 2026, apps have been seen to receive 403 or 404.
func (f *failure) suggestsRemovedEndpoint() bool {
	return f.kind == playback.Gone &&
		(f.status == http.StatusForbidden || f.status == http.StatusNotFound || f.status == http.StatusGone)
}

// mentions reports whether the message or the reason contains one of the words, ignoring case.
func (f *failure) mentions(words ...string) bool {
	text := strings.ToLower(f.message + " " + f.spotifyReason)
	for _, word := range words {
		if strings.Contains(text, strings.ToLower(word)) {
			return true
		}
	}
	return false
}

// classifyToken interprets failures of the token endpoint, whose errors are those of OAuth (RFC 6749, 5.2).
// invalid_grant means that the authorization is lost. After any other failure, a wrong client secret included, it may
// still be valid.
func classifyToken(a responseInfo, err error) *failure {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.ErrorCode == "invalid_grant" {
		return &failure{
			kind: playback.ReconnectNeeded, status: a.status,
			message: refused.ErrorDescription, spotifyReason: refused.ErrorCode,
		}
	}
	f := classify(a, err)
	if f != nil && f.kind != playback.CoolingDown {
		f.kind, f.healthReason = playback.Unreachable, ""
	}
	return f
}

// catalogError returns the failure as the error of a catalogue call: a *party.Error for the client or, if Spotify was
// not the cause, f itself, which is logged.
func (f *failure) catalogError() error {
	if f.internal {
		return f
	}
	if f.beyondShare {
		const message = "There are too many searches in this room. Try again in a moment."
		return &party.Error{Code: party.RateLimited, Message: message, RetryAfter: f.retryAfter, Err: f}
	}
	return &party.Error{
		Code: party.UpstreamUnavailable, Message: f.clientMessage(),
		RetryAfter: cmp.Or(f.retryAfter, defaultRetryAfter), Err: f,
	}
}

// clientMessage returns the sentence that clients read.
func (f *failure) clientMessage() string {
	switch f.kind {
	case playback.ReconnectNeeded:
		return "The host has to connect Spotify again."
	case playback.NotAllowed:
		return "This server may not use the host's Spotify account."
	case playback.CoolingDown:
		return "Spotify asks for fewer requests."
	case playback.Unavailable:
		return "Spotify does not offer this function to this server."
	}
	return "Spotify does not answer at the moment."
}

// fault returns the failure as a *playback.Fault for the player's driver, and nil for nil. A 403 without a known
// meaning says nothing about the song or playlist of the call, so it becomes Unavailable instead of Gone.
func (f *failure) fault() error {
	if f == nil {
		return nil
	}
	kind := f.kind
	if kind == playback.Gone && f.status == http.StatusForbidden {
		kind = playback.Unavailable
	}
	return &playback.Fault{Kind: kind, Reason: f.healthReason, RetryAfter: f.retryAfter, Err: f}
}
