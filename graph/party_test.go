package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testlog"
)

const soon = 20 * time.Second // a deadline for events that normally come within milliseconds

// fixture is a room on a real database, behind one or more servers.
type fixture struct {
	*testing.T
	log    *testlog.Log
	store  *database.DB
	tokens *session.Tokens
	bus    *live.LocalBus
	first  *server
	host   *person
	roomID string

	playing string // the item that plays
	limited bool   // actions have rate limits
}

// server is one of these servers, behind a real socket.
type server struct {
	*fixture
	*httptest.Server
	accounts *account.Accounts
	jukebox  *jukebox.Jukebox
	metrics  *prometheus.Registry
}

// person is a user with a session.
type person struct {
	token string
	ctx   context.Context
}

func onBothDatabases(t *testing.T, story func(p *fixture)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, url string) { story(newParty(t, url)) })
}

func newParty(t *testing.T, databaseURL string) *fixture {
	t.Helper()
	p := newPartyOf(t, databaseURL)
	p.first = p.newServer(p.bus, 0)
	p.open()
	return p
}

// newPartyOf returns a fixture without a server and without a room.
func newPartyOf(t *testing.T, databaseURL string) *fixture {
	t.Helper()
	p := &fixture{T: t, log: testlog.New(t), bus: live.NewLocalBus()}
	var err error
	p.store, err = database.Open(t.Context(), databaseURL)
	p.must(err)
	t.Cleanup(func() { p.must(p.store.Close()) })
	p.tokens, err = session.New([]byte(strings.Repeat("k", session.MinSecret)))
	p.must(err)
	return p
}

// open signs in a host, who opens the room.
func (p *fixture) open() {
	p.Helper()
	login, err := p.first.accounts.DemoLogin(p.Context(), "Hanna")
	p.must(err)
	p.host = p.person(login)
	room, err := p.first.jukebox.CreateRoom(p.host.ctx, jukebox.RoomInput{}, nil)
	p.must(err)
	p.roomID = room.ID
}

// newJukebox gives the server its accounts and its jukebox.
func (s *server) newJukebox(bus live.Bus, interval time.Duration) {
	s.accounts = account.New(account.Config{
		Database: s.store, Tokens: s.tokens, DemoLogin: true, Demo: accounts{},
		PublicURL: "http://party.test", Metrics: s.metrics, Log: s.log.Logger(),
	})
	s.jukebox = jukebox.New(jukebox.Config{
		Database: s.store, Bus: bus, Accounts: s.accounts, Catalog: catalog{}, FeedInterval: interval,
		Free: func(account.Viewer) bool { return !s.limited }, PublicURL: "http://party.test", Metrics: s.metrics,
		Log: s.log.Logger(),
	})
}

func (p *fixture) newServer(bus live.Bus, interval time.Duration) *server {
	p.Helper()
	s := &server{fixture: p, metrics: prometheus.NewRegistry()}
	s.newJukebox(bus, interval)
	resolver := graph.New(s.jukebox, s.accounts, p.log.Logger())
	handler := gqlserver.New(gqlserver.Config{
		Schema:  graph.NewSchema(resolver),
		Scalars: graph.Scalars,
		Sources: resolver.Sources(), WithoutViewer: s.accounts.WithoutViewer, Authenticate: p.authenticate,
		Identify: identify,
		Present:  resolver.PresentError, Recover: resolver.Recover, AroundResponses: graph.RememberLikes, Metrics: s.metrics,
		Compress: true, Log: s.log.Logger(),
		Limits: gqlserver.Limits{
			DrainWindow: time.Millisecond, OperationsPerSecond: 1000, CostPerUser: 1e6, CostPerAddress: 1e6,
		},
	})
	s.Server = httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = slog.NewLogLogger(s.log.Logger().Handler(), slog.LevelError)
	s.Start()
	p.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		defer cancel()
		p.must(handler.Drain(ctx))
		s.Close()
		s.jukebox.Close()
	})
	return s
}

func (p *fixture) authenticate(ctx context.Context, authorization string) (context.Context, error) {
	if authorization == "" {
		return ctx, nil
	}
	viewer, err := p.first.accounts.Authenticate(strings.TrimPrefix(authorization, "Bearer "))
	return account.WithViewer(ctx, viewer), err
}

func identify(ctx context.Context) gqlserver.Client {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return gqlserver.Client{}
	}
	return gqlserver.Client{ID: viewer.UserID}
}

func (p *fixture) person(s *account.Session) *person {
	p.Helper()
	return &person{s.AccessToken, account.WithViewer(p.Context(), s.User)}
}

func (p *fixture) join(name string) *person {
	p.Helper()
	room, err := p.first.jukebox.Room(p.host.ctx, p.roomID)
	p.must(err)
	joined, err := p.first.jukebox.JoinRoom(p.Context(), room.Code, name)
	p.must(err)
	return p.person(&joined.Session)
}

func (p *fixture) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// ask sends an operation over HTTP and decodes its data into result. The operation has to succeed.
func (s *server) ask(who *person, query string, result any) {
	s.Helper()
	answer := s.send(who, query)
	if len(answer.Errors) > 0 {
		s.Fatalf("%s: %+v", query, answer.Errors)
	}
	s.must(json.Unmarshal(answer.Data, result))
}

// failure sends an operation, which has to fail with a single error, and returns the error.
func (s *server) failure(who *person, query string) failure {
	s.Helper()
	answer := s.send(who, query)
	if len(answer.Errors) != 1 {
		s.Fatalf("%s: %d errors, want 1", query, len(answer.Errors))
	}
	return answer.Errors[0]
}

// answer is the server's answer to an operation.
type answer struct {
	Data   json.RawMessage
	Errors []failure
}

type failure struct {
	Message    string
	Path       []any
	Extensions struct{ Code, Field string }
}

// send sends an operation over HTTP. Its variable $r is the room's id.
func (s *server) send(who *person, query string) answer {
	s.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"r": s.roomID}})
	s.must(err)
	request, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.URL, strings.NewReader(string(body)))
	s.must(err)
	request.Header.Set("Content-Type", "application/json")
	if who.token != "" {
		request.Header.Set("Authorization", "Bearer "+who.token)
	}
	response, err := s.Client().Do(request)
	s.must(err)
	defer response.Body.Close()
	var got answer
	s.must(json.NewDecoder(response.Body).Decode(&got))
	return got
}

// counter returns the sum of a metric's values, or of those with this first label.
func (s *server) counter(name string, label ...string) (sum float64) {
	s.Helper()
	families, err := s.metrics.Gather()
	s.must(err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == name && (len(label) == 0 || m.GetLabel()[0].GetValue() == label[0]) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

func uri(n int) string { return fmt.Sprintf("spotify:track:%022d", n) }

// catalog stands in for Spotify's catalog: song n is "Song n".
type catalog struct{}

func (catalog) Song(_ context.Context, _, songURI string) (party.Song, error) {
	number := strings.TrimLeft(strings.TrimPrefix(songURI, "spotify:track:"), "0")
	return party.Song{
		URI: songURI, Name: "Song " + number, Artists: []string{"The Examples"}, AlbumName: "Album", DurationMS: 180_000,
		SpotifyURL: "https://open.spotify.com/track/x", ISRC: songURI[len(songURI)-12:], Playable: true,
	}, nil
}

func (catalog) Artist(context.Context, string, string) (string, error) { return "The Examples", nil }

func (catalog) Search(context.Context, string, string, int, int) ([]party.Song, bool, error) {
	return nil, false, nil
}

// accounts stands in for the accounts of the simulated Spotify.
type accounts struct{}

func (accounts) NewAccount(_ context.Context, hostID, name string) (account.SpotifyCredentials, error) {
	return account.SpotifyCredentials{
		AccountID: "account of " + hostID, DisplayName: name, EncryptedTokens: []byte("encrypted"),
	}, nil
}
