package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"
)

// nasty has texts that an attacker hopes are run as code: as SQL, GraphQL, a template, a script or a path.
var nasty = []string{
	`' OR '1'='1`, `'; DROP TABLE rooms; --`, `" UNION SELECT encrypted_tokens FROM spotify_accounts --`,
	"\\'; DELETE FROM users#", "%' OR 1=1 -- ",
	`") { viewer { email } } #`, `${7*7}`, `{{7*7}}`, "<script>alert(1)</script>", "../../etc/passwd", "null", "NaN", "-1",
	"0x1F", "\u202eEVIL\u202c",
	"a\x00b", "a\r\nSet-Cookie: x=1", "\ufeff", strings.Repeat("𒐫", 500), strings.Repeat("A", 60_000),
}

// The server treats the text of every argument as text: it answers with a clear code and never with an internal error,
// and no data is lost.
func TestHostileTextsAreTreatedAsText(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		host := s.login("Hanna")
		roomID := host.openRoom("NASTY")
		kept := host.add(roomID, host.search(roomID, "the", 2)[0])
		for _, operation := range []string{
			`query($x: String!) { searchSongs(roomId: "%s", query: $x) { degraded } }`,
			`query($x: ID!) { room(id: $x) { id } }`,
			`query($x: String!) { roomByCode(code: $x) { id } }`,
			`query($x: String!) { room(id: "%s") { history(after: $x) { pageInfo { endCursor } } } }`,
			`query($x: String!) { room(id: "%s") { members(after: $x) { pageInfo { endCursor } } } }`,
			`mutation($x: String!) { joinRoom(code: $x, displayName: "Gina") { room { id } } }`,
			`mutation($x: String!) { joinRoom(code: "NASTY", displayName: $x) { room { id } } }`,
			`mutation($x: String!) { updateRoom(roomId: "%s", input: {name: $x}) { name } }`,
			`mutation($x: String!) { updateRoom(roomId: "%s", input: {settings: {fallbackPlaylistUri: $x}}) { name } }`,
			`mutation($x: String!) { createRoom(input: {code: $x}) { name } }`,
			`mutation($x: String!) { addSong(roomId: "%s", songUri: $x) { alreadyQueued } }`,
			`mutation($x: String!) {
				addSong(roomId: "%s", songUri: "spotify:track:0000000000000000000000", idempotencyKey: $x) { alreadyQueued }
			}`,
			`mutation($x: ID!) { likeQueueItem(itemId: $x) { id } }`,
			`mutation($x: ID!) { removeQueueItem(itemId: $x) { version } }`,
			`mutation($x: ID!) { clearQueue(roomId: $x) { version } }`,
			`mutation($x: ID!) { setRole(roomId: "%s", userId: $x, role: GUEST) { role } }`,
			`mutation($x: ID!) { removeGuest(roomId: "%s", userId: $x) { role } }`,
			`mutation($x: String!) { connectSpotify(returnTo: $x) { url } }`,
		} {
			query := strings.ReplaceAll(operation, "%s", roomID)
			for _, text := range nasty {
				got := host.post(t, query, map[string]any{"x": text})
				for _, e := range got.Errors {
					if e.Extensions.Code == "INTERNAL_SERVER_ERROR" || e.Extensions.Code == "" {
						t.Errorf("%s with %.40q: %+v", operation, text, e)
					}
				}
			}
		}
		unknown := fmt.Sprintf(`{ room(id: %q) { nothing } }`, nasty[1])
		if got := host.refusal(t, unknown, nil); got != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("in the document itself: %s", got)
		}
		s.eventually("the song to play as if nothing had happened", func() bool {
			return host.hears(roomID) == kept.Song.Name
		})
	})
}

// The server ends oversized requests early, and does not wait for slow clients.
func TestFloodsEndEarly(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db")
	status := func(request *http.Request) int {
		t.Helper()
		response, err := httpClient.Do(request)
		if err != nil { // cut off while it was still sending
			return 0
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	post := func(body io.Reader, header map[string]string) *http.Request {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql", body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		for name, value := range header {
			request.Header.Set(name, value)
		}
		return request
	}
	huge := fmt.Sprintf(`{"query": "mutation { joinRoom(code: \"PARTY\", displayName: \"%s\") { room { id } } }"}`,
		strings.Repeat("x", 10<<20))
	if got := status(post(strings.NewReader(huge), nil)); got != http.StatusRequestEntityTooLarge && got != 0 {
		t.Errorf("a name of 10 MB: %d", got)
	}
	long := map[string]string{"X-Flood": strings.Repeat("x", 64<<10)}
	got := status(post(strings.NewReader(`{"query":"{__typename}"}`), long))
	if got != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 64 KB: %d", got)
	}
	many := bytes.Repeat([]byte(`{"query":"{__typename}"},`), 1000)
	batch := io.MultiReader(strings.NewReader("["), bytes.NewReader(many), strings.NewReader("{}]"))
	if got := status(post(batch, nil)); got != http.StatusBadRequest {
		t.Errorf("a batch: %d", got)
	}

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	begun := time.Now()
	var drip sync.WaitGroup
	drip.Go(func() { // slow-loris: a header that never ends
		_, err := io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: x\r\n")
		for n := 0; err == nil && time.Since(begun) < time.Minute; n++ {
			time.Sleep(500 * time.Millisecond)
			_, err = fmt.Fprintf(conn, "X-%d: y\r\n", n)
		}
	})
	_, _ = bufio.NewReader(conn).ReadString('\n') // an error, or 408
	if waited := time.Since(begun); waited > 30*time.Second {
		t.Errorf("the server waited %v for a header", waited)
	}
	_ = conn.Close()
	drip.Wait()
	s.anonymous().ask(nil, `{ __typename }`, nil) // the server still answers
}

// Pages of other sites can neither read answers nor open WebSockets; forged headers have no effect.
func TestForgedOriginsAndHostsAreRefused(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_ALLOWED_ORIGINS=https://front.example")
	for origin, allowed := range map[string]bool{
		"https://front.example": true,
		"https://evil.example":  false, "https://front.example.evil.example": false, "null": false,
		"http://front.example": false, "https://evil.example#https://front.example": false,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql",
			strings.NewReader(`{"query":"{__typename}"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Origin", origin)
		response, err := httpClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got := response.Header.Get("Access-Control-Allow-Origin"); (got == origin) != allowed || got == "*" {
			t.Errorf("to %s: Access-Control-Allow-Origin %q", origin, got)
		}
		ws, status, err := dialWebSocket(t.Context(), s.url, http.Header{"Origin": {origin}})
		if (err == nil) != allowed || err != nil && status != http.StatusForbidden {
			t.Errorf("a WebSocket from %s: %v", origin, err)
		}
		if ws != nil {
			_ = ws.Close()
		}
	}
	host := s.login("Hanna")
	host.openRoom("HOSTED")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql",
		strings.NewReader(`{"query":"mutation { joinRoom(code: \"HOSTED\", displayName: \"Gina\") { room { joinUrl } } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Host = "evil.example"
	request.Header.Set("X-Forwarded-Host", "evil.example")
	response, err := httpClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if body := readAll(t, response); strings.Contains(body, "evil.example") || !strings.Contains(body, s.url+"/r/HOSTED") {
		t.Errorf("a forged Host gives the link %s", body)
	}
}

// A session that likes too often is refused with RATE_LIMITED; a thousand guests who each like once are served.
func TestLikeStormIsLimitedAndGuestsAreServed(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL, "ANTWON_TRUSTED_PROXIES=127.0.0.1")
		host := s.login("Hanna")
		roomID := host.openRoom("STORM")
		songs := host.search(roomID, "the", 3)
		host.add(roomID, songs[0])
		s.eventually("it to play", func() bool { return host.hears(roomID) != "" })
		song := host.add(roomID, songs[1])
		gina := s.join("STORM", "Gina")
		refused := 0
		for n := range 100 {
			mutation := []string{"likeQueueItem", "unlikeQueueItem"}[n%2]
			got := gina.post(t, fmt.Sprintf(`mutation($i: ID!) { %s(itemId: $i) { likeCount } }`, mutation),
				map[string]any{"i": song.ID})
			if len(got.Errors) > 0 {
				if got.Errors[0].Extensions.Code != "RATE_LIMITED" {
					t.Fatalf("told %+v", got.Errors[0])
				}
				refused++
			}
		}
		if refused < 30 {
			t.Errorf("%d of 100 likes of one session were refused", refused)
		}
		const guests, atOnce = 1000, 20
		var all sync.WaitGroup
		errs := make(chan error, guests) // one for each: none ever waits
		for lane := range atOnce {
			all.Go(func() {
				for n := lane; n < guests; n += atOnce {
					errs <- s.joinAndLike("STORM", song.ID, fmt.Sprintf("10.1.%d.%d", n/250, n%250))
				}
			})
		}
		all.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Fatalf("a guest: %v", err)
			}
		}
		if got := host.likeCounts(roomID, []item{song}); got[0] < guests {
			t.Errorf("%d likes of %d guests", got[0], guests)
		}
	})
}

// A flood of joins uses up the limit for newcomers of a network. A browser gets a cookie with its refusal, and may join
// when it comes back with the cookie. Meanwhile a host can sign in, and guests in the room are not affected.
func TestNewcomerGetsInDuringAFloodOfJoins(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db")
	s.login("Hanna").openRoom("FLOOD")
	gina := s.join("FLOOD", "Gina")
	join := func(client *http.Client) (code string, cookies []*http.Cookie) {
		t.Helper()
		body := `{"query":"mutation { joinRoom(code: \"FLOOD\", displayName: \"Guest\") { room { id } } }"}`
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/graphql", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Errors []struct{ Extensions struct{ Code string } }
		}
		cookies = response.Cookies()
		if err := json.Unmarshal([]byte(readAll(t, response)), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Errors) > 0 {
			code = got.Errors[0].Extensions.Code
		}
		return code, cookies
	}
	once := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	flood := func() {
		for n := 0; ; n++ {
			code, _ := join(once)
			if code == "RATE_LIMITED" {
				return
			}
			if code != "" || n > 1000 {
				t.Fatalf("join %d of the flood: %q", n, code)
			}
		}
	}
	var newcomer *http.Client
	var code string
	var cookies []*http.Cookie
	for n := 0; code == "" && n < 100; n++ { // the limit refills, so one newcomer in a while gets in at once
		flood()
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		newcomer = &http.Client{Jar: jar}
		code, cookies = join(newcomer)
	}
	if code != "RATE_LIMITED" || len(cookies) != 1 || cookies[0].Name != "antwon_browser" {
		t.Fatalf("the newcomer's first try: %q with the cookies %v", code, cookies)
	}
	if code, cookies = join(newcomer); code != "" || len(cookies) != 1 || cookies[0].Name != "antwon_session" {
		t.Errorf("the newcomer's second try: %q with the cookies %v", code, cookies)
	}
	gina.ask(nil, `mutation { joinRoom(code: "FLOOD", displayName: "Regina") { room { id } } }`, nil)
	s.login("Otto")
}

// joinAndLike joins a room as a guest from this address, and likes a song.
func (s *server) joinAndLike(code, itemID, address string) error {
	ask := func(token, query string, result any) error {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Forwarded-For", address)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := httpClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		return decode(response.Body, result)
	}
	var got struct {
		JoinRoom struct{ Session session }
	}
	join := `mutation { joinRoom(code: "` + code + `", displayName: "Guest") { session { accessToken } } }`
	if err := ask("", join, &got); err != nil {
		return err
	}
	return ask(got.JoinRoom.Session.AccessToken, `mutation { likeQueueItem(itemId: "`+itemID+`") { likeCount } }`, nil)
}

// Internal errors are logged, and clients do not see them.
func TestInternalErrorsAreNotShownToClients(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db")
	for _, body := range []string{
		`{"query":"{ room(id: 1.5) { id } }"}`, `{"query":"query($x: ID!) { room(id: $x) { id } }","variables":{"x":{}}}`,
		`{"query":12}`, `{"query":"{ viewer(`,
	} {
		response, err := post(t, s.url+"/graphql", body)
		if err != nil {
			t.Fatal(err)
		}
		text := readAll(t, response)
		for _, secret := range []string{"goroutine", ".go:", "sqlite", "SELECT", "jukebox."} {
			if strings.Contains(text, secret) {
				t.Errorf("%s is answered %s", body, text)
			}
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s is answered %s", body, text)
		}
	}
}
