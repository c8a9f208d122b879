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
	// retryLater is when to come back if Spotify does not say.
	retryLater = 5 * time.Second
	// longWait is from when on a Retry-After tells of more than a short burst. Spotify has been seen to ask for a day.
	longWait = 2 * time.Minute
)

// failure is the one form in which failures travel inside this package.
type failure struct {
	kind       playback.FaultKind // what it means
	why        party.HealthReason // the same more exactly, where the host can do something about it
	status     int                // of the answer, be it about the call or about its token; 0: there was none
	message    string
	reason     string        // Spotify's own word, where it gave one
	retryAfter time.Duration // 0: nobody said
	ours       bool          // Spotify has nothing to do with it: the database, the vault
	err        error
}

func (f *failure) Error() string {
	text := "spotify: "
	if f.status != 0 {
		text += fmt.Sprintf("%d ", f.status)
	}
	text += f.message
	if f.reason != "" {
		text += " (" + f.reason + ")"
	}
	if f.err != nil {
		text += ": " + f.err.Error()
	}
	return text
}

func (f *failure) Unwrap() error { return f.err }

// classify says what the failure of a call means, by what was really answered. nil stays nil.
func classify(a answer, err error) *failure {
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
	f.message, f.reason = explain(a.body)
	f.kind, f.why = f.meaning()
	if f.kind == playback.CoolingDown {
		f.retryAfter = cmp.Or(f.retryAfter, retryLater)
	}
	return f
}

// explain reads {"error": {"message", "reason"}}; anything else is taken for plain text.
func explain(body []byte) (message, reason string) {
	var content struct {
		Error struct{ Message, Reason string }
	}
	if err := json.Unmarshal(body, &content); err == nil && content.Error.Message+content.Error.Reason != "" {
		return short(content.Error.Message), short(content.Error.Reason)
	}
	return short(string(body)), ""
}

// short is what of a text fits into an error.
func short(text string) string {
	const enough = 200
	text = strings.TrimSpace(text)
	return strings.ToValidUTF8(text[:min(len(text), enough)], "")
}

// meaning goes by the status, and by Spotify's words where one status has several meanings (Web API reference, "Response
// status codes" and "Player error object"; the plain texts are what apps have been seen to get).
func (f *failure) meaning() (playback.FaultKind, party.HealthReason) {
	switch {
	case f.status == http.StatusUnauthorized && f.lacksScope():
		return playback.ReconnectNeeded, party.ReasonScope
	case f.status == http.StatusUnauthorized: // even with a fresh token
		return playback.ReconnectNeeded, ""
	case f.status == http.StatusForbidden:
		return f.forbidden()
	case f.status == http.StatusNotFound && f.says("NO_ACTIVE_DEVICE", "device not found", "no active device"):
		return playback.NoDevice, ""
	case f.status == http.StatusTooManyRequests && (f.reason == "QUOTA_EXCEEDED" || f.retryAfter > longWait):
		return playback.CoolingDown, party.ReasonQuota
	case f.status == http.StatusTooManyRequests:
		return playback.CoolingDown, ""
	case f.status >= 500, f.status == http.StatusRequestTimeout:
		return playback.Unreachable, ""
	}
	return playback.Gone, ""
}

func (f *failure) forbidden() (playback.FaultKind, party.HealthReason) {
	switch {
	case f.says("not registered", "not be registered"):
		return playback.NotAllowed, party.ReasonNotListed
	case f.says("premium subscription required"):
		return playback.NotAllowed, party.ReasonOwnerPremium
	case f.says("PREMIUM_REQUIRED", "premium required"):
		return playback.NotAllowed, party.ReasonNoPremium
	case f.lacksScope():
		return playback.ReconnectNeeded, party.ReasonScope
	case f.says("DEVICE_NOT_CONTROLLABLE", "REMOTE_CONTROL_DISALLOW"):
		return playback.Restricted, party.ReasonRestricted
	case f.reason != "" || f.says("restriction", "disallow"):
		return playback.Restricted, ""
	}
	return playback.Gone, ""
}

func (f *failure) lacksScope() bool {
	return f.says("insufficient client scope", "permissions missing")
}

// withdrawn says whether the failure may mean that the endpoint is not for this app. Apps have been seen to get 403 or 404
// for what they lost in February 2026.
func (f *failure) withdrawn() bool {
	return f.kind == playback.Gone &&
		(f.status == http.StatusForbidden || f.status == http.StatusNotFound || f.status == http.StatusGone)
}

// says looks for one of some words in the message or the reason.
func (f *failure) says(words ...string) bool {
	text := strings.ToLower(f.message + " " + f.reason)
	for _, word := range words {
		if strings.Contains(text, strings.ToLower(word)) {
			return true
		}
	}
	return false
}

// classifyToken is classify for the token endpoint, whose errors are OAuth's (RFC 6749, 5.2). invalid_grant means that
// the authorization is gone for good. After anything else, a wrong client secret included, it may still be good.
func classifyToken(a answer, err error) *failure {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.ErrorCode == "invalid_grant" {
		return &failure{
			kind: playback.ReconnectNeeded, status: a.status, message: refused.ErrorDescription, reason: refused.ErrorCode,
		}
	}
	f := classify(a, err)
	if f != nil && f.kind != playback.CoolingDown {
		f.kind, f.why = playback.Unreachable, ""
	}
	return f
}

// unavailable is a failure as those who search and add are told of it.
func (f *failure) unavailable() error {
	if f.ours {
		return f
	}
	return &party.Error{
		Code: party.UpstreamUnavailable, Message: f.sentence(), RetryAfter: cmp.Or(f.retryAfter, retryLater), Err: f,
	}
}

func (f *failure) sentence() string {
	switch f.kind {
	case playback.ReconnectNeeded:
		return "the host has to connect Spotify again"
	case playback.NotAllowed:
		return "the host's Spotify account may not be used by this server"
	case playback.CoolingDown:
		return "Spotify asks for fewer requests"
	case playback.Unavailable:
		return "Spotify does not offer this to this server"
	}
	return "Spotify does not answer at the moment"
}

// fault is a failure as the players' driver is told of it; nil stays nil. A bare 403 says nothing of what was asked for.
func (f *failure) fault() error {
	if f == nil {
		return nil
	}
	kind := f.kind
	if kind == playback.Gone && f.status == http.StatusForbidden {
		kind = playback.Unavailable
	}
	return &playback.Fault{Kind: kind, Reason: f.why, RetryAfter: f.retryAfter, Err: f}
}
