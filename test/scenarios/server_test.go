package scenarios_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/testlog"
)

// server is one server with all its parts, put together as in cmd/antwon.
type server struct {
	*jukebox.Jukebox
	*account.Accounts
	t          testing.TB
	name       string // also the id of its node
	link       *link
	store      *database.DB
	web        *http.Transport
	bus        *live.LocalBus
	suspension *suspension
	rooms      *soleServerRooms // nil: other servers may take part
	down       bool
	logged     *testlog.Log

	spotify *spotify.Client

	stopDriving context.CancelFunc
	driven      chan error
	unsubscribe func()
}

// start starts a server on the world's database. It runs until it is stopped or killed, or the test ends.
func (w *world) start(name string) *server {
	w.t.Helper()
	store, err := database.Open(w.t.Context(), w.database)
	must(w.t, err)
	s := &server{
		t: w.t, name: name, link: &link{to: w.spotify.network}, store: store, bus: live.NewLocalBus(),
		logged: w.logged, suspension: newSuspension(w.logged), driven: make(chan error, 1),
	}
	s.web = &http.Transport{DialContext: s.link.dial}
	log, metrics := w.log.With("server", name), prometheus.NewRegistry()
	s.spotify = spotify.New(spotify.Config{
		APIURL: "http://spotify.test/v1/", AccountsURL: "http://spotify.test",
		RedirectURL: "https://party.test/spotify/callback",
		ClientID:    "id", ClientSecret: "secret", Cipher: w.cipher, Accounts: account.NewCredentialStore(store),
		HTTP: &http.Client{Transport: suspendableTransport{s.suspension, s.web}}, Rand: w.random, Log: log, Metrics: metrics,
	})
	s.Accounts = account.New(account.Config{
		Database: store, Tokens: w.tokens, Authorizer: s.spotify, DemoLogin: true, Demo: w,
		PublicURL: "https://party.test", Log: log, Metrics: metrics,
	})
	s.Jukebox = jukebox.New(jukebox.Config{
		Database: store, Bus: s.bus, Accounts: s.Accounts, Catalog: s.spotify, Library: s.spotify,
		Free: func(account.Viewer) bool { return true }, PublicURL: "https://party.test", Log: log, Metrics: metrics,
	})
	s.drive(w.oneServer, log, metrics)
	w.t.Cleanup(s.stop)
	return s
}

func (s *server) drive(alone bool, log *slog.Logger, metrics prometheus.Registerer) {
	var rooms playback.Rooms = suspendableRooms{s.suspension, s.Driver()}
	if alone {
		s.rooms = &soleServerRooms{suspendableRooms: suspendableRooms{s.suspension, s.Driver()}}
		rooms = s.rooms
	}
	supervisor := playback.New(rooms, s.spotify, playback.Options{
		NodeID: s.name, OnNodes: s.spotify.SetShare, Log: log, Metrics: metrics,
	})
	ctx, cancel := context.WithCancel(context.Background())
	s.stopDriving = cancel
	s.unsubscribe = s.bus.Subscribe(func(h live.Hint) { supervisor.Wake(h.Topic) })
	go func() { s.driven <- supervisor.Run(ctx) }()
}

// stop shuts the server down in order. A second call does nothing.
func (s *server) stop() {
	if s.down {
		return
	}
	s.down = true
	must(s.t, s.end())
}

// kill ends the server as a power cut does: from now on none of its requests reaches Spotify or the database. What it
// logs about that does not count.
func (s *server) kill() {
	if s.down {
		return
	}
	s.down = true
	s.logged.Allow("sql: database is closed")
	s.link.cutNow()
	if s.rooms != nil {
		must(s.t, s.rooms.expireEarly(s.t.Context()))
	}
	must(s.t, s.store.Close())
	_ = s.end() // its errors follow from the cut
}

// end stops everything that the server has started, and waits until it has ended.
func (s *server) end() error {
	s.stopDriving()
	err := <-s.driven
	s.unsubscribe()
	s.Jukebox.Close()
	s.spotify.Close()
	s.web.CloseIdleConnections()
	return errors.Join(err, s.store.Close())
}

func newTokens(t testing.TB) *session.Tokens {
	tokens, err := session.New([]byte(strings.Repeat("k", session.MinSecret)))
	must(t, err)
	return tokens
}

func newCipher(t testing.TB) *spotify.TokenCipher {
	cipher, err := spotify.NewTokenCipher([]byte(strings.Repeat("v", 32)))
	must(t, err)
	return cipher
}
