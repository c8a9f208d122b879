package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testlog"
	"antwon.dj/backend/internal/testport"
)

// outside is a simulated Spotify that runs on its own, as `antwon spotify-sim`.
type outside struct {
	t   *testing.T
	url string
}

func startSpotify(t *testing.T, env ...string) *outside {
	t.Helper()
	addr := testport.FreeAddress(t)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary(t), "spotify-sim") // the cleanup stops it
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "ANTWON_ADDR=" + addr}, env...)
	stderr := testlog.New(t)
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the simulator ended with %v\n%s", err, stderr)
		}
	})
	o := &outside{t, "http://" + addr}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		response, err := get(o.url + "/control/")
		if err == nil {
			_ = response.Body.Close()
			return o
		}
		if time.Now().After(deadline) {
			t.Fatalf("the simulator does not start: %v\n%s", err, stderr)
		}
	}
}

// app returns the environment of a server that uses the simulator.
func (o *outside) app() []string {
	return []string{
		"ANTWON_SPOTIFY_CLIENT_ID=app", "ANTWON_SPOTIFY_CLIENT_SECRET=app's secret", "ANTWON_SPOTIFY_REQUESTS=600",
		"ANTWON_SPOTIFY_API_URL=" + o.url + "/v1", "ANTWON_SPOTIFY_ACCOUNTS_URL=" + o.url,
	}
}

func (o *outside) control(method, path string, body, result any) {
	o.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(o.t.Context(), method, o.url+"/control/"+path, bytes.NewReader(text))
	if err != nil {
		o.t.Fatal(err)
	}
	response, err := httpClient.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	answer := readAll(o.t, response)
	if response.StatusCode != http.StatusOK {
		o.t.Fatalf("%s %s: %s", method, path, answer)
	}
	if result != nil && json.Unmarshal([]byte(answer), result) != nil {
		o.t.Fatalf("%s %s: %s", method, path, answer)
	}
}

func (o *outside) newAccount(name string) (id string) {
	o.t.Helper()
	var account struct{ ID string }
	o.control(http.MethodPost, "accounts", map[string]string{"display_name": name}, &account)
	return account.ID
}

type heard struct {
	URI            string
	Started, Ended time.Time
	Full           bool // it played to its end
}

// heard returns the songs that an account's player really played, in order.
func (o *outside) heard(accountID string) []heard {
	o.t.Helper()
	var account struct{ Heard []heard }
	o.control(http.MethodGet, "accounts/"+accountID, nil, &account)
	return account.Heard
}

// browser is a host's browser, with cookies. It does not follow redirects by itself.
type browser struct {
	*user
	web *http.Client
}

func newBrowser(t *testing.T, u *user) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{u, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// askSpotify sends connectSpotify and returns where Spotify asks for permission.
func (b *browser) askSpotify(returnTo string) string {
	b.t.Helper()
	body, _ := json.Marshal(map[string]any{
		"query":     `mutation($r: String) { connectSpotify(returnTo: $r) { url } }`,
		"variables": map[string]string{"r": returnTo},
	})
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+b.token)
	response, err := b.web.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	var got struct{ ConnectSpotify struct{ URL string } }
	if err := decode(response.Body, &got); err != nil {
		b.t.Fatal(err)
	}
	return got.ConnectSpotify.URL
}

// visit opens a page and returns its status and where it leads to.
func (b *browser) visit(page string) (status int, leadsTo string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, page, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.web.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode, response.Header.Get("Location")
}

// decide answers Spotify's question, and returns the address of our callback with the answer.
func (b *browser) decide(page, accountID, decision string) (callback string) {
	b.t.Helper()
	status, callback := b.visit(page + "&" + url.Values{"account": {accountID}, "decision": {decision}}.Encode())
	if status != http.StatusFound || !strings.HasPrefix(callback, b.url+"/spotify/callback?") {
		b.t.Fatalf("Spotify answered %d %s", status, callback)
	}
	return callback
}

func (b *browser) connect(accountID string) {
	b.t.Helper()
	status, page := b.visit(b.decide(b.askSpotify("/host"), accountID, "allow"))
	if status != http.StatusSeeOther || page != "/host?spotify=connected" {
		b.t.Fatalf("the callback answered %d %s", status, page)
	}
}

func (u *user) connection() string {
	u.t.Helper()
	var got struct{ Viewer json.RawMessage }
	u.ask(&got, `{ viewer {
		spotify { connected displayName needsReconnect reconnectSoon } playlists { nodes { name } }
	} }`, nil)
	return string(got.Viewer)
}

// A host can connect an account only in the browser that began it, and only once with the same answer. The host sees
// the errors, and can disconnect the account again.
func TestHostConnectsAndDisconnectsSpotify(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		o := startSpotify(t)
		s := startServer(t, databaseURL, o.app()...)
		account := o.newAccount("Hanna's account")
		host := newBrowser(t, s.login("Hanna"))
		const nothing = `{"spotify":{"connected":false,"displayName":null,` +
			`"needsReconnect":false,"reconnectSoon":false},"playlists":{"nodes":[]}}`
		const connected = `{"spotify":{"connected":true,"displayName":"Hanna's account",` +
			`"needsReconnect":false,"reconnectSoon":false},"playlists":{"nodes":[]}}`
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: got %s, want %s", what, got, want)
			}
		}
		expect("at first", host.connection(), nothing)
		expect("without Spotify", host.refusal(t, `mutation { createRoom(input: {}) { id } }`, nil), "FORBIDDEN")

		_, page := host.visit(host.decide(host.askSpotify("/host?tab=1"), account, "deny"))
		if !strings.HasPrefix(page, "/host?spotify=failed&spotify_error=Spotify+was+not+connected") ||
			!strings.HasSuffix(page, "&tab=1") {
			t.Errorf("after a refusal the browser is sent to %s", page)
		}
		callback := host.decide(host.askSpotify("/host"), account, "allow")
		stranger := newBrowser(t, s.login("Mallory"))
		if status, page := stranger.visit(callback); status != http.StatusBadRequest || page != "" {
			t.Errorf("another browser's answer: %d %s", status, page)
		}
		if status, _ := host.visit(callback); status != http.StatusBadRequest { // an answer is accepted once
			t.Errorf("the same answer again: %d", status)
		}
		for _, elsewhere := range []string{
			"https://evil.example/host", "//evil.example", "/\\evil.example", "javascript:alert(1)",
		} {
			got := host.refusal(t, `mutation($r: String) { connectSpotify(returnTo: $r) { url } }`,
				map[string]any{"r": elsewhere})
			expect("returning to "+elsewhere, got, "BAD_USER_INPUT returnTo")
		}
		expect("still", host.connection(), nothing)

		host.connect(account)
		expect("connected", host.connection(), connected)
		_, page = stranger.visit(stranger.decide(stranger.askSpotify("/host"), account, "allow"))
		if !strings.Contains(page, "spotify=failed") {
			t.Errorf("an account of two hosts: %s", page)
		}
		roomID := host.openRoom("MINE")
		first := host.add(roomID, host.search(roomID, "the", 1)[0])
		s.eventually("it to play", func() bool { return host.hears(roomID) == first.Song.Name })

		host.ask(nil, `mutation { disconnectSpotify }`, nil)
		expect("disconnected", host.connection(), nothing)
		s.eventually("the room to say so", func() bool { return host.toldWhy(roomID) == "NOT_CONNECTED" })
		host.connect(account)
		s.eventually("the room to be well again", func() bool { return host.toldWhy(roomID) == "" })
		var accounts []struct {
			RefreshToken string `json:"refresh_token"`
		}
		o.control(http.MethodGet, "accounts", nil, &accounts)
		for _, secret := range []string{"app's secret", "code=", accounts[0].RefreshToken} {
			if strings.Contains(s.stderr.String(), secret) {
				t.Errorf("the log has %q in it", secret)
			}
		}
	})
}

// One of two servers drives a room. When it is killed during a song, or suspended and resumed, the other one takes
// over, and no song plays twice or is left out.
func TestMusicContinuesOnAnotherServer(t *testing.T) {
	t.Parallel()
	databaseURL, o := testdb.MySQL(t), startSpotify(t, "ANTWON_DEMO_SONG_SECONDS=15")
	env := append(o.app(), "ANTWON_SESSION_SECRET="+strings.Repeat("s", 32))
	a, b := startServer(t, databaseURL, env...), startServer(t, databaseURL, env...)
	host, account := newBrowser(t, a.login("Hanna")), o.newAccount("Hanna's account")
	host.connect(account)
	roomID := host.openRoom("RELAY")
	there := &user{b, host.token}
	var want []string
	for _, uri := range host.search(roomID, "the", 6) {
		want = append(want, host.add(roomID, uri).Song.Name)
	}
	isDriving := func(s *server) bool { return s.metric("antwon_playback_rooms") > 0 }
	a.eventually("one server to drive the room", func() bool { return isDriving(a) != isDriving(b) })
	driver, other := a, b
	if isDriving(b) {
		driver, other = b, a
	}
	here := &user{other, there.token}
	other.eventually("the second song", func() bool { return here.hears(roomID) == want[1] })

	// It may be stopped in the middle of a commit.
	driver.log.Allow("could not renew the node", "the room's player could not be driven", "could not store presence")
	if err := driver.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	stopped := time.Now()
	other.eventually("the other server to take over", func() bool { return isDriving(other) })
	t.Logf("taken over %v after the first server was stopped", time.Since(stopped).Round(100*time.Millisecond))
	other.eventually("the third song", func() bool { return here.hears(roomID) == want[2] })
	if err := driver.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	driver.eventually("the first server to give way", func() bool { return !isDriving(driver) })
	other.eventually("the fourth song", func() bool { return here.hears(roomID) == want[3] })

	other.stop(os.Kill)
	killed := time.Now()
	driver.eventually("the first server to take over again", func() bool { return isDriving(driver) })
	t.Logf("taken over %v after the second server was killed", time.Since(killed).Round(100*time.Millisecond))
	back := &user{driver, there.token}
	driver.eventually("the last song", func() bool { return back.hears(roomID) == want[len(want)-1] })
	driver.eventually("its end", func() bool { return back.hears(roomID) == "" })
	if got := back.history(roomID); got != strings.Join(want, " | ") {
		t.Errorf("history says %q, want %q", got, want)
	}

	var names []string
	var silence time.Duration
	played := o.heard(account)
	catalogue := o.catalogue()
	for i, h := range played {
		names = append(names, catalogue[h.URI])
		if i > 0 {
			silence = max(silence, h.Started.Sub(played[i-1].Ended))
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("heard %q, want %q", names, want)
	}
	t.Logf("the longest silence between two songs was %v", silence.Round(100*time.Millisecond))
}

// catalogue returns the songs' names by URI.
func (o *outside) catalogue() map[string]string {
	o.t.Helper()
	var tracks []struct{ URI, Name string }
	o.control(http.MethodGet, "catalogue", nil, &tracks)
	names := map[string]string{}
	for _, track := range tracks {
		names[track.URI] = track.Name
	}
	return names
}
