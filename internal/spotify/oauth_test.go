package spotify_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

// allow grants the permissions in the host's browser, and returns the parameters of the redirect.
func (w *world) allow(t *testing.T, authorizationURL string) (code, state string) {
	t.Helper()
	browser := httptest.NewRecorder()
	w.handler.ServeHTTP(browser, httptest.NewRequestWithContext(t.Context(), http.MethodGet,
		authorizationURL+"&decision=allow&account="+w.player.ID, nil))
	back, err := url.Parse(browser.Header().Get("Location"))
	if err != nil || browser.Code != http.StatusFound || !strings.HasPrefix(back.String(), w.config.RedirectURL) {
		t.Fatalf("Spotify answered %d: %s", browser.Code, browser.Body)
	}
	return back.Query().Get("code"), back.Query().Get("state")
}

// TestAuthorizeConnectsAccount covers apps with and without a client secret.
func TestAuthorizeConnectsAccount(t *testing.T) {
	for name, secret := range map[string]string{"with a secret": "secret", "without": ""} {
		t.Run(name, func(t *testing.T) {
			w, ctx := newWorld(t), t.Context()
			w.restart(func(c *spotify.Config) { c.ClientSecret = secret })
			verifier := oauth2.GenerateVerifier()
			code, state := w.allow(t, w.AuthorizationURL("the state", verifier))
			if state != "the state" {
				t.Errorf("the state came back as %q", state)
			}
			credentials, err := w.Authorize(ctx, host, code, verifier)
			if err != nil {
				t.Fatal(err)
			}
			if credentials.AccountID == "" || credentials.DisplayName != "Host" || credentials.NeedsReconnect {
				t.Errorf("got %+v", credentials)
			}
			w.accounts.change(host, func(c *account.SpotifyCredentials) { *c = credentials })
			w.state(t)
			if n := w.requestCount(tokenPath); n != 1 {
				t.Errorf("requested %d tokens, although the first is valid for an hour", n)
			}
			w.expire()
			w.state(t)

			_, err = w.Authorize(ctx, host, code, verifier)
			if e, ok := errors.AsType[*party.Error](err); !ok || e.Code != party.BadUserInput || e.Field != "code" {
				t.Errorf("the same code again: %v", err)
			}
		})
	}
}

func TestAuthorizationURL(t *testing.T) {
	w := newWorld(t)
	const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // the example of RFC 7636
	got, err := url.Parse(w.AuthorizationURL("some state", verifier))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"client_id": "id", "response_type": "code", "redirect_uri": "https://antwon.test/spotify/callback",
		"state":       "some state",
		"show_dialog": "true", "code_challenge_method": "S256",
		"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
		"scope": "user-read-playback-state user-modify-playback-state user-read-currently-playing playlist-modify-private " +
			"playlist-read-private user-top-read user-library-read",
	} {
		if got.Query().Get(name) != want {
			t.Errorf("%s is %q", name, got.Query().Get(name))
		}
	}
	if strings.Contains(got.String(), "secret") || strings.Contains(got.String(), verifier) {
		t.Errorf("the URL contains a secret: %s", got)
	}
}

func TestWrongVerifierIsRefused(t *testing.T) {
	w := newWorld(t)
	code, _ := w.allow(t, w.AuthorizationURL("state", oauth2.GenerateVerifier()))
	_, err := w.Authorize(t.Context(), host, code, oauth2.GenerateVerifier())
	if party.CodeOf(err) != party.BadUserInput {
		t.Errorf("got %v", err)
	}
}

// TestUnusableAccountIsExplained: such accounts can sign in at Spotify, so the host has to learn what is wrong.
func TestUnusableAccountIsExplained(t *testing.T) {
	for name, tt := range map[string]struct {
		tune  func(*sim.Switches, *sim.AppSwitches)
		words []string
	}{
		"not on the list": {func(s *sim.Switches, _ *sim.AppSwitches) { s.NotAllowed = true },
			[]string{"developer dashboard", "add it", "five"}},
		"the app's owner": {func(_ *sim.Switches, app *sim.AppSwitches) { app.OwnerFree = true },
			[]string{"owner", "Premium"}},
		"usable account": {func(*sim.Switches, *sim.AppSwitches) {}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w, verifier := newWorld(t), oauth2.GenerateVerifier()
			code, _ := w.allow(t, w.AuthorizationURL("state", verifier))
			if err := errors.Join(
				w.simulated.ChangeSwitches(w.player.ID, func(s *sim.Switches) { tt.tune(s, &sim.AppSwitches{}) }),
				w.simulated.ChangeAppSwitches(func(app *sim.AppSwitches) { tt.tune(&sim.Switches{}, app) })); err != nil {
				t.Fatal(err)
			}
			_, err := w.Authorize(t.Context(), host, code, verifier)
			if tt.words == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			e, ok := errors.AsType[*party.Error](err)
			if !ok || e.Code != party.Forbidden {
				t.Fatalf("got %v", err)
			}
			for _, word := range tt.words {
				if !strings.Contains(e.Message, word) {
					t.Errorf("%q does not contain %q", e.Message, word)
				}
			}
		})
	}
}

func TestAuthorizeFailures(t *testing.T) {
	token := grant("access", "refresh", 3600)
	for name, tt := range map[string]struct {
		token, me http.HandlerFunc
		code      party.Code
		retry     time.Duration
	}{
		"no tokens":              {respond(503, "upstream connect error"), nil, party.UpstreamUnavailable, 5 * time.Second},
		"too many tokens":        {respond(429, ""), nil, party.UpstreamUnavailable, 5 * time.Second},
		"a wrong secret of ours": {respond(400, `{"error":"invalid_client"}`), nil, party.Internal, 0},
		"no refresh token":       {grant("access", "", 3600), nil, party.UpstreamUnavailable, 5 * time.Second},
		"no profile":             {token, respond(502, ""), party.UpstreamUnavailable, 5 * time.Second},
		"an empty profile":       {token, respond(200, "{}"), party.UpstreamUnavailable, 5 * time.Second},
		"too many requests": {token, respond(429, `{"error":{"status":429,"message":"x","reason":"QUOTA_EXCEEDED"}}`),
			party.UpstreamUnavailable, 10 * time.Minute},
		"a token that is no use": {token, respond(401, ""), party.Forbidden, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.answer(tokenPath, tt.token)
				w.answer("/v1/me", tt.me)
				_, err := w.Authorize(t.Context(), host, "the code", "the verifier")
				e, _ := errors.AsType[*party.Error](err)
				if party.CodeOf(err) != tt.code || e != nil && e.RetryAfter != tt.retry {
					t.Errorf("got %v", err)
				}
				for _, secret := range []string{"the code", "the verifier", "access", "refresh", "secret"} {
					if text := strings.ReplaceAll(err.Error()+w.log.String(), "the response has no refresh token",
						""); strings.Contains(text, secret) {
						t.Errorf("%q contains the secret %q", text, secret)
					}
				}
			})
		})
	}
}

func TestProfileWithAndWithoutAccountID(t *testing.T) {
	for profile, want := range map[string][2]string{
		`{"id":"someone","account_id":"forever","display_name":"Some One"}`: {"forever", "Some One"},
		`{"id":"someone","display_name":null}`:                              {"someone", "someone"}, // before May 2026
	} {
		w := newWorld(t)
		w.answer(tokenPath, grant("access", "refresh", 3600))
		w.answer("/v1/me", respond(http.StatusOK, profile))
		c, err := w.Authorize(t.Context(), host, "code", "verifier")
		if err != nil || c.AccountID != want[0] || c.DisplayName != want[1] {
			t.Errorf("%s: got %+v, %v", profile, c, err)
		}
	}
}

// TestPausedAuthorizeKeepsTheCode: a call during a pause does not use up the code.
func TestPausedAuthorizeKeepsTheCode(t *testing.T) {
	for name, path := range map[string]string{"the Web API": playerPath, "the token endpoint": tokenPath} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, ctx, verifier := newWorld(t), t.Context(), oauth2.GenerateVerifier()
				code, _ := w.allow(t, w.AuthorizationURL("state", verifier))
				w.answer(path, respond(http.StatusTooManyRequests, ""))
				_, _ = w.State(ctx, host)
				w.answer(path, nil)
				_, err := w.Authorize(ctx, host, code, verifier)
				expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
				time.Sleep(5 * time.Second)
				if _, err := w.Authorize(ctx, host, code, verifier); err != nil {
					t.Errorf("after the pause: %v", err)
				}
			})
		})
	}
}

// TestReconnectingClearsCapabilities: the app may have gained endpoints.
func TestReconnectingClearsCapabilities(t *testing.T) {
	w, ctx, verifier := newWorld(t), t.Context(), oauth2.GenerateVerifier()
	w.forbid(playlistsPath)
	if _, err := w.CreatePlaylist(ctx, host, "name", "description"); err == nil {
		t.Error("a playlist was made")
	}
	w.answer(playlistsPath, nil)
	code, _ := w.allow(t, w.AuthorizationURL("state", verifier))
	if _, err := w.Authorize(ctx, host, code, verifier); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreatePlaylist(ctx, host, "name", "description"); err != nil {
		t.Error(err)
	}
}
