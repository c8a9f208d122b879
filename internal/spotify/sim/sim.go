package sim

import (
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config configures a Spotify. The zero value has no covers and keeps nothing across restarts.
type Config struct {
	// CoverURL is the absolute URL under which Covers is served, such as "http://127.0.0.1:8080/covers". If it is empty,
	// albums have no images.
	CoverURL string
	// StateFile is the file that keeps accounts, players, playlists and switches across restarts. Only one process may use
	// it at a time, and its directory has to exist. If it is empty, nothing is kept.
	StateFile string
	// SongSeconds is the duration of every song. With 0, songs last between two and five minutes.
	SongSeconds int
	// ManySongs doubles the catalogue, so that a queue can have as many songs as a room allows.
	ManySongs bool
	// Clients are the apps that may sign users in. Nil permits any app, with any redirect URI that Spotify would permit.
	Clients []Client
	// Now is the clock of players, tokens and limits. Nil means time.Now.
	Now func() time.Time
	// Seed determines which requests faults and looks with a probability apply to.
	Seed uint64
	// Log receives new accounts and failures to save. Nil discards them.
	Log *slog.Logger
}

// Spotify is a simulated Spotify. Open makes one. It is safe for concurrent use.
type Spotify struct {
	coverURL  string
	stateFile string
	clients   []Client
	clock     func() time.Time
	log       *slog.Logger
	catalogue *catalogue

	mu       sync.Mutex    // guards the fields below
	ahead    time.Duration // how far the clock has been advanced
	state    state
	codes    map[string]authorization
	faults   []injectedFault
	looks    []injectedLook
	shown    map[string]shownBefore
	broken   map[string]string // how tracks are broken, by ID
	random   *rand.Rand
	rate     limiter
	quota    limiter
	eventLog eventLog
	requests map[string]int
	injected map[string]int
}

// Open returns a Spotify with the state of its state file. If the file cannot be read or is invalid, the error says
// what to do.
func Open(cfg Config) (*Spotify, error) {
	s := &Spotify{
		coverURL:  strings.TrimSuffix(cfg.CoverURL, "/"),
		stateFile: cfg.StateFile,
		clients:   cfg.Clients,
		clock:     cfg.Now,
		log:       cfg.Log,
		catalogue: newCatalogue(cfg.SongSeconds, cfg.ManySongs),
		codes:     map[string]authorization{},
		eventLog:  eventLog{},
		requests:  map[string]int{},
		injected:  map[string]int{},
		shown:     map[string]shownBefore{},
		broken:    map[string]string{},
		random:    rand.New(rand.NewPCG(cfg.Seed, 2026)),
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

// Handler returns a handler for the accounts service, which is GET /authorize and POST /api/token, and for the Web API,
// which is everything below /v1/.
func (s *Spotify) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /api/token", s.token)
	s.routes(mux)
	return s.countRequests(mux, s.injectFaults(mux))
}

// Close writes the state file.
func (s *Spotify) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.save(s.stateFile)
}

// Advance sets the clock further ahead of Config.Now and returns its new time. The state file does not keep how far the
// clock is ahead.
func (s *Spotify) Advance(by time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += max(0, by)
	return s.now()
}

// now returns wall-clock time, without the monotonic reading, which stops while a machine sleeps and cannot be stored.
// The caller holds the lock.
func (s *Spotify) now() time.Time { return s.clock().Round(0).Add(s.ahead) }

// playerOptions returns the options of an account's player.
func (s *Spotify) playerOptions(a account) playerOptions {
	l := playerOptions{
		length: s.catalogue.length, freezeAtEnd: a.Switches.EndStuck, crossfade: a.Switches.Crossfade,
		automix: a.Switches.Automix, adBetween: a.Switches.AdBetween,
		broken: func(id string) string { return s.broken[id] },
	}
	if a.Switches.Autoplay {
		l.similar = s.catalogue.similar
	}
	return l
}

// advanceAccount returns the account with its player advanced to now.
func (s *Spotify) advanceAccount(a account, now time.Time) account {
	for len(a.late) > 0 && !a.late[0].at.After(now) {
		a = s.applyLate(a)
	}
	a.Player = advance(a.Player, now, s.playerOptions(a))
	return a.sleepIfIdle(now)
}
