package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
)

// loginSite is a site whose provider signs everybody in. It stores the last answer that it received in told.
func loginSite(t *testing.T, publicURL string, allowed []string, told *account.LoginAnswer) *site {
	return start(t, func(cfg *server.Config) {
		cfg.PublicURL, cfg.AllowedOrigins = publicURL, allowed
		cfg.Login = &server.Login{
			Begin: func(_ context.Context, returnTo string) (*account.LoginRedirect, error) {
				return &account.LoginRedirect{URL: "https://login.test/authorize?to=" + returnTo, Browser: "browser"}, nil
			},
			Finish: func(_ context.Context, answer account.LoginAnswer) (string, *account.Session, error) {
				*told = answer
				if answer.Error != "" {
					return "", nil, &party.Error{Code: party.Forbidden, Message: "<b>you said no</b>"}
				}
				return "/host", &account.Session{Refresh: "refresh"}, nil
			},
			Logout: func(_ context.Context, refresh string) (string, error) {
				told.Refresh = refresh
				return "", nil
			},
		}
	})
}

func cookieOf(t *testing.T, got reply, name string) *http.Cookie {
	t.Helper()
	for _, cookie := range got.Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	t.Fatalf("no cookie %s among %v", name, got.Cookies())
	return nil
}

func TestLoginSetsCookiesForItsOrigin(t *testing.T) {
	for _, c := range []struct {
		publicURL      string
		allowed        []string
		login, session string
		secure         bool
		sameSite       http.SameSite
	}{
		{"http://127.0.0.1:8080", nil, "antwon_login", "antwon_session", false, http.SameSiteLaxMode},
		{
			"http://127.0.0.1:8080", []string{"http://front.test"}, "antwon_login", "antwon_session", false,
			http.SameSiteLaxMode,
		},
		{"https://party.test", nil, "__Host-antwon_login", "__Host-antwon_session", true, http.SameSiteLaxMode},
		{
			"https://party.test", []string{"https://front.test"}, "__Host-antwon_login", "__Host-antwon_session", true,
			http.SameSiteNoneMode,
		},
	} {
		var told account.LoginAnswer
		s := loginSite(t, c.publicURL, c.allowed, &told)
		begun := s.do("GET", "/auth/login?returnTo=/host")
		if begun.StatusCode != http.StatusSeeOther ||
			begun.Header.Get("Location") != "https://login.test/authorize?to=/host" {
			t.Errorf("begun: %d to %s", begun.StatusCode, begun.Header.Get("Location"))
		}
		login := cookieOf(t, begun, c.login)
		if login.Value != "browser" || !login.HttpOnly || login.Secure != c.secure || login.Path != "/" ||
			login.SameSite != http.SameSiteLaxMode || login.MaxAge != 600 {
			t.Errorf("%s: the login's cookie is %v", c.publicURL, login)
		}
		back := s.do("GET", "/auth/callback?state=s&code=c", "Cookie", c.login+"=browser; "+c.session+"=before")
		if told != (account.LoginAnswer{State: "s", Code: "c", Browser: "browser", Refresh: "before"}) {
			t.Errorf("told %+v", told)
		}
		if back.Header.Get("Location") != "/host?login=done" || back.Header.Get("Referrer-Policy") != "no-referrer" ||
			back.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("back: %v", back.Header)
		}
		session := cookieOf(t, back, c.session)
		if session.Value != "refresh" || !session.HttpOnly || session.Secure != c.secure || session.Path != "/" ||
			session.Domain != "" || session.SameSite != c.sameSite || session.MaxAge != 30*24*60*60 {
			t.Errorf("%s: the session's cookie is %v", c.publicURL, session)
		}
		if gone := cookieOf(t, back, c.login); gone.MaxAge != -1 {
			t.Errorf("the login's cookie stays: %v", gone)
		}
	}
}

func TestFailedLoginShowsAPage(t *testing.T) {
	var told account.LoginAnswer
	s := loginSite(t, "https://party.test", nil, &told)
	got := s.do("GET", "/auth/callback?error=access_denied")
	if got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, "You were not signed in") ||
		!strings.Contains(got.body, "&lt;b&gt;you said no") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

// A mistake in a request to sign in is shown to its sender only. Failures of the server or the provider are logged for
// the operator.
func TestOnlyFailuresOfOthersAreLoggedAtALogin(t *testing.T) {
	for code, logged := range map[party.Code]bool{
		party.BadUserInput: false, party.RateLimited: false, party.Forbidden: false, party.UpstreamUnavailable: true,
	} {
		s := start(t, func(cfg *server.Config) {
			cfg.Login = &server.Login{Begin: func(context.Context, string) (*account.LoginRedirect, error) {
				return nil, &party.Error{Code: code, Message: "This is wrong."}
			}}
		})
		if got := s.do("GET", "/auth/login?returnTo=https://evil.test"); !strings.Contains(got.body, "This is wrong.") {
			t.Errorf("%s: got %d %s", code, got.StatusCode, got.body)
		}
		if lines := s.log.all(t, "a sign-in failed"); (len(lines) > 0) != logged {
			t.Errorf("%s: logged %v", code, lines)
		}
	}
}

// Only a POST request of one of our own pages, or of an allowed one, signs a browser out. All other requests, whichever
// headers their browser sends, get a page that asks for confirmation.
func TestOtherSitesCannotSignOut(t *testing.T) {
	const cookie = "antwon_session=mine"
	for name, c := range map[string]struct {
		method  string
		header  []string
		signOut bool
	}{
		"a link, in a browser that tells nothing":     {"GET", nil, false},
		"a link on another site":                      {"GET", []string{"Sec-Fetch-Site", "cross-site"}, false},
		"a link on a site beside ours":                {"GET", []string{"Sec-Fetch-Site", "same-site"}, false},
		"a link in a message, or a bookmark":          {"GET", []string{"Sec-Fetch-Site", "none"}, false},
		"a link on our page, which may be prefetched": {"GET", []string{"Sec-Fetch-Site", "same-origin"}, false},
		"a form that tells nothing":                   {"POST", nil, false},
		"a form on another site":                      {"POST", []string{"Origin", "https://evil.test"}, false},
		"a form on a hidden site":                     {"POST", []string{"Origin", "null"}, false},
		"a forged header": {"POST", []string{"Origin", "https://evil.test", "X-Antwon", "1",
			"Sec-Fetch-Site", "same-origin"}, false},
		"our form": {"POST", []string{"Origin", "https://party.test", "Sec-Fetch-Site", "same-origin"},
			true},
		"our form in an older browser": {"POST", []string{"Origin", "https://party.test"}, true},
		"a form of an allowed page": {"POST", []string{"Origin", "https://front.test", "Sec-Fetch-Site", "cross-site"},
			true},
		"a program that sends our header": {"POST", []string{"X-Antwon", "1"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var told account.LoginAnswer
			s := loginSite(t, "https://party.test", []string{"https://front.test"}, &told)
			got := s.do(c.method, "/auth/logout", append([]string{"Cookie", "__Host-" + cookie}, c.header...)...)
			if !c.signOut {
				if told.Refresh != "" || len(got.Cookies()) > 0 || !strings.Contains(got.body, "Do you want to sign out?") {
					t.Errorf("signs out %q, with %d %v", told.Refresh, got.StatusCode, got.Header)
				}
				return
			}
			if told.Refresh != "mine" || got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/" ||
				cookieOf(t, got, "__Host-antwon_session").MaxAge != -1 {
				t.Errorf("signs out %q, with %d %v", told.Refresh, got.StatusCode, got.Header)
			}
		})
	}
	var told account.LoginAnswer
	s := loginSite(t, "https://party.test", nil, &told)
	if got := s.do("GET", "/auth/logout"); got.StatusCode != http.StatusSeeOther || len(got.Cookies()) > 0 {
		t.Errorf("without a session: %d %v, want to go on to the provider", got.StatusCode, got.Header)
	}
}
