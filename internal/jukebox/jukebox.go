package jukebox

import (
	"log/slog"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/catalog"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/library"
	"antwon.dj/backend/internal/likes"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/push"
	"antwon.dj/backend/internal/ratelimit"
	"antwon.dj/backend/internal/reactions"
	"antwon.dj/backend/internal/roomstate"
	"antwon.dj/backend/internal/timeline"
)

// Config holds what a Jukebox needs. All fields are required, except where noted.
type Config struct {
	Database  *database.DB
	Bus       live.Bus       // carries hints to the other servers
	Moments   live.MomentBus // optional: carries reactions to them
	Accounts  *account.Accounts
	Catalog   catalog.Spotify
	Library   library.Spotify           // optional: without it hosts have no devices and no playlists
	Push      push.Config               // optional: without keys guests get no notices
	PublicURL string                    // where guests reach the server, without a slash at the end
	Free      func(account.Viewer) bool // optional: the viewers who have no rate limit
	// FeedInterval is the minimum time between two loads of a watched room's state.
	FeedInterval time.Duration
	Log          *slog.Logger
	Metrics      prometheus.Registerer
	Tracing      trace.TracerProvider // optional: traces the loads of watched rooms
}

// Jukebox runs the rooms: its methods are the use cases. It is safe for concurrent use.
type Jukebox struct {
	cfg      Config
	db       *database.DB
	accounts *account.Accounts
	loader   *roomstate.Loader
	changer  *changer
	hub      *live.Hub[*party.State]          // the feeds of watched rooms
	states   *lru.Cache[string, *party.State] // the newest loaded state by room, for requests
	catalog  *catalog.Catalog
	library  *library.Library
	lists    *lists.Lists
	push     *push.Sender
	reacts   *reactions.Reactions
	presence *presence
	limiter  *ratelimit.Limiter // of members' actions
	admitted *likes.Admitted
	codes    *ratelimit.Fair   // of wrong codes
	allCodes *ratelimit.Bucket // of wrong codes to this server
	clock    *timeline.Clock
	nodes    nodeWatch
}

// statesCached is how many rooms' states are kept in memory for requests.
const statesCached = 1_000

// New returns a running Jukebox; Close stops it. It registers its metrics and those of the database with cfg.Metrics.
func New(cfg Config) *Jukebox {
	m := newMetrics(cfg.Metrics)
	cfg.Database.Measure(cfg.Metrics)
	loader, changer := roomstate.NewLoader(cfg.Database), newChanger(cfg.Database, cfg.Bus, m.groupSize)
	states, _ := lru.New[string, *party.State](statesCached) // fails only for a size of 0
	var hub *live.Hub[*party.State]
	clock := timeline.New(cfg.Database, cfg.Log, func() { hub.Reconcile() }) // called only after New has returned
	hub = live.NewHub(cfg.Bus, loader, live.Options{
		Interval: cfg.FeedInterval, Log: cfg.Log, OnLoad: m.observeLoad, Tracing: cfg.Tracing,
		OnRollback: clock.Suspect,
	})
	j := &Jukebox{
		cfg:      cfg,
		db:       cfg.Database,
		accounts: cfg.Accounts,
		loader:   loader,
		changer:  changer,
		hub:      hub,
		states:   states,
		catalog:  catalog.New(cfg.Catalog, cfg.Database, loader),
		presence: newPresence(cfg.Database, changer, cfg.Log),
		clock:    clock,
		limiter:  ratelimit.New(limitedKeys),
		admitted: likes.NewAdmitted(),
		codes:    ratelimit.NewFair(limitedKeys, codeRates),
		allCodes: ratelimit.NewBucket(allCodesRate),
	}
	j.library = library.New(cfg.Library, j.authorizeViewer)
	j.lists = lists.New(cfg.Database, loader, j.authorizeViewer, j.presence.isPresent)
	j.push = push.New(cfg.Push, cfg.Database, j.authorizeViewer, cfg.Log, cfg.Metrics)
	if cfg.Moments == nil {
		cfg.Moments = live.NewLocalBus()
	}
	j.reacts = reactions.New(reactions.Config{
		Moments: cfg.Moments, Authorize: j.authorizeViewer, State: j.currentState,
	})
	cfg.Accounts.OnSignedOut(j.presence.signedOut)
	m.registerHub(cfg.Metrics, j.hub)
	return j
}

// Close closes every watcher and waits for the feeds to end. It does not close the database.
func (j *Jukebox) Close() {
	j.reacts.Close()
	j.hub.Close()
}

// Reconcile looks up the versions of all watched rooms now, and makes feeds load the newer ones. Call it when hints
// from other servers may have been lost, such as after the connection to the bus was interrupted. It returns without
// waiting.
func (j *Jukebox) Reconcile() { j.hub.Reconcile() }

// Timeline returns the clock that notices when the database was restored from a backup. Call its Check before clients
// connect, and its Run while the server runs.
func (j *Jukebox) Timeline() *timeline.Clock { return j.clock }

// Lists returns the reader of the long lists of rooms.
func (j *Jukebox) Lists() *lists.Lists { return j.lists }

// Library returns the reader of the hosts' own devices and playlists.
func (j *Jukebox) Library() *library.Library { return j.library }

// Push returns the sender of notices to members about their songs. It sends them while its Run runs.
func (j *Jukebox) Push() *push.Sender { return j.push }

// Reactions returns the carrier of guests' reactions to the song that plays.
func (j *Jukebox) Reactions() *reactions.Reactions { return j.reacts }

// JoinURL returns the address of the page on which guests join the room.
func (j *Jukebox) JoinURL(r *party.Room) string { return j.cfg.PublicURL + "/r/" + r.Code }
