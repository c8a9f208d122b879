package server_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/server"
)

// everything configures a server at this address with all possible routes. Its GraphQL handler sets every cookie that
// operations can set.
func everything(publicURL string) func(*server.Config) {
	session := &account.Session{Refresh: "refresh"}
	return func(cfg *server.Config) {
		cfg.PublicURL, cfg.Schema = publicURL, "type Query"
		cfg.Covers = http.NotFoundHandler()
		cfg.FinishSpotify = func(context.Context, account.SpotifyAnswer) (string, error) { return "/host", nil }
		cfg.DemoHost = func(context.Context, string) (*account.Session, error) { return session, nil }
		cfg.Login = &server.Login{
			Begin: func(context.Context, string) (*account.LoginRedirect, error) {
				return &account.LoginRedirect{URL: "https://login.test/authorize", Browser: "browser"}, nil
			},
			Finish: func(context.Context, account.LoginAnswer) (string, *account.Session, error) {
				return "/host", session, nil
			},
			Logout: func(context.Context, string) (string, error) { return "https://login.test/logout", nil },
		}
		cfg.WithCookies = func(ctx context.Context, cookies *server.BrowserCookies) context.Context {
			return context.WithValue(ctx, cookiesKey{}, cookies)
		}
		cfg.GraphQL = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			cookies := r.Context().Value(cookiesKey{}).(*server.BrowserCookies)
			cookies.SetSession("refresh")
			cookies.SetSpotify("proof")
		})
	}
}

// walk requests every route of a server with everything.
func walk(t *testing.T, publicURL string, visit func(pattern string, got reply)) {
	t.Helper()
	var patterns []string
	s := start(t, func(cfg *server.Config) {
		everything(publicURL)(cfg)
		patterns = server.Patterns(*cfg)
	})
	if len(patterns) < 20 {
		t.Errorf("only %d routes: %q", len(patterns), patterns)
	}
	for _, pattern := range patterns {
		method, path, hasMethod := strings.Cut(pattern, " ")
		if !hasMethod {
			method, path = "POST", pattern
		}
		path = strings.NewReplacer("{$}", "", "{code}", "PARTY", "{file...}", "room-Bx3k.js").Replace(path)
		visit(pattern, s.do(method, path, "Origin", publicURL, "Cookie", "__Host-antwon_session=mine; antwon_session=mine"))
	}
	visit("none", s.do("GET", "/nowhere"))
	visit("none", s.do("POST", "/playground"))
}

func TestEveryResponseHasSecurityHeaders(t *testing.T) {
	for _, publicURL := range []string{"https://party.test", "http://192.168.1.20:8080"} {
		walk(t, publicURL, func(pattern string, got reply) {
			resource, transport := "same-origin", ""
			if pattern == "GET /covers/" { // pages of other origins show covers, too
				resource = "cross-origin"
			}
			if strings.HasPrefix(publicURL, "https:") {
				transport = "max-age=31536000; includeSubDomains"
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
				"Cross-Origin-Resource-Policy": resource, "Strict-Transport-Security": transport,
			} {
				if value := got.Header.Get(name); value != want {
					t.Errorf("%s: %s: %s is %q, want %q", publicURL, pattern, name, value, want)
				}
			}
			for name, part := range map[string]string{
				"Content-Security-Policy": "default-src 'none';", "Permissions-Policy": "camera=(), ",
			} {
				if value := got.Header.Get(name); !strings.Contains(value, part) {
					t.Errorf("%s: %s is %q, want it to have %s", pattern, name, value, part)
				}
			}
			for _, part := range []string{"base-uri 'none'", "frame-ancestors 'none'"} {
				if policy := got.Header.Get("Content-Security-Policy"); !strings.Contains(policy, part) {
					t.Errorf("%s: the policy lacks %s: %s", pattern, part, policy)
				}
			}
			if policy := got.Header.Get("Referrer-Policy"); policy != "same-origin" && policy != "no-referrer" {
				t.Errorf("%s: Referrer-Policy is %q", pattern, policy)
			}
		})
	}
}

// Every cookie that a route sets or deletes belongs to this host alone, and no script can read it.
func TestEveryCookieIsBoundToTheHost(t *testing.T) {
	for publicURL, prefix := range map[string]string{"https://party.test": "__Host-", "http://127.0.0.1:8080": ""} {
		var names []string
		walk(t, publicURL, func(pattern string, got reply) {
			for _, cookie := range got.Cookies() {
				names = append(names, cookie.Name)
				if !strings.HasPrefix(cookie.Name, prefix+"antwon_") || cookie.Secure != (prefix != "") || !cookie.HttpOnly ||
					cookie.Path != "/" || cookie.Domain != "" || cookie.SameSite != http.SameSiteLaxMode {
					t.Errorf("%s: %s sets %v", publicURL, pattern, cookie)
				}
			}
		})
		slices.Sort(names)
		const all = "%[1]santwon_browser %[1]santwon_login %[1]santwon_session %[1]santwon_spotify"
		want := strings.Fields(fmt.Sprintf(all, prefix))
		if got := slices.Compact(names); !slices.Equal(got, want) {
			t.Errorf("%s: the routes set %q, want %q", publicURL, got, want)
		}
	}
}
