package main_test

import (
	"encoding/json"
	"slices"
	"strings"
	"syscall"
	"testing"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testpush"
)

// subscribePush subscribes a browser to notices, and returns the push key.
func (u *user) subscribePush(roomID string, b *testpush.Browser) (pushKey string) {
	u.t.Helper()
	var got struct{ PushKey string }
	u.ask(&got, `{ pushKey }`, nil)
	u.ask(nil, `mutation($r: ID!, $e: String!, $p: String!, $a: String!, $k: String!) {
		subscribePush(roomId: $r, endpoint: $e, p256dh: $p, auth: $a, pushKey: $k, language: "de")
	}`, map[string]any{"r": roomID, "e": b.Endpoint, "p": b.P256dh, "a": b.Auth, "k": got.PushKey})
	return got.PushKey
}

// kinds returns the kinds of the notices that a browser has got about a song.
func kinds(t *testing.T, b *testpush.Browser, song string) (kinds []string) {
	t.Helper()
	for _, text := range b.Texts() {
		var notice struct{ Kind, Song string }
		if err := json.Unmarshal([]byte(text), &notice); err != nil {
			t.Fatal(err)
		}
		if notice.Song == song {
			kinds = append(kinds, notice.Kind)
		}
	}
	return kinds
}

// Two servers have the same push key. A guest subscribes at one of them, and the other one, which drives the player,
// sends the notices, once each. A server that stops still sends the notices that wait.
func TestGuestIsToldByTheServerThatDrivesTheRoom(t *testing.T) {
	t.Parallel()
	service, url := testpush.Start(t), testdb.MySQL(t)
	env := []string{
		"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32), "ANTWON_DEMO_SONG_SECONDS=20",
		"ANTWON_PUSH_HOSTS=" + service.Host(), "SSL_CERT_FILE=" + service.CertificateFile(),
	}
	a := startServer(t, url, env...)
	b := startServer(t, url, append(env, "ANTWON_PLAYBACK=off")...)
	host := a.login("Hanna")
	roomID := host.openRoom("TOLD")
	gina, browser, otto := b.join("TOLD", "Gina"), service.Subscribe(), service.Subscribe()
	key := gina.subscribePush(roomID, browser)
	b.join("TOLD", "Otto").subscribePush(roomID, otto)

	uris := host.search(roomID, "the", 2)
	host.add(roomID, uris[0])
	second := (&user{server: a, token: gina.token}).add(roomID, uris[1]) // B has another simulated Spotify
	want := []string{"NEXT", "PLAYING"}
	a.eventually("Gina to be told", func() bool { return len(kinds(t, browser, second.Song.Name)) >= len(want) })
	a.stop(syscall.SIGTERM)

	if got := kinds(t, browser, second.Song.Name); !slices.Equal(got, want) || len(browser.Messages()) != len(want) {
		t.Errorf("Gina is told %v, want %v: %v", got, want, browser.Texts())
	}
	for _, m := range browser.Messages() {
		if m.Key != key || m.Subject != strings.Replace(a.url, "http:", "https:", 1) {
			t.Errorf("the message is %+v", m)
		}
	}
	if told := otto.Texts(); told != nil {
		t.Errorf("Otto is told %v", told)
	}
	if log := a.stderr.String() + b.stderr.String(); strings.Contains(log, "/push/") {
		t.Error("an endpoint is logged")
	}
}
