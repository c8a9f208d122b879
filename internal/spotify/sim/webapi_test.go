package sim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

// reply is a response.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request without a client library. The authorization may be empty.
func ask(t *testing.T, method, target, authorization, body string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	must(t, err)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(t, err)
	return reply{resp.StatusCode, resp.Header, strings.TrimSpace(string(data))}
}

// message returns the body of an error.
func message(status int, text, reason string) string {
	if reason != "" {
		reason = fmt.Sprintf(`,"reason":%q`, reason)
	}
	return fmt.Sprintf(`{"error":{"status":%d,"message":%q%s}}`, status, text, reason)
}

func TestWebAPIErrors(t *testing.T) {
	s, server := start(t, sim.Config{})
	songs := plain(s, 2)
	notFound := message(404, "Not Found", "")
	forbidden := message(403, "Forbidden", "")
	noDevice := message(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE")
	deviceNotFound := message(404, "Device not found", "")
	restricted := message(403, "Player command failed: Restriction violated", "UNKNOWN")
	play := `{"uris":["` + songs[0].URI + `"]}`
	nobody := "/tracks/0000000000000000000000"

	for _, tt := range []struct {
		player       string // what the player does: fresh, playing, paused, inactive
		method, path string
		body         string
		want         string
	}{
		{"fresh", "GET", "/search?type=track", "", message(400, "No search query", "")},
		{"fresh", "GET", "/search?type=track&q=a&limit=11", "", message(400, "Invalid limit", "")},
		{"fresh", "GET", "/search?type=track&q=a&limit=x", "", message(400, "Invalid limit", "")},
		{"fresh", "GET", "/search?type=track&q=a&offset=1001", "", message(400, "Invalid offset", "")},
		{"fresh", "GET", "/search?type=album&q=a", "", message(400, "Bad search type field: only track is simulated", "")},
		{"fresh", "GET", nobody, "", notFound},
		{"fresh", "GET", "/recommendations?seed_tracks=a", "", notFound},
		{"fresh", "GET", "/anything/else", "", notFound},
		{"fresh", "DELETE", "/me", "", notFound},
		{"fresh", "GET", "/tracks?ids=a,b", "", forbidden},
		{"fresh", "POST", "/playlists/p1/tracks", play, forbidden},
		{"fresh", "POST", "/users/u1/playlists", "{}", forbidden},
		{"fresh", "GET", "/artists/a1/top-tracks", "", forbidden},

		{"fresh", "PUT", "/me/player/play", "", restricted},
		{"fresh", "PUT", "/me/player/pause", "", restricted},
		{"fresh", "POST", "/me/player/next", "", restricted},
		{"playing", "PUT", "/me/player/play", "", restricted},
		{"paused", "PUT", "/me/player/pause", "", restricted},

		{"inactive", "PUT", "/me/player/play", play, noDevice},
		{"inactive", "PUT", "/me/player/pause", "", noDevice},
		{"inactive", "POST", "/me/player/next", "", noDevice},
		{"inactive", "POST", "/me/player/queue?uri=" + songs[1].URI, "", noDevice},
		{"playing", "PUT", "/me/player/play?device_id=other", play, deviceNotFound},
		{"playing", "POST", "/me/player/queue?device_id=other&uri=" + songs[1].URI, "", deviceNotFound},
		{"playing", "PUT", "/me/player", `{"device_ids":["other"]}`, deviceNotFound},
		{"playing", "PUT", "/me/player", `{"device_ids":["a","b"]}`, message(400, "device_ids must name one device", "")},

		{"playing", "POST", "/me/player/queue?uri=spotify:track:" + strings.TrimPrefix(nobody, "/tracks/"), "", notFound},
		{"playing", "POST", "/me/player/queue?uri=spotify:album:x", "",
			message(400, "Invalid track uri: spotify:album:x", "")},
		{"playing", "POST", "/me/player/queue", "", message(400, "Invalid track uri: ", "")},
		{"playing", "PUT", "/me/player/play", `{"uris":["` + songs[0].URI + `"],"position_ms":-1}`,
			message(400, "Invalid position_ms", "")},
		{"playing", "PUT", "/me/player/play", `{`, message(400, "Malformed json: unexpected EOF", "")},
		{"playing", "PUT", "/me/player/play", `{"context_uri":"spotify:album:x"}`, notFound},
		{"playing", "PUT", "/me/player/play", `{"context_uri":"spotify:show:x"}`, message(400, "Invalid context uri", "")},
		{"playing", "PUT", "/me/player/play", `{"context_uri":"spotify:album:x","uris":["` + songs[0].URI + `"]}`,
			message(400, "Can't have both context_uri and uris", "")},
		{"playing", "PUT", "/me/player/play", `{"uris":["` + songs[0].URI + `"],"offset":{"position":1}}`,
			message(400, "Invalid offset position", "")},
		{"playing", "PUT", "/me/player/play", `{"surprise":1}`,
			message(400, `Malformed json: json: unknown field "surprise"`, "")},
		{"playing", "PUT", "/me/player/play", strings.Repeat(" ", 70_000), message(400, "Malformed body", "")},
	} {
		t.Run(tt.player+" "+tt.method+" "+tt.path, func(t *testing.T) {
			account := addAccount(t, s)
			bearer := bearer(t, server.URL, account)
			if tt.player != "fresh" {
				ask(t, "PUT", server.URL+"/v1/me/player/play", bearer, play)
			}
			if tt.player == "paused" {
				ask(t, "PUT", server.URL+"/v1/me/player/pause", bearer, "")
			}
			must(t, s.SetDeviceActive(account.ID, tt.player != "inactive"))

			got := ask(t, tt.method, server.URL+"/v1"+tt.path, bearer, tt.body)
			if got.body != tt.want || !strings.Contains(got.body, fmt.Sprintf(`"status":%d`, got.status)) {
				t.Errorf("%d %s\nnot %s", got.status, got.body, tt.want)
			}
			if got.header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("content type %q", got.header.Get("Content-Type"))
			}
		})
	}
}

func bearer(t *testing.T, base string, account sim.Account) string {
	t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {account.RefreshToken}}
	got := askForm(t, base+"/api/token", form)
	var token oauth2.Token
	if err := json.Unmarshal([]byte(got.body), &token); err != nil || token.AccessToken == "" {
		t.Fatalf("%v in %d %s", err, got.status, got.body)
	}
	return "Bearer " + token.AccessToken
}

func askForm(t *testing.T, target string, form url.Values) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(form.Encode()))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(t, err)
	return reply{resp.StatusCode, resp.Header, strings.TrimSpace(string(data))}
}

func TestAccessTokensAreChecked(t *testing.T) {
	now := newClock()
	s, server := start(t, sim.Config{Now: now.Now})
	account, other := addAccount(t, s), addAccount(t, s)
	valid := bearer(t, server.URL, account)
	unauthorized := func(name, authorization, text string) {
		got := ask(t, "GET", server.URL+"/v1/me", authorization, "")
		if got.status != 401 || got.body != message(401, text, "") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	unauthorized("no token", "", "No token provided")
	unauthorized("garbage", "Bearer garbage", "Invalid access token")
	unauthorized("the refresh token", "Bearer "+account.RefreshToken, "Invalid access token")
	unauthorized("another account's name", strings.Replace(valid, account.ID, other.ID, 1), "Invalid access token")
	unauthorized("a longer life", strings.Replace(valid, account.ID+".1", account.ID+".2", 1), "Invalid access token")

	now.pass(time.Hour - 2*time.Second)
	if got := ask(t, "GET", server.URL+"/v1/me", valid, ""); got.status != 200 {
		t.Errorf("a token of almost an hour: %d %s", got.status, got.body)
	}
	now.pass(2 * time.Second)
	unauthorized("after an hour", valid, "The access token expired")
}

func TestTokenEndpointRefreshes(t *testing.T) {
	s, server := start(t, sim.Config{})
	account := addAccount(t, s)
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		token, err := tokens(server, style, account.RefreshToken).Token()
		must(t, err)
		left := time.Until(token.Expiry)
		if token.RefreshToken != account.RefreshToken || token.Extra("refresh_token") != nil || left > time.Hour ||
			left < 59*time.Minute {
			t.Errorf("token: %+v", token)
		}
	}
	for name, tt := range map[string]struct {
		form url.Values
		want string
	}{
		"unknown token": {url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"AQnone"}}, "invalid_grant"},
		"no token":      {url.Values{"grant_type": {"refresh_token"}}, "invalid_grant"},
		"other grant":   {url.Values{"grant_type": {"password"}}, "unsupported_grant_type"},
		"nothing":       {nil, "unsupported_grant_type"},
	} {
		if got := askForm(t, server.URL+"/api/token", tt.form); got.status != 400 ||
			!strings.Contains(got.body, `"error":"`+tt.want+`"`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// TestPlaybackStateOnTheWire checks fields that the Go library ignores, but other clients need.
func TestPlaybackStateOnTheWire(t *testing.T) {
	now := newClock()
	s, server := start(t, sim.Config{Now: now.Now})
	account := addAccount(t, s)
	bearer, player := bearer(t, server.URL, account), server.URL+"/v1/me/player"
	for _, path := range []string{"", "/currently-playing"} {
		if got := ask(t, "GET", player+path, bearer, ""); got.status != 204 || got.body != "" {
			t.Errorf("%s before anything played: %d %s", path, got.status, got.body)
		}
	}
	started := now.Now()
	song := plain(s, 1)[0]
	if got := ask(t, "PUT", player+"/play", bearer, `{"uris":["`+song.URI+`"]}`); got.status != 200 || got.body == "" ||
		json.Valid([]byte(got.body)) {
		t.Errorf("a command was answered %d %q, want an opaque text", got.status, got.body)
	}
	now.pass(1234 * time.Millisecond)
	got := ask(t, "GET", player, bearer, "")
	for _, part := range []string{
		`"is_playing":true`, `"progress_ms":1234`, `"currently_playing_type":"track"`, `"context":null`,
		`"actions":{"disallows":{"resuming":true}}`, fmt.Sprintf(`"timestamp":%d`, started.UnixMilli()),
		`"uri":"` + song.URI + `"`, `"external_ids":{"isrc":"` + song.ISRC + `"}`,
		`"href":"` + server.URL + `/v1/tracks/` + song.ID + `"`,
		`"images":[]`, `"is_playable":true`, `"supports_volume":true`,
	} {
		if !strings.Contains(got.body, part) {
			t.Errorf("%s is not in %s", part, got.body)
		}
	}
	if me := ask(t, "GET", server.URL+"/v1/me", bearer, ""); !strings.Contains(me.body, `"account_id":"`+account.ID+`"`) {
		t.Errorf("me: %s", me.body)
	}
}

func TestLinksBetweenPages(t *testing.T) {
	s, server := start(t, sim.Config{})
	bearer := bearer(t, server.URL, addAccount(t, s))
	var page struct {
		Tracks struct {
			Next, Previous *string
			Total          int
			Items          []struct{ ID string }
		}
	}
	seen := map[string]bool{}
	target := server.URL + "/v1/search?type=track&market=DE&limit=7&q=%22umbrella%22"
	for next := &target; next != nil; next = page.Tracks.Next {
		if !strings.HasPrefix(*next, server.URL+"/v1/search?") || !strings.Contains(*next, "market=DE") {
			t.Fatalf("the link %s does not lead back to the server", *next)
		}
		got := ask(t, "GET", *next, bearer, "")
		page.Tracks.Items = nil
		must(t, json.Unmarshal([]byte(got.body), &page))
		if first := len(seen) == 0; first != (page.Tracks.Previous == nil) {
			t.Errorf("previous after %d tracks: %v", len(seen), page.Tracks.Previous)
		}
		for _, item := range page.Tracks.Items {
			seen[item.ID] = true
		}
	}
	if len(seen) != page.Tracks.Total || len(seen) <= 7 {
		t.Errorf("saw %d of %d tracks", len(seen), page.Tracks.Total)
	}
	none := ask(t, "GET", server.URL+"/v1/search?type=track&q=umbrella&limit=0", bearer, "")
	if !strings.Contains(none.body, `"next":null`) || !strings.Contains(none.body, `"items":[]`) {
		t.Errorf("limit 0: %s", none.body)
	}
}
