package server_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
)

type cookiesKey struct{}

// operations is a server whose GraphQL handler is the given one.
func operations(t *testing.T, publicURL string, handle func(r *http.Request, cookies *server.BrowserCookies)) *site {
	return start(t, func(cfg *server.Config) {
		cfg.PublicURL = publicURL
		cfg.WithCookies = func(ctx context.Context, cookies *server.BrowserCookies) context.Context {
			return context.WithValue(ctx, cookiesKey{}, cookies)
		}
		cfg.GraphQL = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handle(r, r.Context().Value(cookiesKey{}).(*server.BrowserCookies))
			_, _ = io.WriteString(w, "done")
		})
	})
}

func TestOperationsKnowTheirCaller(t *testing.T) {
	var callers []account.Caller
	s := operations(t, "https://party.test", func(r *http.Request, _ *server.BrowserCookies) {
		callers = append(callers, account.CallerFrom(r.Context()))
	})
	s.do("POST", "/graphql", "Cookie", "__Host-antwon_browser=phone")
	s.do("POST", "/graphql")
	if len(callers) != 2 || !strings.HasPrefix(callers[0].Connection, "127.0.0.1:") {
		t.Fatalf("the callers are %+v", callers)
	}
	known := account.Caller{Address: "127.0.0.1", Connection: callers[0].Connection, BrowserID: "phone"}
	if callers[0] != known {
		t.Errorf("a browser with an id is %+v", callers[0])
	}
	if stranger := callers[1]; stranger.Address != "127.0.0.1" || len(stranger.BrowserID) < 20 || !stranger.NewBrowser {
		t.Errorf("a browser without an id is %+v", stranger)
	}
}

// Behind a proxy that sends no ports, the clients' connections are unknown: all of them are the proxy's.
func TestConnectionsBehindAProxyAreUnknown(t *testing.T) {
	for forwarded, want := range map[string]string{"203.0.113.9": "", "203.0.113.9:4711": "203.0.113.9:4711"} {
		var caller account.Caller
		s := start(t, func(cfg *server.Config) {
			cfg.TrustedProxies = []netip.Prefix{here}
			cfg.WithCookies = func(ctx context.Context, _ *server.BrowserCookies) context.Context { return ctx }
			cfg.GraphQL = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				caller = account.CallerFrom(r.Context())
			})
		})
		s.do("POST", "/graphql", "X-Forwarded-For", forwarded)
		if caller.Address != "203.0.113.9" || caller.Connection != want {
			t.Errorf("%s: the caller is %+v", forwarded, caller)
		}
	}
}

func TestBrowserGetsAnIDWithItsFirstSession(t *testing.T) {
	s := operations(t, "https://party.test", func(r *http.Request, cookies *server.BrowserCookies) {
		if r.URL.Query().Has("join") {
			cookies.SetSession("refresh")
		}
		if r.URL.Query().Has("refused") {
			cookies.KeepBrowser()
		}
	})
	if offered := cookieOf(t, s.do("POST", "/graphql?refused"), "__Host-antwon_browser"); len(offered.Value) < 20 {
		t.Errorf("a browser that is to come back gets %v", offered)
	}
	if got := s.do("POST", "/graphql"); len(got.Cookies()) != 0 {
		t.Errorf("without a session the browser gets %v", got.Cookies())
	}
	joined := s.do("POST", "/graphql?join")
	session := cookieOf(t, joined, "__Host-antwon_session")
	if session.Value != "refresh" || !session.HttpOnly || !session.Secure {
		t.Errorf("the session's cookie is %v", session)
	}
	browser := cookieOf(t, joined, "__Host-antwon_browser")
	if len(browser.Value) < 20 || !browser.HttpOnly || browser.Path != "/" || browser.MaxAge != 365*24*60*60 {
		t.Errorf("the browser's cookie is %v", browser)
	}
	again := s.do("POST", "/graphql?join", "Cookie", "__Host-antwon_browser="+browser.Value)
	if names := again.Cookies(); len(names) != 1 || names[0].Name != "__Host-antwon_session" {
		t.Errorf("a browser with an id gets %v", names)
	}
}

func TestOperationsSetAndClearCookies(t *testing.T) {
	s := operations(t, "http://127.0.0.1:8080", func(_ *http.Request, cookies *server.BrowserCookies) {
		cookies.SetSpotify("proof")
		cookies.ClearSession()
	})
	got := s.do("POST", "/graphql")
	spotify := cookieOf(t, got, "antwon_spotify")
	if spotify.Value != "proof" || spotify.Path != "/" || spotify.MaxAge != 600 {
		t.Errorf("the cookie for Spotify is %v", spotify)
	}
	if session := cookieOf(t, got, "antwon_session"); session.Value != "" || session.MaxAge != -1 {
		t.Errorf("the session's cookie stays: %v", session)
	}
}

func TestOnlyAllowedPagesReadTheSession(t *testing.T) {
	var token string
	var err error
	s := operations(t, "http://party.test", func(_ *http.Request, cookies *server.BrowserCookies) {
		token, err = cookies.Session()
	})
	const mine = "antwon_session=mine"
	for name, c := range map[string]struct {
		header []string
		code   party.Code
		token  string
	}{
		"no cookie":            {[]string{"Origin", "https://evil.test"}, "", ""},
		"a page of the server": {[]string{"Cookie", mine, "Origin", "http://party.test", "X-Antwon", "1"}, "", "mine"},
		"a program":            {[]string{"Cookie", mine, "X-Antwon", "1"}, "", "mine"},
		"a page of another": {
			[]string{"Cookie", mine, "Origin", "https://evil.test", "X-Antwon", "1"}, party.Forbidden, "",
		},
		"no sign of what it is": {[]string{"Cookie", mine}, party.Forbidden, ""},
	} {
		s.do("POST", "/graphql", c.header...)
		if token != c.token || party.CodeOf(err) != c.code && (err != nil || c.code != "") {
			t.Errorf("%s: got %q, %v", name, token, err)
		}
	}
}
