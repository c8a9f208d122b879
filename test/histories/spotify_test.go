package histories_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testport"
)

// spotify is a simulated Spotify, in a process of its own, behind a proxy for each server that records its commands.
type spotify struct {
	*process
	address  string
	mu       sync.Mutex
	commands []command // guarded by mu
	trapped  *server   // to be suspended in its next command; guarded by mu
	sprung   chan struct{}
}

// songSeconds is the length of all songs. It is short, so that the player has much to do, but long enough that a song
// which was handed over at the beginning of the one before it still waits after a takeover of the lease.
const songSeconds = 16

func newSpotify(t *testing.T) *spotify {
	t.Helper()
	s := &spotify{address: testport.FreeAddress(t)}
	s.process = newProcess(t, []string{
		"ANTWON_ADDR=" + s.address, fmt.Sprintf("ANTWON_DEMO_SONG_SECONDS=%d", songSeconds),
	}, "antwon", "spotify-sim")
	for deadline := time.Now().Add(time.Minute); s.control(http.MethodGet, "app", nil, nil) != nil; {
		if err := get("http://"+s.address+"/control/", nil); err == nil {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("the simulator does not start: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return s
}

// recordedFor returns the address at which one server reaches Spotify. The commands that it sends there are recorded.
func (s *spotify) recordedFor(server string) string {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: s.address})
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	recorded := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/me/player") {
			s.mu.Lock()
			s.commands = append(s.commands, command{time.Now(), server, r.Method + " " + r.URL.RequestURI()})
			if s.trapped != nil && s.trapped.name == server {
				s.trapped.signal(syscall.SIGSTOP)
				s.trapped = nil
				close(s.sprung)
			}
			s.mu.Unlock()
		}
		proxy.ServeHTTP(w, r)
	}))
	s.tb.Cleanup(recorded.Close)
	return recorded.Listener.Addr().String()
}

// trap suspends a server in the middle of its next command to a player: Spotify gets the command, but the server does
// not get the answer. It waits for the command as long as a song takes, which is enough unless nothing is queued.
func (s *spotify) trap(server *server) {
	s.mu.Lock()
	s.trapped, s.sprung = server, make(chan struct{})
	sprung := s.sprung
	s.mu.Unlock()
	select {
	case <-sprung:
	case <-time.After(songSeconds * time.Second):
		s.mu.Lock()
		defer s.mu.Unlock()
		s.trapped = nil
	}
}

func (s *spotify) control(method, path string, body, result any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	address := "http://" + s.address + "/control/" + path
	r, err := http.NewRequestWithContext(context.Background(), method, address, bytes.NewReader(text))
	if err != nil {
		return err
	}
	return receive(r, result)
}

// receive sends a request and decodes the body of a response with the status 200.
func receive(r *http.Request, result any) error {
	response, err := web.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	if result == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(result)
}

func get(address string, result any) error {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	return receive(r, result)
}

// songCount is how many songs the guests know. They are few, so that guests often want the same song.
const songCount = 150

// openRoom lets the host sign in, connect Spotify and open the room. Nothing is broken yet at that time.
func (w *world) openRoom() {
	w.t.Helper()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	var account struct{ ID string }
	must(w.spotify.control(http.MethodPost, "accounts", map[string]string{"display_name": hostName}, &account))
	w.account = account.ID
	var tracks []struct {
		ID, URI, ISRC, PlaysAs string
		Playable               bool
	}
	must(w.spotify.control(http.MethodGet, "catalogue", nil, &tracks))
	recordings := map[string]bool{}
	for _, t := range tracks {
		if t.Playable && t.PlaysAs == t.ID && !recordings[t.ISRC] && len(w.songs) < songCount {
			w.songs = append(w.songs, t.URI)
		}
		recordings[t.ISRC] = true
	}
	a := w.servers[0].address
	ask := func(token, query string, variables map[string]any, result any) {
		w.t.Helper()
		if outcome, why := request(a, token, query, variables, result); outcome != done {
			w.t.Fatal(why)
		}
	}
	var login struct{ DemoLogin struct{ AccessToken string } }
	ask("", `mutation { demoLogin(displayName: "`+hostName+`") { accessToken } }`, nil, &login)
	w.host = &user{w: w, name: hostName, token: login.DemoLogin.AccessToken, rand: rand.New(rand.NewPCG(1, 1))}
	must(w.host.connect(a, account.ID))
	var room struct{ CreateRoom struct{ ID string } }
	ask(w.host.token, `mutation($c: String, $s: RoomSettingsInput) {
		createRoom(input: {code: $c, settings: $s}) { id }
	}`, map[string]any{"c": roomCode, "s": map[string]any{
		"fallback": false, "skipVotePercent": 0, "maxSongSeconds": firstSetting, "maxQueueLength": fixed.queue,
		"maxQueuedPerGuest": fixed.perGuest, "addsPerHour": fixed.perHour, "cooldownMinutes": int(fixed.cooldown.Minutes()),
	}}, &room)
	w.room = room.CreateRoom.ID
}

// connect connects the host's account: the browser that asks goes to Spotify's page and comes back.
func (u *user) connect(address, account string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	browser := &http.Client{Jar: jar, Timeout: answerTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	body := strings.NewReader(`{"query": "mutation { connectSpotify(returnTo: \"/host\") { url } }"}`)
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+address+"/graphql", body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+u.token)
	response, err := browser.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var got struct {
		Data struct{ ConnectSpotify struct{ URL string } }
	}
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		return err
	}
	page := got.Data.ConnectSpotify.URL + "&" + url.Values{"account": {account}, "decision": {"allow"}}.Encode()
	for range 2 { // Spotify's page, and the server's callback
		if page, err = visit(browser, page); err != nil {
			return err
		}
	}
	if page != "/host?spotify=connected" {
		return fmt.Errorf("Spotify is not connected: %s", page)
	}
	return nil
}

// visit opens a page and returns the address to which it leads.
func visit(browser *http.Client, page string) (next string, err error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, page, nil)
	if err != nil {
		return "", err
	}
	response, err := browser.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	return response.Header.Get("Location"), nil
}
