package spotify

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/playback"
)

func TestClassify(t *testing.T) {
	player := func(message, reason string) string {
		return `{"error":{"status":0,"message":"` + message + `","reason":"` + reason + `"}}`
	}
	regular := func(message string) string { return `{"error":{"status":0,"message":"` + message + `"}}` }
	tests := []struct {
		name       string
		status     int
		retryAfter time.Duration
		body       string
		want       playback.FaultKind
		wantRetry  time.Duration
	}{
		{"token refused twice", 401, 0, regular("Invalid access token"), playback.ReconnectNeeded, 0},
		{"not on the list", 403, 0, "User not registered in the Developer Dashboard", playback.NotAllowed, 0},
		{"the owner has no Premium", 403, 0, "Active premium subscription required for the owner of the app. …", playback.NotAllowed, 0},
		{"the host has no Premium", 403, 0, player("Player command failed: Premium required", "PREMIUM_REQUIRED"), playback.NotAllowed, 0},
		{"not now", 403, 0, player("Player command failed: Restriction violated", "UNKNOWN"), playback.Restricted, 0},
		{"not now, without a reason", 403, 0, regular("Restriction violated"), playback.Restricted, 0},
		{"scope missing", 403, 0, regular("Insufficient client scope"), playback.ReconnectNeeded, 0},
		{"endpoint removed", 403, 0, regular("Forbidden"), playback.Gone, 0},
		{"no device", 404, 0, player("Player command failed: No active device found", "NO_ACTIVE_DEVICE"), playback.NoDevice, 0},
		{"device gone", 404, 0, regular("Device not found"), playback.NoDevice, 0},
		{"no such song", 404, 0, regular("Not Found"), playback.Gone, 0},
		{"gone for good", 410, 0, "", playback.Gone, 0},
		{"our mistake", 400, 0, regular("Invalid limit"), playback.Gone, 0},
		{"too many, plain text", 429, 37 * time.Second, "Too many requests", playback.CoolingDown, 37 * time.Second},
		{"too many, JSON", 429, 2 * time.Second, regular("API rate limit exceeded"), playback.CoolingDown, 2 * time.Second},
		{"too many, until when is not said", 429, 0, "Too many requests", playback.CoolingDown, retryLater},
		{"quota", 429, 0, player("Too many requests", "QUOTA_EXCEEDED"), playback.CoolingDown, quotaPause},
		{"quota, and until when", 429, time.Hour, player("Too many requests", "QUOTA_EXCEEDED"), playback.CoolingDown, time.Hour},
		{"server error", 500, 0, regular("Server error."), playback.Unreachable, 0},
		{"gateway, HTML", 502, 0, "<html>Bad Gateway</html>", playback.Unreachable, 0},
		{"gateway, empty", 503, 0, "", playback.Unreachable, 0},
		{"no answer", 0, 0, "", playback.Unreachable, 0},
		{"an answer that cannot be read", 200, 0, "", playback.Unreachable, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := classify(answer{tt.status, tt.retryAfter, []byte(tt.body)}, errors.New("whatever the library says"))
			if f.kind != tt.want || f.retryAfter != tt.wantRetry {
				t.Errorf("got %s after %v, want %s after %v", f.kind, f.retryAfter, tt.want, tt.wantRetry)
			}
		})
	}
	if classify(answer{status: 200}, nil) != nil {
		t.Error("a success was classified as a failure")
	}
}

func TestClassifyRefresh(t *testing.T) {
	refusal := func(code string) error { return &oauth2.RetrieveError{ErrorCode: code} }
	tests := []struct {
		name   string
		status int
		err    error
		want   playback.FaultKind
	}{
		{"revoked", 400, refusal("invalid_grant"), playback.ReconnectNeeded},
		{"wrong secret", 400, refusal("invalid_client"), playback.Unreachable},
		{"too many", 429, refusal(""), playback.CoolingDown},
		{"gateway", 503, refusal(""), playback.Unreachable},
		{"no connection", 0, io.EOF, playback.Unreachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if f := classifyRefresh(answer{status: tt.status}, tt.err); f.kind != tt.want {
				t.Errorf("got %s, want %s", f.kind, tt.want)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{"": 0, "37": 37 * time.Second, "soon": 0, "-1": 0, "86400": 24 * time.Hour} {
		if got := retryAfter(http.Header{"Retry-After": {value}}); got != want {
			t.Errorf("Retry-After %q is %v, want %v", value, got, want)
		}
	}
}

func TestSearchesAreKeptForAWhile(t *testing.T) {
	s, now := newSearches(), time.Now()
	key := searchKey{"host", normalized("  Some   SONG "), 10, 0}
	s.add(key, page{hasMore: true}, now)
	if p, ok := s.get(searchKey{"host", "some song", 10, 0}, now.Add(29*time.Second)); !ok || !p.hasMore {
		t.Error("forgotten within 30 s")
	}
	if _, ok := s.get(key, now.Add(30*time.Second)); ok {
		t.Error("kept for longer than 30 s")
	}
	if _, ok := s.get(searchKey{"another", "some song", 10, 0}, now); ok {
		t.Error("one host's result was given to another")
	}
}
