package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/golang-jwt/jwt/v5"
)

// chromium is a real browser, without a window, and one tab of it.
type chromium struct {
	t   *testing.T
	ctx context.Context
}

// startChromium skips a test with -short, and where there is no browser.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	if testing.Short() {
		t.Skip("Chromium left out: -short")
	}
	path, err := exec.LookPath("chromium")
	switch {
	case err == nil:
	case os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("Chromium is required here: %v", err)
	default:
		t.Skipf("Chromium left out: %v (install chromium)", err)
	}
	// Without its sandbox it also runs as root. It opens only our own pages.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // only against hanging
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return &chromium{t, ctx}
}

// open goes to a page, follows its redirects, and returns the address of the last page.
func (c *chromium) open(page string) (address string) {
	c.t.Helper()
	if _, err := chromedp.Run(c.ctx, chromedp.Navigate(page)); err != nil {
		c.t.Fatalf("open %s: %v", page, err)
	}
	return c.address()
}

func (c *chromium) address() string {
	c.t.Helper()
	address, err := chromedp.Run(c.ctx, chromedp.Location())
	if err != nil {
		c.t.Fatal(err)
	}
	return address
}

// evaluate runs a script in the page and returns its result.
func (c *chromium) evaluate(script string) string {
	c.t.Helper()
	text, err := chromedp.Run(c.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		c.t.Fatalf("%s: %v", script, err)
	}
	return text
}

// send has the page send an operation, with the cookies that the browser permits, and returns the answer.
func (c *chromium) send(address, query, headers string) string {
	c.t.Helper()
	return c.evaluate(fmt.Sprintf(`fetch(%q, {
		method: 'POST', credentials: 'include', headers: {'Content-Type': 'application/json', ...%s},
		body: JSON.stringify({query: %q})}).then(r => r.text()).catch(e => 'not let: ' + e)`, address, headers, query))
}

// leave runs a script that leads to another page, and waits for that page. The present page may be gone before it has
// answered, so leave does not wait for the script's answer, and asks for the address repeatedly.
func (c *chromium) leave(s *server, script, to string) {
	c.t.Helper()
	c.evaluate(`setTimeout(() => { ` + script + ` }); ''`)
	s.eventually("the browser to be at "+to, func() bool {
		address, err := chromedp.Run(c.ctx, chromedp.Location())
		return err == nil && strings.HasPrefix(address, to)
	})
}

// A guest and a host sign in with a real browser, which applies its own rules to cookies, redirects and sites.
func TestGuestAndHostSignInWithARealBrowser(t *testing.T) {
	t.Parallel()
	c := startChromium(t)
	p, o := startProvider(t), startSpotify(t)
	s := startReal(t, "sqlite:data/antwon.db", o, p, "ANTWON_PLAYBACK=off")
	host := newBrowser(t, s.anonymous())
	host.signIn(p, person{"otto", jwt.MapClaims{"name": "Otto"}})
	host.connect(o.newAccount("Otto's account"))
	roomID := host.openRoom("OTTOS")
	api, own := s.url+"/graphql", `{}` // our own pages need no header: the browser sends Sec-Fetch-Site
	refresh := `mutation { refreshSession { viewer { user { id displayName kind } } } }`
	wants := func(what, got, want string) {
		t.Helper()
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", what, got, want)
		}
	}

	c.open(s.url + "/playground")
	wants("nobody", c.send(api, refresh, own), `UNAUTHENTICATED`)
	joined := c.send(api, `mutation { joinRoom(code: "OTTOS", displayName: "Gina") { session { accessToken } } }`, own)
	_, token, _ := strings.Cut(joined, `"accessToken":"`)
	token, _, _ = strings.Cut(token, `"`)
	guest := &user{s, token}
	added := guest.add(roomID, guest.search(roomID, "a", 1)[0])
	c.open(s.url + "/playground") // as a reload
	asGuest := c.send(api, refresh, own)
	wants("after a reload", asGuest, `"kind":"GUEST"`)
	wants("after another", c.send(api, refresh, own), asGuest)

	p.QueueUser(hanna())
	if address := c.open(s.url + "/auth/login?returnTo=/playground"); address != s.url+"/playground?login=done" {
		t.Errorf("the login ends at %s", address)
	}
	wants("signed in", c.send(api, refresh, own), `"displayName":"Hanna","kind":"HOST"`)
	for _, item := range host.queue(roomID) {
		if item.ID == added.ID && item.State != "QUEUED" {
			t.Errorf("the guest's song is %s", item.State)
		}
	}
	if cookies := c.evaluate(`document.cookie`); cookies != "" {
		t.Errorf("a script reads the cookies %s", cookies)
	}

	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<form method="post" enctype="text/plain" action="%s">
			<input name='{"query":"mutation { signOutEverywhere }", "x":"' value='"}'></form>
			<form method="post" action="%s/auth/logout"></form>
			<a href="%s/auth/logout">your prize</a>`, api, s.url, s.url)
	}))
	defer evil.Close()
	there := strings.Replace(evil.URL, "127.0.0.1", "localhost", 1) // another site, not only another port
	for _, site := range []string{there, evil.URL} {
		c.open(site)
		for _, headers := range []string{own, `{'X-Antwon': '1'}`} {
			wants("a script of "+site, c.send(api, `mutation { signOutEverywhere }`, headers), "not let")
		}
		c.leave(s, `document.forms[0].submit()`, api)
		c.open(site)
		c.leave(s, `document.links[0].click()`, s.url+"/auth/logout")
	}
	c.open(there) // the browser sends no cookie along with this form, so there is no session to end
	c.leave(s, `document.forms[1].submit()`, p.Addr()+"/end")
	c.open(evil.URL)
	c.leave(s, `document.forms[1].submit()`, s.url+"/auth/logout")
	c.open(s.url + "/playground")
	wants("after a visit to evil pages", c.send(api, refresh, own), `"displayName":"Hanna"`)

	c.open(s.url + "/auth/logout")
	c.leave(s, `document.forms[0].requestSubmit()`, p.Addr()+"/end")
	c.open(s.url + "/playground")
	wants("signed out", c.send(api, refresh, own), `UNAUTHENTICATED`)
}

// The headers against other sites do not affect permitted uses: a real browser lets pages of an allowed origin use the
// API, and lets every page show covers.
func TestPagesOfAllowedOriginsUseTheAPI(t *testing.T) {
	t.Parallel()
	c := startChromium(t)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
	}))
	t.Cleanup(page.Close)
	friend := strings.Replace(page.URL, "127.0.0.1", "localhost", 1)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_ALLOWED_ORIGINS="+friend)
	var got struct {
		RoomByCode struct {
			Queue struct {
				Items []struct{ Song struct{ ImageURL string } }
			}
		}
	}
	s.join("PARTY", "Gina").ask(&got, `{ roomByCode(code: "PARTY") { queue { items { song { imageUrl } } } } }`, nil)
	cover := got.RoomByCode.Queue.Items[0].Song.ImageURL
	const show = `new Promise(done => Object.assign(new Image(), {
		onload: () => done('shown'), onerror: () => done('refused'), src: %q}))`
	for origin, want := range map[string]string{friend: `{"data":{"__typename":"Query"}}`, page.URL: "not let"} {
		c.open(origin)
		if got := c.send(s.url+"/graphql", `{ __typename }`, `{}`); !strings.HasPrefix(got, want) {
			t.Errorf("the API at a page of %s: got %s", origin, got)
		}
		if got := c.evaluate(fmt.Sprintf(show, cover)); got != "shown" {
			t.Errorf("a cover at a page of %s is %s", origin, got)
		}
		if got := c.evaluate(fmt.Sprintf(show, s.url+"/favicon.svg")); got != "refused" {
			t.Errorf("the icon at a page of %s is %s", origin, got)
		}
	}
}
