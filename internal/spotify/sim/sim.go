// Package sim is a Spotify of our own, for demonstrations and tests: a simulated accounts service and Web API, spoken to
// over real HTTP by the same clients that speak to Spotify.
//
// It promises:
//
//   - What it answers has the shapes, statuses and error bodies of Spotify's Web API reference for an app in Development
//     Mode as of November 2026, and of what such apps have been seen to get where the reference is silent: profile,
//     search for tracks, the player, playlists, the library, artists and albums. Every other endpoint is 403 or 404. With
//     AppSwitches.Extended what Development Mode lost is back.
//   - Scopes, clients, redirect URIs, PKCE, single use of codes, and the six months that an authorization lives are
//     checked.
//   - Songs, artists and covers are invented, and the same in every process.
//   - Each account has one player, and its time really runs: the current song ends, the next one follows, without any
//     request. With a state file it goes on while the process is down.
//   - All time is the clock's of Config, and nothing runs by itself: what a player does is worked out when somebody looks.
//     So it works with a clock that is moved by hand, and inside a bubble of testing/synctest.
//   - Whatever was answered is in the state file, even if the process is killed.
//
// What Spotify does to those who use it is at hand: Switches and AppSwitches say how it treats an account and the app,
// Host is the host's hand in Spotify's own apps, Fail injects faults, before or after a request was carried out. Heard,
// Silences, Requests and Injected say afterwards what really happened. Control serves all of that over HTTP, as JSON below
// /control/; GET /control/ lists it.
//
// All methods and handlers are safe for concurrent use.
package sim

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config is what Open needs; the zero value is a Spotify without covers that keeps nothing.
type Config struct {
	// CoverURL is the absolute URL that Covers is served under, "http://127.0.0.1:8080/covers". Empty: albums have no
	// images.
	CoverURL string
	// StateFile keeps accounts, players, playlists and switches across restarts. It belongs to one process at a time; its
	// directory has to exist. Empty: nothing is kept.
	StateFile string
	// SongSeconds is what every song lasts. 0: between two and five minutes.
	SongSeconds int
	// Clients are the apps that may sign users in. Nil: any may, with any redirect URI that Spotify would let them have.
	Clients []Client
	// Now is the clock of players, tokens and limits. Nil: time.Now.
	Now func() time.Time
	// Log is told of new accounts and failures to save. Nil: discarded.
	Log *slog.Logger
}

// Spotify is a simulated Spotify. Open makes one.
type Spotify struct {
	coverURL  string
	stateFile string
	clients   []Client
	clock     func() time.Time
	log       *slog.Logger
	catalogue *catalogue

	mu       sync.Mutex // guards what follows
	ahead    time.Duration
	state    state
	codes    map[string]authorization
	faults   []Fault
	rate     limiter
	quota    limiter
	journal  journal
	requests map[string]int
	injected map[string]int
}

// Open makes a Spotify with what its state file has kept. A file that cannot be read or understood is an error that says
// what to do.
func Open(cfg Config) (*Spotify, error) {
	s := &Spotify{
		coverURL:  strings.TrimSuffix(cfg.CoverURL, "/"),
		stateFile: cfg.StateFile,
		clients:   cfg.Clients,
		clock:     cfg.Now,
		log:       cfg.Log,
		catalogue: newCatalogue(cfg.SongSeconds),
		codes:     map[string]authorization{},
		journal:   journal{},
		requests:  map[string]int{},
		injected:  map[string]int{},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	s.state, err = loadState(cfg.StateFile, s.catalogue, s.now())
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Handler serves GET /authorize and POST /api/token (the accounts service) and everything below /v1/ (the Web API). A
// client's base URL is where it is mounted, plus "/v1/".
func (s *Spotify) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /api/token", s.token)
	s.routes(mux)
	return s.counting(mux, s.failing(mux))
}

// Close writes the state file a last time.
func (s *Spotify) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.save(s.stateFile)
}

// Advance sets the clock ahead of the one it was opened with, by so much more, and returns its time. A state file keeps
// times, not how far ahead the clock was.
func (s *Spotify) Advance(by time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += max(0, by)
	return s.now()
}

// now is wall-clock time: without the monotonic reading, which stands still while a machine sleeps and is lost in a
// file. The caller holds the lock.
func (s *Spotify) now() time.Time { return s.clock().Round(0).Add(s.ahead) }

// laws are what an account's player obeys.
func (s *Spotify) laws(a account) laws {
	l := laws{length: s.catalogue.length, endStuck: a.Switches.EndStuck}
	if a.Switches.Autoplay {
		l.similar = s.catalogue.similar
	}
	return l
}

// advanced is an account whose player stands at now.
func (s *Spotify) advanced(a account, now time.Time) account {
	a.Player = advance(a.Player, now, s.laws(a))
	return a
}
