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
		{"https://party.test", nil, "__Secure-antwon_login", "__Host-antwon_session", true, http.SameSiteLaxMode},
		{
			"https://party.test", []string{"https://front.test"}, "__Secure-antwon_login", "__Host-antwon_session", true,
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
		if login.Value != "browser" || !login.HttpOnly || login.Secure != c.secure || login.Path != "/auth/callback" ||
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

func TestOtherSitesCannotSignOut(t *testing.T) {
	for site, want := range map[string]string{"": "mine", "same-origin": "mine", "none": "mine", "cross-site": ""} {
		var told account.LoginAnswer
		s := loginSite(t, "http://127.0.0.1:8080", nil, &told)
		got := s.do("GET", "/auth/logout", "Cookie", "antwon_session=mine", "Sec-Fetch-Site", site)
		if told.Refresh != want || got.Header.Get("Location") != "/" || (len(got.Cookies()) == 0) != (want == "") {
			t.Errorf("a link of %q signs out %q, with %v", site, told.Refresh, got.Header)
		}
	}
}
