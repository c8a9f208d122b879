package openid_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session/openid"
)

const verifier = "a-verifier-of-at-least-forty-three-characters-long"

// person is a user of the provider, with the claims of the ID token and the response of the userinfo endpoint.
type person struct {
	claims   jwt.MapClaims
	userinfo string
}

func (p person) ID() string                        { return "subject-1" }
func (p person) Userinfo([]string) ([]byte, error) { return []byte(p.userinfo), nil }
func (p person) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	all := jwt.MapClaims{
		"iss": base.Issuer, "sub": base.Subject, "aud": base.Audience, "exp": base.ExpiresAt, "iat": base.IssuedAt,
		"nonce": base.Nonce,
	}
	for name, value := range p.claims {
		all[name] = value
	}
	return all, nil
}

func start(t *testing.T) *mockoidc.MockOIDC {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	return m
}

func of(m *mockoidc.MockOIDC) *openid.Provider {
	return openid.New(openid.Config{
		Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret,
		RedirectURL: "http://party.test/auth/callback",
	})
}

// code signs a user in at the provider, and returns the authorization code.
func code(t *testing.T, p *openid.Provider, who mockoidc.User, m *mockoidc.MockOIDC) string {
	t.Helper()
	m.QueueUser(who)
	page, err := p.LoginURL(t.Context(), "state", "nonce", verifier)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := response.Location()
	if err != nil {
		t.Fatalf("the provider answers %s: %v", response.Status, err)
	}
	if back.Query().Get("state") != "state" || !strings.HasPrefix(back.String(), "http://party.test/auth/callback?") {
		t.Fatalf("the provider sends back to %s", back)
	}
	return back.Query().Get("code")
}

func TestIdentifyReturnsClaims(t *testing.T) {
	m := start(t)
	p := of(m)
	for name, c := range map[string]struct {
		who      person
		names    string
		email    string
		verified bool
	}{
		"all told": {person{claims: jwt.MapClaims{"name": "Hanna", "nickname": "Hanni",
			"email": "h@example.org", "email_verified": true}}, "Hanna Hanni   h", "h@example.org", true},
		"Cognito": {person{claims: jwt.MapClaims{"cognito:username": "hanna1", "email": "h@example.org",
			"email_verified": "true"}, userinfo: `{"sub": "subject-1"}`}, "   hanna1 h", "h@example.org", true},
		"only at userinfo": {person{
			userinfo: `{"sub": "subject-1", "name": "Hanna", "email": "h@example.org", "email_verified": "true"}`,
		}, "Hanna    h", "h@example.org", true},
		"another's userinfo": {person{userinfo: `{"sub": "subject-2", "name": "Otto"}`}, "    ", "", false},
		"nothing told":       {person{userinfo: `not JSON`}, "    ", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := p.Identify(t.Context(), code(t, p, c.who, m), "nonce", verifier)
			if err != nil {
				t.Fatal(err)
			}
			if got.Issuer != m.Issuer() || got.Subject != "subject-1" || strings.Join(got.Names, " ") != c.names ||
				got.Email != c.email || got.EmailVerified != c.verified {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestInvalidIdentitiesAreRefused(t *testing.T) {
	m := start(t)
	p := of(m)
	good := person{claims: jwt.MapClaims{"name": "Hanna"}}
	for name, c := range map[string]struct {
		claims jwt.MapClaims
		why    string // what the log says
	}{
		"another issuer":   {jwt.MapClaims{"iss": "https://elsewhere.test"}, "issued by a different provider"},
		"another audience": {jwt.MapClaims{"aud": "somebody else"}, "audience"},
		"ended":            {jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()}, "expired"},
		"another nonce":    {jwt.MapClaims{"nonce": "of another login"}, "has the nonce of another login"},
		"no nonce":         {jwt.MapClaims{"nonce": nil}, "has the nonce of another login"},
		"no subject":       {jwt.MapClaims{"sub": nil}, "has no subject"},
		"an empty subject": {jwt.MapClaims{"sub": ""}, "has no subject"},
		"a blank subject":  {jwt.MapClaims{"sub": " \t"}, "has no subject"},
		"another client's": {jwt.MapClaims{"azp": "somebody else"}, "issued to another client"},
		"several audiences": {
			jwt.MapClaims{"aud": []string{m.ClientID, "somebody else"}}, "does not say which client",
		},
		"from tomorrow": {jwt.MapClaims{"iat": time.Now().Add(24 * time.Hour).Unix()}, "issued in the future"},
		"from no time":  {jwt.MapClaims{"iat": 0}, "does not say when it was issued"},
		"a header in email": {
			jwt.MapClaims{"name": "Hanna", "email": "h@example.org\r\nBcc: all@example.org"}, "email address contains",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := p.Identify(t.Context(), code(t, p, person{claims: c.claims}, m), "nonce", verifier)
			if party.CodeOf(err) != party.BadUserInput || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %+v, %v; want BadUserInput: %s", got, err, c.why)
			}
		})
	}
	header := person{userinfo: `{"sub": "subject-1", "name": "Hanna", "email": "h@example.org\r\nBcc: all@example.org"}`}
	if _, err := p.Identify(t.Context(), code(t, p, header, m), "nonce", verifier); err == nil ||
		!strings.Contains(err.Error(), "email address contains") {
		t.Errorf("a header in the email of userinfo: %v", err)
	}
	ours := person{claims: jwt.MapClaims{"azp": m.ClientID, "aud": []string{m.ClientID, "another API"}}}
	if _, err := p.Identify(t.Context(), code(t, p, ours, m), "nonce", verifier); err != nil {
		t.Errorf("an identity that was issued to this client, and is for another one, too: %v", err)
	}
	refused := func(what, code, nonce, verifier string) {
		t.Helper()
		if _, err := p.Identify(t.Context(), code, nonce, verifier); party.CodeOf(err) != party.BadUserInput {
			t.Errorf("%s: %v, want BadUserInput", what, err)
		}
	}
	refused("an unknown code", "made-up", "nonce", verifier)
	refused("another's verifier", code(t, p, good, m), "nonce", strings.Repeat("v", 43))
	used := code(t, p, good, m)
	if _, err := p.Identify(t.Context(), used, "nonce", verifier); err != nil {
		t.Fatal(err)
	}
	refused("a code that was used", used, "nonce", verifier)

	published := m.Keypair
	fresh, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	m.Keypair = &mockoidc.Keypair{PrivateKey: fresh.PrivateKey, PublicKey: published.PublicKey, Kid: published.Kid}
	refused("an identity signed with another key", code(t, p, good, m), "nonce", verifier)
	m.Keypair = fresh
	if _, err := p.Identify(t.Context(), code(t, p, good, m), "nonce", verifier); err != nil {
		t.Errorf("after the provider has rotated its key: %v", err)
	}

	wrong := openid.New(openid.Config{Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: "wrong",
		RedirectURL: "http://party.test/auth/callback"})
	_, err = wrong.Identify(t.Context(), code(t, wrong, good, m), "nonce", verifier)
	if party.CodeOf(err) != party.Internal || err == nil {
		t.Errorf("with a wrong client secret got %v, want Internal", err)
	}
}

// The provider is looked up again after a failure, and concurrent callers share the failure.
func TestProviderIsLookedUpAgainAfterFailure(t *testing.T) {
	asked := 0
	synctest.Test(t, func(t *testing.T) {
		var up http.Handler
		p := openid.New(openid.Config{Issuer: "https://login.test", ClientID: "app"})
		p.SetTransport(func(r *http.Request) (*http.Response, error) {
			asked++
			if up == nil {
				return nil, &net.OpError{Op: "dial", Err: net.ErrClosed}
			}
			w := httptest.NewRecorder()
			up.ServeHTTP(w, r)
			return w.Result(), nil
		})
		for range 3 {
			_, err := p.LoginURL(t.Context(), "state", "nonce", verifier)
			if party.CodeOf(err) != party.UpstreamUnavailable {
				t.Fatalf("got %v, want UpstreamUnavailable", err)
			}
		}
		if asked != 1 {
			t.Errorf("sent %d requests at once", asked)
		}
		up = discovery("https://login.test", "")
		time.Sleep(3 * time.Second)
		page, err := p.LoginURL(t.Context(), "state", "nonce", verifier)
		if err != nil || !strings.HasPrefix(page, "https://auth.login.test/oauth2/authorize?") {
			t.Errorf("got %s, %v", page, err)
		}
		query, _ := url.Parse(page)
		for name, want := range map[string]string{
			"code_challenge_method": "S256", "nonce": "nonce", "state": "state", "scope": "openid profile email",
			"response_type": "code",
		} {
			if got := query.Query().Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if strings.Contains(page, verifier) {
			t.Error("the URL contains the verifier")
		}
	})
}

func discovery(issuer, more string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"issuer": "` + issuer +
			`", "authorization_endpoint": "https://auth.login.test/oauth2/authorize",
			"token_endpoint": "https://auth.login.test/oauth2/token", "jwks_uri": "https://login.test/keys"` + more + `}`))
	})
}

func TestLogoutURL(t *testing.T) {
	for name, c := range map[string]struct{ issuer, more, want string }{
		"nowhere": {"https://login.test", "", ""},
		"at the end_session_endpoint": {
			"https://login.test", `, "end_session_endpoint": "https://login.test/end?tenant=1"`,
			"https://login.test/end?client_id=app&post_logout_redirect_uri=https%3A%2F%2Fparty.test%2F&tenant=1",
		},
		"at Cognito's": {
			"https://cognito-idp.eu-central-1.amazonaws.com/pool", `, "end_session_endpoint": "https://auth.login.test/logout"`,
			"https://auth.login.test/logout?client_id=app&logout_uri=https%3A%2F%2Fparty.test%2F",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := openid.New(openid.Config{Issuer: c.issuer, ClientID: "app"})
			p.SetTransport(func(r *http.Request) (*http.Response, error) {
				w := httptest.NewRecorder()
				discovery(c.issuer, c.more).ServeHTTP(w, r)
				return w.Result(), nil
			})
			if got, err := p.LogoutURL(t.Context(), "https://party.test/"); got != c.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
}
