package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testport"
)

// cookie returns the value of a cookie that the browser sends to the server, or "".
func (b *browser) cookie(name string) string {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, cookie := range b.web.Jar.Cookies(request.URL) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// Once a host has signed out everywhere, a stolen token can neither begin a session nor act in the room. Joining with a
// token that is still valid does not begin another session, either.
func TestAccessTokenDoesNotOutliveItsSession(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		host := newBrowser(t, s.login("Hanna"))
		host.openRoom("HANNAS")
		thief := newBrowser(t, &user{s, host.token})
		join := `mutation { joinRoom(code: "HANNAS", displayName: "Hanna") { session { accessToken } } }`
		bearer := []string{"Authorization", "Bearer " + host.token}
		if got := thief.send(join, bearer...); len(got.Errors) > 0 || thief.cookie("antwon_session") != "" {
			t.Errorf("joined with a token: %+v, and the cookie %q", got.Errors, thief.cookie("antwon_session"))
		}
		host.ask(nil, `mutation { signOutEverywhere }`, nil)
		for _, mutation := range []string{join, `mutation { watchRoom(code: "HANNAS") { session { accessToken } } }`,
			`mutation { demoLogin(displayName: "Hanna") { accessToken } }`, `mutation { disconnectSpotify }`} {
			got := thief.send(mutation, bearer...)
			if len(got.Errors) != 1 || got.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
				t.Errorf("%s after signing out: %s %+v, want UNAUTHENTICATED", mutation, got.Data, got.Errors)
			}
		}
		if cookie := thief.cookie("antwon_session"); cookie != "" {
			t.Errorf("got the refresh token %q", cookie)
		}
	})
}

// When a session ends, so do its WebSockets and event streams on all servers: after a hint over NATS or, without NATS,
// when the other server next checks.
func TestEndedSessionIsDisconnectedFromTheOtherServer(t *testing.T) {
	t.Parallel()
	databaseURL, port := testdb.MySQL(t), testport.Free(t)
	nats := startNATS(t, port)
	env := []string{"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32),
		fmt.Sprintf("ANTWON_NATS_URL=nats://127.0.0.1:%d", port)}
	a := startServer(t, databaseURL, env...)
	b := startServer(t, databaseURL, append(env, "ANTWON_PLAYBACK=off")...)
	roomID := a.login("Hanna").openRoom("INDOORS")
	signOut := func(name string) time.Duration {
		here := a.join("INDOORS", name)
		there := &user{b, here.token}
		conn := there.dial(t, map[string]string{"authorization": "Bearer " + there.token})
		events := there.listen(t, `subscription { roomQueue(roomId: "`+roomID+`") { version } }`)
		begun := time.Now()
		here.ask(nil, `mutation { signOut }`, nil)
		if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, 4403) {
			t.Errorf("%s's WebSocket ends with %v, want 4403", name, err)
		}
		if rest, err := io.ReadAll(events); err != nil || strings.Contains(string(rest), "complete") {
			t.Errorf("%s's events end with %q, %v", name, rest, err)
		}
		took := time.Since(begun)
		for _, u := range []*user{here, there} {
			if code := u.refusal(t, `mutation { closeRoom(roomId: "`+roomID+`") { id } }`, nil); code != "UNAUTHENTICATED" {
				t.Errorf("%s at %s: %s, want UNAUTHENTICATED", name, u.url, code)
			}
		}
		return took
	}
	t.Logf("signed out: out at the other server after %v", signOut("Gina").Round(time.Millisecond))
	nats.Shutdown()
	nats.WaitForShutdown()
	b.eventually("both to notice", func() bool {
		return a.metric("antwon_nats_connected")+b.metric("antwon_nats_connected") == 0
	})
	t.Logf("signed out without NATS: out at the other server after %v", signOut("Gustav").Round(time.Millisecond))
}

// listen subscribes by Server-Sent Events, and returns what follows the first event.
func (u *user) listen(t *testing.T, query string) io.Reader {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+u.token)
	response, err := httpClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() }) // it may have ended
	events := bufio.NewReader(response.Body)
	for line := ""; !strings.HasPrefix(line, "data:"); {
		if line, err = events.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return events
}
