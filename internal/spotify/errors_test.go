package spotify

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify/sim"
)

// errorBody returns an error body as in Spotify's reference. An empty reason is omitted.
func errorBody(message, reason string) string {
	if reason != "" {
		reason = `,"reason":"` + reason + `"`
	}
	return `{"error":{"status":0,"message":"` + message + `"` + reason + `}}`
}

// These constants keep the rows of the tables short.
const (
	unavailable = party.UpstreamUnavailable
	notFound    = party.NotFound
	badInput    = party.BadUserInput
)

// TestClassify lists the responses of Spotify, with the resulting fault for the player's driver and the resulting
// errors of the catalogue.
func TestClassify(t *testing.T) {
	tests := []struct {
		name       string
		status     int
		retryAfter time.Duration // the header
		body       string
		fault      playback.FaultKind
		why        party.HealthReason
		wait       time.Duration // of the fault
		search     party.Code
		song       party.Code
	}{
		{"expired", 401, 0, errorBody("The access token expired", ""), playback.ReconnectNeeded, "", 0, unavailable,
			unavailable},
		{"scope of the player, 403", 403, 0, errorBody("Permissions missing", ""), playback.ReconnectNeeded,
			party.ReasonScope, 0, unavailable, unavailable},
		{"scope, 401", 401, 0, errorBody("Insufficient client scope", ""), playback.ReconnectNeeded, party.ReasonScope, 0,
			unavailable, unavailable},
		{"a device that accepts no commands", 403, 0, errorBody("Player command failed", "DEVICE_NOT_CONTROLLABLE"),
			playback.Restricted, party.ReasonRestricted, 0, unavailable, unavailable},
		{"401 in HTML", 401, 0, "<html>", playback.ReconnectNeeded, "", 0, unavailable, unavailable},
		{"the status in the body is not it", 503, 0, `{"error":{"status":403,"message":"Forbidden"}}`, playback.Unreachable,
			"", 0, unavailable, unavailable},
		{"too many, for two minutes", 429, 2 * time.Minute, "Too many requests", playback.CoolingDown, "", 2 * time.Minute,
			unavailable, unavailable},
		{"too many, for longer", 429, 121 * time.Second, "Too many requests", playback.CoolingDown, party.ReasonQuota,
			121 * time.Second, unavailable, unavailable},
		{"garbage", 401, 0, errorBody("Invalid access token", ""), playback.ReconnectNeeded, "", 0, unavailable, unavailable},
		{"no token", 401, 0, errorBody("No token provided", ""), playback.ReconnectNeeded, "", 0, unavailable, unavailable},
		{"scope of the player", 401, 0, errorBody("Permissions missing", ""), playback.ReconnectNeeded, party.ReasonScope, 0,
			unavailable, unavailable},
		{"401 without a body", 401, 0, "", playback.ReconnectNeeded, "", 0, unavailable, unavailable},

		{"not on the list", 403, 0, "User not registered in the Developer Dashboard", playback.NotAllowed,
			party.ReasonNotListed, 0, unavailable, unavailable},
		{"not on the list, 2024", 403, 0,
			"Check settings on developer.spotify.com/dashboard, the user may not be registered.", playback.NotAllowed,
			party.ReasonNotListed, 0, unavailable, unavailable},
		{"not on the list, 2026", 403, 0,
			errorBody("The user is not registered for this application. "+
				"Please check your settings on https://developer.spotify.com/dashboard.", ""),
			playback.NotAllowed, party.ReasonNotListed, 0, unavailable, unavailable},
		{"the owner has no Premium", 403, 0, "Active premium subscription required for the owner of the app. …",
			playback.NotAllowed, party.ReasonOwnerPremium, 0, unavailable, unavailable},
		{"the owner has no Premium, JSON", 403, 0,
			errorBody("Active premium subscription required for the owner of the app.", ""), playback.NotAllowed,
			party.ReasonOwnerPremium, 0, unavailable, unavailable},
		{"the host has no Premium", 403, 0, errorBody("Player command failed: Premium required", "PREMIUM_REQUIRED"),
			playback.NotAllowed, party.ReasonNoPremium, 0, unavailable, unavailable},
		{"the host has no Premium, no reason", 403, 0, errorBody("Player command failed: Premium required", ""),
			playback.NotAllowed, party.ReasonNoPremium, 0, unavailable, unavailable},
		{"the host has no Premium, no message", 403, 0, errorBody("", "PREMIUM_REQUIRED"), playback.NotAllowed,
			party.ReasonNoPremium, 0, unavailable, unavailable},
		{"not now", 403, 0, errorBody("Player command failed: Restriction violated", "UNKNOWN"), playback.Restricted, "", 0,
			unavailable, unavailable},
		{"not now, no reason", 403, 0, errorBody("Restriction violated", ""), playback.Restricted, "", 0, unavailable,
			unavailable},
		{"not now, text", 403, 0, "disallowed by the player", playback.Restricted, "", 0, unavailable, unavailable},
		{"scope", 403, 0, errorBody("Insufficient client scope", ""), playback.ReconnectNeeded, party.ReasonScope, 0,
			unavailable, unavailable},
		{"endpoint removed", 403, 0, errorBody("Forbidden", ""), playback.Unavailable, "", 0, unavailable, unavailable},
		{"403 without a body", 403, 0, "", playback.Unavailable, "", 0, unavailable, unavailable},

		{"no device", 404, 0, errorBody("Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
			playback.NoDevice, "", 0, unavailable, unavailable},
		{"device gone", 404, 0, errorBody("Device not found", ""), playback.NoDevice, "", 0, unavailable, unavailable},
		{"no such song", 404, 0, errorBody("Not Found", ""), playback.Gone, "", 0, unavailable, notFound},
		{"404 without a body", 404, 0, "", playback.Gone, "", 0, unavailable, notFound},
		{"gone for good", 410, 0, "", playback.Gone, "", 0, unavailable, unavailable},
		{"limit", 400, 0, errorBody("Invalid limit", ""), playback.Gone, "", 0, badInput, notFound},
		{"400 in text", 400, 0, "Bad Request", playback.Gone, "", 0, badInput, notFound},
		{"length required", 411, 0, "<html>", playback.Gone, "", 0, unavailable, unavailable},

		{"too many, text", 429, 37 * time.Second, "Too many requests", playback.CoolingDown, "", 37 * time.Second,
			unavailable, unavailable},
		{"too many, JSON", 429, 2 * time.Second, errorBody("API rate limit exceeded", ""), playback.CoolingDown, "",
			2 * time.Second, unavailable, unavailable},
		{"too many, for a day", 429, 24 * time.Hour, "Too many requests", playback.CoolingDown, party.ReasonQuota,
			24 * time.Hour, unavailable, unavailable},
		{"too many, text, no time", 429, 0, "Too many requests", playback.CoolingDown, "", defaultRetryAfter, unavailable,
			unavailable},
		{"too many, JSON, no time", 429, 0, errorBody("API rate limit exceeded", ""), playback.CoolingDown, "",
			defaultRetryAfter, unavailable, unavailable},
		{"too many, no body, no time", 429, 0, "", playback.CoolingDown, "", defaultRetryAfter, unavailable, unavailable},
		{"quota", 429, 0, errorBody("Too many requests", "QUOTA_EXCEEDED"), playback.CoolingDown, party.ReasonQuota,
			defaultRetryAfter, unavailable, unavailable},
		{"quota, no message", 429, 0, errorBody("", "QUOTA_EXCEEDED"), playback.CoolingDown, party.ReasonQuota,
			defaultRetryAfter, unavailable, unavailable},
		{"quota, until then", 429, time.Hour, errorBody("Too many requests", "QUOTA_EXCEEDED"), playback.CoolingDown,
			party.ReasonQuota, time.Hour, unavailable, unavailable},

		{"server error", 500, 0, errorBody("Server error.", ""), playback.Unreachable, "", 0, unavailable, unavailable},
		{"gateway, HTML", 502, 0, "<html>Bad Gateway</html>", playback.Unreachable, "", 0, unavailable, unavailable},
		{"gateway, empty", 503, 0, "", playback.Unreachable, "", 0, unavailable, unavailable},
		{"gateway, slow", 504, 0, "upstream request timeout", playback.Unreachable, "", 0, unavailable, unavailable},
		{"request timeout", 408, 0, "", playback.Unreachable, "", 0, unavailable, unavailable},
		{"no answer", 0, 0, "", playback.Unreachable, "", 0, unavailable, unavailable},
		{"an answer that cannot be read", 200, 0, "", playback.Unreachable, "", 0, unavailable, unavailable},
		{"sent elsewhere", 302, 0, "", playback.Unreachable, "", 0, unavailable, unavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := classify(responseInfo{tt.status, tt.retryAfter, []byte(tt.body)}, errors.New("whatever the library says"))
			fault, ok := errors.AsType[*playback.Fault](f.fault())
			if !ok || fault.Kind != tt.fault || fault.Reason != tt.why || fault.RetryAfter != tt.wait || !errors.Is(fault, f) {
				t.Errorf("a fault: got %+v, want %s %s after %v", fault, tt.fault, tt.why, tt.wait)
			}
			expectError(t, "search", searchError(f), tt.search, "query", tt.wait)
			expectError(t, "song", songError(f), tt.song, "songUri", tt.wait)
		})
	}
	if f := classify(responseInfo{status: 200}, nil); f != nil || f.fault() != nil {
		t.Error("a success was classified as a failure")
	}
}

// expectError expects a RetryAfter exactly for UpstreamUnavailable, and a field for all other codes.
func expectError(t *testing.T, name string, err error, code party.Code, field string, wait time.Duration) {
	t.Helper()
	if code == unavailable {
		field = ""
		if wait == 0 {
			wait = defaultRetryAfter
		}
	}
	e, ok := errors.AsType[*party.Error](err)
	if !ok || e.Code != code || e.Field != field || e.RetryAfter != wait || e.Err == nil {
		t.Errorf("%s: got %+v, want %s of %q after %v", name, e, code, field, wait)
	}
}

// TestPlayerReasonsAreRestrictions covers every reason that Spotify's reference lists for a refused command.
func TestPlayerReasonsAreRestrictions(t *testing.T) {
	for reason := range strings.FieldsSeq(`NO_PREV_TRACK NO_NEXT_TRACK NO_SPECIFIC_TRACK ALREADY_PAUSED NOT_PAUSED
		NOT_PLAYING_LOCALLY NOT_PLAYING_TRACK NOT_PLAYING_CONTEXT ENDLESS_CONTEXT CONTEXT_DISALLOW
		ALREADY_PLAYING RATE_LIMITED
		REMOTE_CONTROL_DISALLOW DEVICE_NOT_CONTROLLABLE VOLUME_CONTROL_DISALLOW UNKNOWN`) {
		f := classify(responseInfo{status: 403, body: []byte(errorBody("Player command failed", reason))}, io.EOF)
		if f.kind != playback.Restricted || f.spotifyReason != reason {
			t.Errorf("%s is %s", reason, f.kind)
		}
	}
}

func TestClassifyToken(t *testing.T) {
	refusal := func(code string) error { return &oauth2.RetrieveError{ErrorCode: code} }
	tests := []struct {
		name   string
		status int
		err    error
		want   playback.FaultKind
	}{
		{"revoked", 400, refusal("invalid_grant"), playback.ReconnectNeeded},
		{"wrong secret", 400, refusal("invalid_client"), playback.Unreachable},
		{"wrong secret, 401", 401, refusal("invalid_client"), playback.Unreachable},
		{"forbidden", 403, refusal(""), playback.Unreachable},
		{"too many", 429, refusal(""), playback.CoolingDown},
		{"gateway", 503, refusal(""), playback.Unreachable},
		{"no connection", 0, io.EOF, playback.Unreachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if f := classifyToken(responseInfo{status: tt.status}, tt.err); f.kind != tt.want {
				t.Errorf("got %s, want %s", f.kind, tt.want)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "37": 37 * time.Second, " 37 ": 37 * time.Second, "soon": 0, "-1": 0, "5 s": 0, "0x10": 0,
		"1.5": 2 * time.Second, "0.1": time.Second, ".": 0, "1.2.3": 0, "Inf": 0, "NaN": 0, "1e9": 0,
		"86400": maxRetryAfter, "9000000000000": maxRetryAfter, "9223372036854775808": maxRetryAfter,
		strings.Repeat("9", 400):        maxRetryAfter,
		"Mon, 23 Nov 2026 12:00:00 GMT": 0, "Mon, 23 Nov 2026 12:01:30 GMT": 90 * time.Second,
		"Mon, 23 Nov 2026 11:00:00 GMT": 0, "Mon, 23 Nov 2099 12:00:00 GMT": maxRetryAfter,
	} {
		header := http.Header{"Retry-After": {value}, "Date": {"Mon, 23 Nov 2026 12:00:00 GMT"}}
		if got := retryAfter(header); got != want {
			t.Errorf("Retry-After %q is %v, want %v", value, got, want)
		}
	}
}

func TestLongMessageIsTruncated(t *testing.T) {
	long := strings.Repeat("ü", 5_000)
	for _, body := range []string{long + "\xff", errorBody(long, "")} {
		message, _ := parseErrorBody([]byte(body))
		if len(message) > 200 || strings.Trim(message, "ü") != "" {
			t.Errorf("got %d bytes: %q", len(message), message)
		}
	}
}

// TestRetryAfterWithoutDate: where Spotify does not say what time it is, this server's clock counts.
func TestRetryAfterWithoutDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		header := http.Header{"Retry-After": {time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)}}
		if got := retryAfter(header); got != time.Minute {
			t.Errorf("got %v", got)
		}
	})
}

// FuzzRetryAfter checks that any header yields a wait within the bounds.
func FuzzRetryAfter(f *testing.F) {
	for _, form := range sim.RetryAfterForms() {
		f.Add(form)
	}
	f.Fuzz(func(t *testing.T, form string) {
		if got := retryAfter(http.Header{"Retry-After": {form}}); got < 0 || got > maxRetryAfter {
			t.Errorf("%q is %v", form, got)
		}
	})
}

// FuzzClassify checks that any response is classified and has a printable error.
func FuzzClassify(f *testing.F) {
	for _, body := range []string{"", "Too many requests", "<html>", errorBody("Forbidden", ""),
		errorBody("", "PREMIUM_REQUIRED"), `{"error":"invalid_grant"}`, `{"error":null}`} {
		f.Add(403, 0, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status, seconds int, body []byte) {
		wait := retryAfter(http.Header{"Retry-After": {strconv.Itoa(seconds)}})
		failed := classify(responseInfo{status, wait, body}, io.EOF)
		if failed.kind == "" || failed.retryAfter < 0 || failed.retryAfter > maxRetryAfter ||
			!utf8.ValidString(failed.Error()) {
			t.Errorf("got %+v", failed)
		}
		if failed.kind == playback.CoolingDown && (status != 429 || failed.retryAfter < time.Second) {
			t.Errorf("got a pause of %v after %d", failed.retryAfter, status)
		}
		if failed.kind == playback.NotAllowed && failed.healthReason == "" {
			t.Errorf("NotAllowed without a health reason for %q", body)
		}
	})
}

// TestSuggestsRemovedEndpoint distinguishes failures that may concern the app from those that concern the request.
func TestSuggestsRemovedEndpoint(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   bool
	}{
		{403, errorBody("Forbidden", ""), true}, {403, "", true}, {403, "<html>", true},
		{404, errorBody("Not Found", ""), true}, {410, "", true},
		{403, errorBody("Player command failed: Restriction violated", "UNKNOWN"), false},
		{403, errorBody("Player command failed: Premium required", "PREMIUM_REQUIRED"), false},
		{403, errorBody("Forbidden", "CONTEXT_DISALLOW"), false},
		{403, "User not registered in the Developer Dashboard", false},
		{403, errorBody("Insufficient client scope", ""), false},
		{404, errorBody("No active device found", "NO_ACTIVE_DEVICE"), false},
		{404, errorBody("Device not found", ""), false},
		{400, errorBody("Invalid limit", ""), false}, {401, "", false}, {429, "", false}, {500, "", false},
	} {
		if f := classify(responseInfo{status: tt.status, body: []byte(tt.body)},
			io.EOF); f.suggestsRemovedEndpoint() != tt.want {
			t.Errorf("%d %q: withdrawn is %v", tt.status, tt.body, f.suggestsRemovedEndpoint())
		}
	}
}
