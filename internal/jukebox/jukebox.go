// Package jukebox is the program: rooms, their queues, likes, what may be done and by whom.
//
// A use case is a method of Jukebox. It learns who asks from the context (WithViewer), checks what they may do here, and
// returns plain values; every failure that a client shall understand is an *Error. All changes of a room go through one
// function, change, which orders them by the room's version; afterwards the room's watchers are given a hint, load what is
// newer, and see it (State). The database is the truth, and nothing outside this package queries it.
package jukebox

import (
	"log/slog"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// Config is what a Jukebox is made of.
type Config struct {
	Database  *database.DB
	Bus       live.Bus
	Accounts  *account.Accounts
	Catalog   Catalog
	Library   Library                   // nil: hosts see nothing of their own
	PublicURL string                    // where guests reach the server, without a slash at the end
	Free      func(account.Viewer) bool // who may do as much as they like; nil: nobody
	// FeedInterval is the least time between two loads of a room's state.
	FeedInterval time.Duration
	Log          *slog.Logger
	Metrics      prometheus.Registerer
	Tracing      trace.TracerProvider // for what begins a trace by itself; nil: nothing does
}

// Jukebox runs the rooms. It is safe for concurrent use.
type Jukebox struct {
	cfg      Config
	db       *database.DB
	loader   *stateLoader
	changer  *changer
	hub      *live.Hub[*party.State]
	states   *lru.Cache[string, *party.State] // the newest known of rooms that were asked for
	fetched  *lru.Cache[string, fetchedSong]
	limiter  *ratelimit.Limiter
	accounts *account.Accounts
	presence *presence

	purged *prometheus.CounterVec
}

const (
	statesCached  = 1_000
	fetchedCached = 5_000
)

// New starts a Jukebox; Close stops it.
func New(cfg Config) *Jukebox {
	m := newMetrics(cfg.Metrics)
	cfg.Database.Measure(cfg.Metrics)
	loader := newStateLoader(cfg.Database)
	states, _ := lru.New[string, *party.State](statesCached) // fails only for a size of 0
	fetched, _ := lru.New[string, fetchedSong](fetchedCached)
	j := &Jukebox{
		cfg: cfg, db: cfg.Database, loader: loader, states: states, fetched: fetched,
		limiter: ratelimit.New(limitedKeys), accounts: cfg.Accounts, presence: newPresence(),
		changer: newChanger(cfg.Database, cfg.Bus, m.groupSize), purged: m.purged,
		hub: live.NewHub(cfg.Bus, loader, live.Options{
			Interval: cfg.FeedInterval, Log: cfg.Log, OnLoad: m.observeLoad, Tracing: cfg.Tracing,
		}),
	}
	m.watch(cfg.Metrics, j.hub)
	return j
}

// Close ends every watcher and waits for them. The store stays open.
func (j *Jukebox) Close() { j.hub.Close() }

// Reconcile looks at once for what changed in the rooms that are watched: for when hints of others may have been lost.
func (j *Jukebox) Reconcile() { j.hub.Reconcile() }

// JoinURL is the page on which guests join the room.
func (j *Jukebox) JoinURL(r *party.Room) string { return j.cfg.PublicURL + "/r/" + r.Code }
