package account_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/testdb"
)

// fixture is an Accounts with a real database, and with a simulated identity provider and Spotify.
type fixture struct {
	*testing.T
	*account.Accounts
	db       *database.DB
	tokens   *session.Tokens
	provider *provider
	spotify  *spotify
	bus      live.Bus
}

// onBothDatabases runs a test once on SQLite and once on MySQL.
func onBothDatabases(t *testing.T, test func(f *fixture)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, url string) { test(newFixture(t, url)) })
}

func newFixture(t *testing.T, databaseURL string) *fixture {
	t.Helper()
	db, err := database.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	tokens, err := session.New([]byte(strings.Repeat("k", session.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, db: db, tokens: tokens, provider: newProvider(), spotify: &spotify{}, bus: live.NewLocalBus()}
	f.Accounts = f.server()
	return f
}

// server returns the Accounts of another server on the same database.
func (f *fixture) server() *account.Accounts {
	return account.New(account.Config{
		Database: f.db, Tokens: f.tokens, Bus: f.bus, Authorizer: f.spotify, Identity: f.provider, DemoLogin: true,
		PublicURL: "http://party.test", AllowedOrigins: []string{"https://front.test"}, Metrics: prometheus.NewRegistry(),
	})
}

// newUser stores a user of this kind, and signs them in.
func (f *fixture) newUser(kind party.UserKind) *account.Session {
	f.Helper()
	viewer := account.Viewer{UserID: database.NewID(), Kind: kind}
	f.must(f.db.InTx(f.Context(), func(tx *ent.Tx) error {
		return tx.User.Create().SetID(viewer.UserID).SetKind(string(kind)).SetDisplayName("Gina").
			SetCreatedAt(database.Microseconds(time.Now())).Exec(f.Context())
	}))
	return f.signIn(viewer)
}

// signIn begins another session of a stored user.
func (f *fixture) signIn(viewer account.Viewer) *account.Session {
	f.Helper()
	s, err := f.SignIn(f.Context(), viewer)
	f.must(err)
	return s
}

// newHost returns the context of a new host.
func (f *fixture) newHost() context.Context {
	f.Helper()
	s, err := f.DemoLogin(f.Context(), "Otto")
	f.must(err)
	return f.as(s)
}

// as returns the context of a request with this session's access token.
func (f *fixture) as(s *account.Session) context.Context {
	f.Helper()
	viewer, err := f.tokens.Check(s.AccessToken)
	f.must(err)
	return account.WithViewer(f.Context(), viewer)
}

func (f *fixture) refresh(token string) *account.Session {
	f.Helper()
	s, err := f.RefreshSession(f.Context(), token)
	f.must(err)
	return s
}

// hasEnded asserts that a refresh token is no longer valid.
func (f *fixture) hasEnded(token string) {
	f.Helper()
	_, err := f.RefreshSession(f.Context(), token)
	f.wants(party.Unauthenticated, err)
}

func (f *fixture) age(by time.Duration) {
	f.Helper()
	f.must(account.Age(f.Context(), f.db, by))
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// wants asserts that err is an error with this code.
func (f *fixture) wants(code party.Code, err error) *party.Error {
	f.Helper()
	e, ok := errors.AsType[*party.Error](err)
	if !ok || e.Code != code {
		f.Fatalf("got %v, want %s", err, code)
	}
	return e
}

func (f *fixture) expect(what, got, want string) {
	f.Helper()
	if got != want {
		f.Fatalf("%s: got %q, want %q", what, got, want)
	}
}

// provider is an identity provider: the code that comes back names the user. It stores what it was last asked with.
type provider struct {
	nonce, verifier, state string
	people                 map[string]account.Identity
}

func newProvider() *provider {
	return &provider{people: map[string]account.Identity{
		"hanna": {
			Issuer: "https://provider.test", Subject: "1", Names: []string{"", "Hanna"}, Email: "hanna@example.org",
			EmailVerified: true,
		},
		"otto": {Issuer: "https://provider.test", Subject: "2", Names: []string{"Otto"}},
	}}
}

func (p *provider) LoginURL(_ context.Context, state, nonce, verifier string) (string, error) {
	p.state, p.nonce, p.verifier = state, nonce, verifier
	return "https://provider.test/authorize", nil
}

func (p *provider) Identify(_ context.Context, code, nonce, verifier string) (account.Identity, error) {
	if nonce != p.nonce || verifier != p.verifier {
		return account.Identity{}, fmt.Errorf("asked with nonce %q and verifier %q", nonce, verifier)
	}
	return p.people[code], nil
}

func (p *provider) LogoutURL(_ context.Context, page string) (string, error) {
	return "https://provider.test/logout?to=" + page, nil
}

// spotify authorizes accounts: the code that comes back is the account's id.
type spotify struct{ state, verifier string }

func (s *spotify) AuthorizationURL(state, verifier string) string {
	s.state, s.verifier = state, verifier
	return "https://accounts.test/authorize?state=" + state
}

func (s *spotify) Authorize(_ context.Context, _, code, verifier string) (account.SpotifyCredentials, error) {
	if verifier != s.verifier {
		return account.SpotifyCredentials{}, party.Errorf(party.BadUserInput, "This is another verifier.")
	}
	return account.SpotifyCredentials{
		AccountID: code, DisplayName: "Account " + code, EncryptedTokens: []byte("encrypted " + code),
	}, nil
}

func (s *spotify) Forget(string) {}
