package main_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"antwon.dj/backend/internal/testport"
)

// send sends an operation with the browser's cookies and these headers, names and values in turn.
func (b *browser) send(query string, header ...string) (got answer) {
	b.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		b.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := b.web.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(readAll(b.t, response)), &got); err != nil {
		b.t.Fatal(err)
	}
	return got
}

type refreshed struct {
	AccessToken string
	Viewer      struct {
		User              struct{ ID, DisplayName, Kind string }
		Email, PictureURL string
		EmailVerified     bool
	}
}

const refreshSession = `mutation { refreshSession {
	accessToken viewer { user { id displayName kind } email emailVerified pictureUrl }
} }`

// reload does what a page does when it is opened: it asks for an access token. It returns the code of the error, if
// there was one.
func (b *browser) reload() (got refreshed, code string) {
	b.t.Helper()
	answered := b.send(refreshSession, "X-Antwon", "1")
	if len(answered.Errors) > 0 {
		return got, answered.Errors[0].Extensions.Code
	}
	var data struct{ RefreshSession refreshed }
	if err := json.Unmarshal(answered.Data, &data); err != nil {
		b.t.Fatal(err)
	}
	b.token = data.RefreshSession.AccessToken
	return data.RefreshSession, ""
}

// enter joins a room in this browser.
func (b *browser) enter(code, name string) {
	b.t.Helper()
	answered := b.send(`mutation { joinRoom(code: "` + code + `", displayName: "` + name +
		`") { session { accessToken } } }`)
	var data struct{ JoinRoom struct{ Session session } }
	if err := json.Unmarshal(answered.Data, &data); err != nil || len(answered.Errors) > 0 {
		b.t.Fatalf("%v, %+v", err, answered.Errors)
	}
	b.token = data.JoinRoom.Session.AccessToken
}

// A host signs in with a provider, stays signed in after reloads, is the same user at the next login, and signs out.
func TestHostSignsInStaysSignedInAndSignsOut(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		p := startProvider(t)
		s := startReal(t, databaseURL, noSpotify(t), p)
		b := newBrowser(t, s.anonymous())
		if _, code := b.reload(); code != "UNAUTHENTICATED" {
			t.Errorf("nobody is signed in, and refreshSession answers %q", code)
		}
		first := b.signIn(p, hanna())
		if v := first.Viewer; v.User.Kind != "HOST" || v.User.DisplayName != "Hanna" || v.Email != "hanna@example.org" ||
			!v.EmailVerified || v.PictureURL != "https://pictures.test/hanna" {
			t.Errorf("signed in as %+v", v)
		}
		for range 3 {
			if again, code := b.reload(); code != "" || again.Viewer != first.Viewer {
				t.Errorf("after a reload: %s %+v", code, again)
			}
		}
		renamed := hanna()
		renamed.claims["name"] = "Johanna"
		elsewhere := newBrowser(t, s.anonymous())
		if got := elsewhere.signIn(p, renamed); got.Viewer.User.ID != first.Viewer.User.ID ||
			got.Viewer.User.DisplayName != "Johanna" {
			t.Errorf("the same person elsewhere: %+v", got)
		}
		if status, page := b.visit(s.url + "/auth/logout"); status != http.StatusOK || page != "" {
			t.Errorf("a link to sign out: %d %s, want a question", status, page)
		}
		if _, code := b.reload(); code != "" {
			t.Errorf("a link has signed out: %s", code)
		}
		status, page := b.submit(s.url + "/auth/logout")
		want := p.Addr() + "/end?client_id=" + p.ClientID + "&post_logout_redirect_uri=" + url.QueryEscape(s.url+"/")
		if status != http.StatusSeeOther || page != want {
			t.Errorf("signing out: %d %s, want %s", status, page, want)
		}
		if _, code := b.reload(); code != "UNAUTHENTICATED" {
			t.Errorf("signed out, and refreshSession answers %q", code)
		}
		if _, code := elsewhere.reload(); code != "" {
			t.Errorf("the other browser was signed out too: %s", code)
		}
		third := newBrowser(t, s.anonymous())
		third.signIn(p, hanna())
		if got := third.send(`mutation { signOutEverywhere }`, "X-Antwon", "1"); len(got.Errors) > 0 {
			t.Errorf("signOutEverywhere: %+v", got.Errors)
		}
		for name, b := range map[string]*browser{"this": third, "the other": elsewhere} {
			if _, code := b.reload(); code != "UNAUTHENTICATED" {
				t.Errorf("signed out everywhere, and %s browser gets %q", name, code)
			}
		}
		for _, secret := range []string{p.ClientSecret, "code=", first.AccessToken} {
			if strings.Contains(s.stderr.String(), secret) {
				t.Errorf("the log has %q in it", secret)
			}
		}
	})
}

// submit sends a form of one of the server's own pages, as visit follows a link.
func (b *browser) submit(page string) (status int, leadsTo string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, page, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Origin", b.url)
	response, err := b.web.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode, response.Header.Get("Location")
}

// A guest is the same user after a reload. After the guest has signed in, the songs that they added and liked belong to
// the host.
func TestGuestKeepsSongsAndLikesAfterSigningIn(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		p, o := startProvider(t), startSpotify(t)
		s := startReal(t, databaseURL, o, p, "ANTWON_PLAYBACK=off")
		host := newBrowser(t, s.anonymous())
		host.signIn(p, person{"otto", jwt.MapClaims{"name": "Otto"}})
		host.connect(o.newAccount("Otto's account"))
		roomID := host.openRoom("OTTOS")

		guest := newBrowser(t, s.anonymous())
		guest.enter("OTTOS", "Gina")
		songs := guest.search(roomID, "a", 2)
		mine, liked := guest.add(roomID, songs[0]), host.add(roomID, songs[1])
		guest.like(liked)
		before, code := guest.reload()
		if code != "" || before.Viewer.User.Kind != "GUEST" || !guest.liked(roomID)[liked.ID] {
			t.Fatalf("after a reload the guest is %s %+v", code, before)
		}
		asGuest := &user{s, guest.token}
		after := guest.signIn(p, hanna())
		if after.Viewer.User.Kind != "HOST" || !guest.liked(roomID)[liked.ID] {
			t.Errorf("signed in as %+v", after)
		}
		guest.like(liked)
		for _, item := range guest.queue(roomID) {
			if item.ID == liked.ID && item.LikeCount != 1 {
				t.Errorf("liked %d times by one person", item.LikeCount)
			}
		}
		guest.remove(mine) // the user who added a song may remove it
		again := `mutation { likeQueueItem(itemId: "` + liked.ID + `") { id } }`
		if code := asGuest.refusal(t, again, nil); code != "UNAUTHENTICATED" {
			t.Errorf("with the guest's old token: %s", code)
		}
	})
}

// The server accepts an answer of the provider once, and only from the browser that began the login. It redirects
// browsers only to its own pages.
func TestForgedAndRepeatedLoginsAreRefused(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	s := startReal(t, "sqlite:data/antwon.db", noSpotify(t), p)
	b, stranger := newBrowser(t, s.anonymous()), newBrowser(t, s.anonymous())
	refused := func(what string, b *browser, page string) {
		t.Helper()
		if status, leadsTo := b.visit(page); status != http.StatusBadRequest || leadsTo != "" {
			t.Errorf("%s: %d %s", what, status, leadsTo)
		}
		if _, code := b.reload(); code != "UNAUTHENTICATED" {
			t.Errorf("%s: signed in (%q)", what, code)
		}
	}
	callback := b.askWho(p, hanna(), "/host")
	refused("an answer that another browser brings", stranger, callback)
	refused("an answer that another browser has brought before", b, callback)
	used := b.askWho(p, hanna(), "/host")
	b.visit(used)
	b.send(`mutation { signOut }`, "X-Antwon", "1")
	refused("an answer again", b, used)
	refused("a made-up state", b, s.url+"/auth/callback?code=x&state="+strings.Repeat("A", 26))
	refused("no state", b, s.url+"/auth/callback")
	for _, elsewhere := range []string{
		"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)",
		"http:evil.example", s.url + "@evil.example/",
	} {
		refused("returning to "+elsewhere, b, s.url+"/auth/login?"+url.Values{"returnTo": {elsewhere}}.Encode())
	}

	failed := func(what, callback string) {
		t.Helper()
		if status, page := b.visit(callback); status != http.StatusSeeOther ||
			!strings.HasPrefix(page, "/host?login=failed&login_error=") {
			t.Errorf("%s: %d %s", what, status, page)
		}
		if _, code := b.reload(); code != "UNAUTHENTICATED" {
			t.Errorf("%s: signed in (%q)", what, code)
		}
	}
	unhappy, _ := url.Parse(b.askWho(p, hanna(), "/host"))
	state := unhappy.Query().Get("state")
	failed("access denied", s.url+"/auth/callback?error=access_denied&state="+state)
	mixed, _ := url.Parse(b.askWho(p, hanna(), "/host"))
	failed("a code of another login",
		s.url+"/auth/callback?code="+unhappy.Query().Get("code")+"&state="+mixed.Query().Get("state"))
	replayed := hanna()
	replayed.claims["nonce"] = "of another login"
	failed("an identity of another login", b.askWho(p, replayed, "/host"))
}

// Only pages of this server and of allowed origins can use the session's cookie, whichever requests a page of another
// site makes the browser send.
func TestOtherSitesCannotUseTheSessionCookie(t *testing.T) {
	t.Parallel()
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_ALLOWED_ORIGINS=https://friend.example")
	b := newBrowser(t, s.anonymous())
	b.enter("PARTY", "Gina")
	for _, mutation := range []string{refreshSession, `mutation { signOut }`, `mutation { signOutEverywhere }`} {
		for name, header := range map[string][]string{
			"no sign of the page":      nil,
			"another site's page":      {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
			"a forged origin":          {"Origin", "https://evil.example", "X-Antwon", "1"},
			"a forged same origin":     {"Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"},
			"an origin that is hidden": {"Origin", "null", "X-Antwon", "1"},
			"a friend's without proof": {"Origin", "https://friend.example", "Sec-Fetch-Site", "cross-site"},
			"a page beside ours":       {"Sec-Fetch-Site", "same-site"},
			"another header":           {"X-Antwon", "0"},
			"a name like a friend's":   {"Origin", "https://friend.example.evil.example", "X-Antwon", "1"},
		} {
			if got := b.send(mutation, header...); len(got.Errors) != 1 || got.Errors[0].Extensions.Code != "FORBIDDEN" {
				t.Errorf("%s, %s: %s %+v", mutation, name, got.Data, got.Errors)
			}
		}
	}
	for name, header := range map[string][]string{
		"a page of ours":           {"Origin", s.url, "Sec-Fetch-Site", "same-origin"},
		"one of an older browser":  {"Origin", s.url, "X-Antwon", "1"},
		"a friend's":               {"Origin", "https://friend.example", "Sec-Fetch-Site", "cross-site", "X-Antwon", "1"},
		"a program, not a browser": {"X-Antwon", "1"},
	} {
		if got := b.send(refreshSession, header...); len(got.Errors) > 0 {
			t.Errorf("%s: %+v", name, got.Errors)
		}
	}
	jar := b.web.Jar
	here, _ := url.Parse(s.url)
	var stolen *http.Cookie
	for _, cookie := range jar.Cookies(here) {
		if cookie.Name == "antwon_session" {
			stolen = cookie
		}
	}
	if stolen == nil || strings.Contains(s.stderr.String(), stolen.Value) {
		t.Fatalf("the session's cookie is %v, or stands in the log", stolen)
	}
	b.send(`mutation { signOut }`, "X-Antwon", "1")
	jar.SetCookies(here, []*http.Cookie{stolen})
	if _, code := b.reload(); code != "UNAUTHENTICATED" {
		t.Errorf("a cookie that was kept when its browser signed out: %q", code)
	}
}

// The server starts while its provider is down. It tells users who sign in about it, and uses the provider once it is
// up.
func TestServerStartsWhileTheProviderIsDown(t *testing.T) {
	t.Parallel()
	addr := testport.FreeAddress(t)
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{m, t}
	s := startReal(t, "sqlite:data/antwon.db", noSpotify(t), p, "ANTWON_OIDC_ISSUER=http://"+addr+mockoidc.IssuerBase)
	b := newBrowser(t, s.anonymous())
	if status, page := b.visit(s.url + "/auth/login"); status != http.StatusServiceUnavailable || page != "" {
		t.Errorf("the provider is down: %d %s", status, page)
	}
	p.serve(listen(t, addr))
	s.eventually("the provider to be found", func() bool {
		status, _ := b.visit(s.url + "/auth/login")
		return status == http.StatusSeeOther
	})
	if got := b.signIn(p, hanna()); got.Viewer.User.DisplayName != "Hanna" {
		t.Errorf("signed in as %+v", got)
	}
}
