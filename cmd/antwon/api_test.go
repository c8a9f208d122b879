package main_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/web"
)

// A client that may not do something, or whose request is malformed, gets a documented error code.
func TestErrorsReachClientsWithTheirCodes(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		host, other := s.login("Hanna"), s.login("Otto")
		roomID, otherID := host.openRoom("ERRORS"), other.openRoom("OTHERS")
		guest := s.join("ERRORS", "Gina")
		song := guest.add(roomID, guest.search(roomID, "a", 2)[1])
		_, closedID := other.closeRoom(otherID), otherID

		room, item := map[string]any{"r": roomID}, map[string]any{"i": song.ID}
		unknown := map[string]any{"r": "01900000-0000-7000-8000-000000000000", "i": "01900000-0000-7000-8000-000000000000"}
		const clear = `mutation($r: ID!) { clearQueue(roomId: $r) { version } }`
		const like = `mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }`
		for _, c := range []struct {
			name      string
			who       *user
			query     string
			variables map[string]any
			want      string // code, and field after a space
		}{
			{"no session", s.anonymous(), clear, room, "UNAUTHENTICATED"},
			{"garbage for a token", &user{s, "garbage"}, clear, room, "UNAUTHENTICATED"},
			{"a guest clears", guest, clear, room, "FORBIDDEN"},
			{"another host clears", other, clear, room, "FORBIDDEN"},
			{"another host likes", other, like, item, "FORBIDDEN"},
			{"an unknown room", host, clear, unknown, "NOT_FOUND"},
			{"an unknown item", guest, like, unknown, "NOT_FOUND"},
			{"a malformed id", guest, like, map[string]any{"i": "7"}, "BAD_USER_INPUT itemId"},
			{"a closed room", other, clear, map[string]any{"r": closedID}, "CONFLICT"},
			{"a second room", host, `mutation { createRoom(input: {}) { id } }`, nil, "CONFLICT"},
			{"a guest opens a room", guest, `mutation { createRoom(input: {}) { id } }`, nil, "FORBIDDEN"},
			{"a code nobody has", s.anonymous(), `mutation { joinRoom(code: "NOBODY", displayName: "X") { room { id } } }`, nil,
				"NOT_FOUND"},
			{"a malformed code", s.anonymous(), `{ roomByCode(code: "?") { id } }`, nil, "BAD_USER_INPUT code"},
			{"a name of spaces", s.anonymous(), `mutation { joinRoom(code: "ERRORS", displayName: "  ") { room { id } } }`, nil,
				"BAD_USER_INPUT displayName"},
			{"a song Spotify lacks", guest,
				`mutation($r: ID!) { addSong(roomId: $r, songUri: "spotify:track:0000000000000000000000") { alreadyQueued } }`,
				room, "NOT_FOUND songUri"},
			{"a link to elsewhere", guest,
				`mutation($r: ID!) { addSong(roomId: $r, songUri: "https://example.org/") { alreadyQueued } }`, room,
				"BAD_USER_INPUT songUri"},
			{"too large a page", guest, `query($r: ID!) { searchSongs(roomId: $r, query: "a", first: 11) { degraded } }`, room,
				"BAD_USER_INPUT first"},
			{"a field that is not there", guest, `{ nothing }`, nil, "GRAPHQL_VALIDATION_FAILED"},
			{"no GraphQL at all", guest, `hello`, nil, "GRAPHQL_VALIDATION_FAILED"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if got := c.who.refusal(t, c.query, c.variables); got != c.want &&
					!(got == "GRAPHQL_PARSE_FAILED" && c.query == "hello") {
					t.Errorf("got %s, want %s", got, c.want)
				}
			})
		}
	})
}

// A user who is not a member gets the public fields of a room, and FORBIDDEN for each other field.
func TestNonMemberSeesOnlyPublicFieldsOfARoom(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		roomID := s.login("Hanna").openRoom("DOOR")
		answer := s.login("Otto").post(t, `query($r: ID!) { room(id: $r) {
			code name status joinUrl host { id } createdAt queue { version } playback { status } history { edges { cursor } }
		} }`,
			map[string]any{"r": roomID})
		if got := string(answer.Data); !strings.Contains(got, `"code":"DOOR"`) || strings.Count(got, ":null") != 6 {
			t.Errorf("a non-member sees %s", got)
		}
		if len(answer.Errors) != 6 {
			t.Fatalf("%d errors, want one for each hidden field: %+v", len(answer.Errors), answer.Errors)
		}
		for _, e := range answer.Errors {
			if e.Extensions.Code != "FORBIDDEN" {
				t.Errorf("got %+v, want FORBIDDEN", e)
			}
		}
		var none struct{ Room, RoomByCode *struct{ ID string } }
		s.anonymous().ask(&none, `{
			room(id: "01900000-0000-7000-8000-000000000000") { id } roomByCode(code: "NOBODY") { id } viewer { user { id } }
		}`, nil)
		if none.Room != nil || none.RoomByCode != nil {
			t.Errorf("rooms that are not there: %+v", none)
		}
	})
}

// A session begins over HTTP. A WebSocket keeps the session with which it was opened.
func TestSessionsBeginOnlyOverHTTP(t *testing.T) {
	s := startServer(t, "sqlite:data/antwon.db")
	guest := s.join("PARTY", "Gina")
	conn := guest.dial(t, map[string]string{"authorization": "Bearer " + guest.token})
	for _, query := range []string{
		`mutation { demoLogin(displayName: "X") { accessToken } }`,
		`mutation { joinRoom(code: "PARTY", displayName: "X") { session { accessToken } } }`,
		`mutation { watchRoom(code: "PARTY") { session { accessToken } } }`,
		`mutation { refreshSession { accessToken } }`,
		`mutation { signOut }`,
		`mutation { signOutEverywhere }`,
	} {
		operation := map[string]any{"id": "1", "type": "subscribe", "payload": map[string]any{"query": query}}
		if err := conn.WriteJSON(operation); err != nil {
			t.Fatal(err)
		}
		var next, complete struct {
			Type    string
			Payload json.RawMessage
		}
		if err := conn.ReadJSON(&next); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(next.Payload), "BAD_USER_INPUT") {
			t.Errorf("%s over a WebSocket: %s", query, next.Payload)
		}
		if err := conn.ReadJSON(&complete); err != nil || complete.Type != "complete" {
			t.Fatalf("want complete, got %+v, %v", complete, err)
		}
	}
	refused := s.anonymous().dialRaw(t, map[string]string{"authorization": "Bearer garbage"})
	if _, _, err := refused.ReadMessage(); !websocket.IsCloseError(err, 4403) {
		t.Errorf("a wrong token: %v, want the connection closed with 4403", err)
	}
}

// Compilers of clients can download the schema as a file, with the descriptions.
func TestDemoServesTheSchemaAsAFile(t *testing.T) {
	s := startServer(t, "sqlite:data/antwon.db")
	response, err := get(s.url + "/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	text := readAll(t, response)
	want, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("/schema.graphql has %d bytes, want the %d of schema.graphqls: %.200q", len(text), len(want), text)
	}
}

func TestHealthMetricsAndCoversAreServed(t *testing.T) {
	s := startServer(t, "sqlite:data/antwon.db")
	s.join("PARTY", "Gina")
	for path, want := range map[string]string{
		"/healthz":                       "alive",
		"/readyz":                        "ready",
		"/metrics":                       "graphql_operations_total",
		"/graphql?query={viewer{email}}": `{"data":{"viewer":null}}`,
	} {
		response, err := get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body := readAll(t, response)
		if response.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("GET %s: %s, %.200s; want %q in it", path, response.Status, body, want)
		}
	}
	var got struct {
		RoomByCode struct{ ID string }
	}
	s.anonymous().ask(&got, `{ roomByCode(code: "party") { id } }`, nil)
	var queue struct {
		Room struct {
			Queue struct {
				Items []struct{ Song struct{ ImageURL string } }
			}
		}
	}
	guest := s.join("PARTY", "Gustav")
	guest.ask(&queue, `query($r: ID!) { room(id: $r) { queue { items { song { imageUrl } } } } }`,
		map[string]any{"r": got.RoomByCode.ID})
	cover := queue.Room.Queue.Items[0].Song.ImageURL
	response, err := get(cover)
	if err != nil {
		t.Fatal(err)
	}
	if body := readAll(t, response); !strings.Contains(body, "<svg") ||
		response.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the cover %s is %s: %.100s", cover, response.Header.Get("Content-Type"), body)
	}
}

// The program has the pages embedded, or says how to build them.
func TestPagesAreServedOrSayHowToBuildThem(t *testing.T) {
	s := startServer(t, "sqlite:data/antwon.db")
	status, want := http.StatusOK, `data-login="demo"`
	if _, err := fs.Stat(web.Pages(), "room.html"); err != nil {
		status, want = http.StatusServiceUnavailable, "make build"
	}
	for _, path := range []string{"/", "/r/PARTY", "/r/PARTY/screen", "/host", "/playground?code=PARTY"} {
		response, err := get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		if body := readAll(t, response); response.StatusCode != status || !strings.Contains(body, want) {
			t.Errorf("GET %s: %s, %.200s; want %q in it", path, response.Status, body, want)
		}
	}
}

func TestAllConfigurationErrorsAreReportedTogether(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), binary(t), "demo")
	cmd.Env = []string{"ANTWON_ADDR=8080", "ANTWON_PUBLIC_URL=party", "ANTWON_DATABASE_URL=postgres://x",
		"ANTWON_SESSION_SECRET=short",
		"ANTWON_FEED_INTERVAL=soon", "ANTWON_LOG_LEVEL=loud", "ANTWON_PLAYBACK=maybe", "ANTWON_DEMO_SONG_SECONDS=-1",
		"ANTWON_ALLOWED_ORIGINS=example.org", "ANTWON_NATS_URL=http://x", "ANTWON_KEEP_ROOMS=1h", "ANTWON_ADRESS=typo"}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("exit code %d (%v), want 2", cmd.ProcessState.ExitCode(), err)
	}
	for _, entry := range cmd.Env {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.Contains(string(out), name+":") {
			t.Errorf("the message does not name %s", name)
		}
		if name == "ANTWON_SESSION_SECRET" && strings.Contains(string(out), value+"\"") {
			t.Error("the secret is shown")
		}
	}
	config := exec.CommandContext(t.Context(), binary(t), "config")
	config.Env = []string{"ANTWON_SESSION_SECRET=" + strings.Repeat("verysecret", 4),
		"ANTWON_DATABASE_URL=mysql://u:hidden@127.0.0.1:3306/x",
		"ANTWON_NATS_URL=tls://u:hidden@127.0.0.1"}
	if out, err := config.CombinedOutput(); err != nil || strings.Contains(string(out), "verysecret") ||
		strings.Contains(string(out), "hidden") {
		t.Errorf("antwon config: %v\n%s", err, out)
	}
}
