package main_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"antwon.dj/backend/internal/testport"
)

// provider is an OpenID Connect provider. Each visit of its login page signs in the next person that the test has
// queued.
type provider struct {
	*mockoidc.MockOIDC
	t *testing.T
}

func startProvider(t *testing.T) *provider {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{m, t}
	p.serve(listen(t, "127.0.0.1:0"))
	return p
}

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func (p *provider) serve(listener net.Listener) {
	p.t.Helper()
	if err := p.AddMiddleware(p.describeLogout); err != nil {
		p.t.Fatal(err)
	}
	if err := p.Start(listener, nil); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = p.Shutdown() })
}

// describeLogout adds the logout endpoint to mockoidc's discovery document.
func (p *provider) describeLogout(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != mockoidc.DiscoveryEndpoint {
			next.ServeHTTP(w, r)
			return
		}
		recorder, said := httptest.NewRecorder(), map[string]any{}
		next.ServeHTTP(recorder, r)
		if err := json.Unmarshal(recorder.Body.Bytes(), &said); err != nil {
			p.t.Error(err)
		}
		said["end_session_endpoint"] = p.Addr() + "/end"
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(said)
	})
}

// app returns the environment of a server that uses the provider.
func (p *provider) app() []string {
	return []string{
		"ANTWON_OIDC_ISSUER=" + p.Issuer(), "ANTWON_OIDC_CLIENT_ID=" + p.ClientID,
		"ANTWON_OIDC_CLIENT_SECRET=" + p.ClientSecret,
	}
}

// person is a user of the provider.
type person struct {
	subject string
	claims  jwt.MapClaims
}

func hanna() person {
	return person{"hanna", jwt.MapClaims{
		"name": "Hanna", "email": "hanna@example.org", "email_verified": true, "picture": "https://pictures.test/hanna",
	}}
}

func (p person) ID() string { return p.subject }

func (p person) Userinfo([]string) ([]byte, error) {
	return json.Marshal(map[string]string{"sub": p.subject})
}

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

// startReal starts antwon serve, with a Spotify and an identity provider that run on their own.
func startReal(t *testing.T, databaseURL string, o *outside, p *provider, env ...string) *server {
	t.Helper()
	addr := testport.FreeAddress(t)
	all := []string{
		"ANTWON_PUBLIC_URL=http://" + addr, "ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32),
		"ANTWON_ENCRYPTION_KEY=" + strings.Repeat("e", 32),
	}
	return startCommand(t, "serve", addr, databaseURL, slices.Concat(all, o.app(), p.app(), env)...)
}

// noSpotify is for servers whose hosts do not connect Spotify: nothing listens at its address.
func noSpotify(t *testing.T) *outside { return &outside{t, "http://127.0.0.1:9"} }

// askWho goes to the provider's page and returns the address of our callback with its answer.
func (b *browser) askWho(p *provider, who person, returnTo string) (callback string) {
	b.t.Helper()
	p.QueueUser(who)
	status, page := b.visit(b.url + "/auth/login?" + url.Values{"returnTo": {returnTo}}.Encode())
	if status != http.StatusSeeOther || !strings.HasPrefix(page, p.AuthorizationEndpoint()+"?") {
		b.t.Fatalf("the login page answers %d %s", status, page)
	}
	status, callback = b.visit(page)
	if status != http.StatusFound || !strings.HasPrefix(callback, b.url+"/auth/callback?") {
		b.t.Fatalf("the provider answers %d %s", status, callback)
	}
	return callback
}

func (b *browser) signIn(p *provider, who person) refreshed {
	b.t.Helper()
	if status, page := b.visit(b.askWho(p, who, "/host?tab=1")); status != http.StatusSeeOther ||
		page != "/host?login=done&tab=1" {
		b.t.Fatalf("the callback answers %d %s", status, page)
	}
	got, code := b.reload()
	if code != "" {
		b.t.Fatalf("signed in, and the session is refused: %s", code)
	}
	return got
}
