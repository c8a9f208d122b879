package account

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/ratelimit"
)

// Config is what New needs. Database, Tokens, Log and Metrics are required.
type Config struct {
	Database       *database.DB
	Tokens         Tokens
	Bus            live.Bus         // tells other servers that sessions have ended; nil: there are none
	Authorizer     Authorizer       // nil: hosts cannot connect Spotify to this server
	Identity       IdentityProvider // nil: hosts cannot sign in, except by DemoLogin
	DemoLogin      bool             // whether DemoLogin and DemoHost make anybody a host
	Demo           DemoAccounts     // makes the simulated accounts of demo hosts; nil: those connect their own
	PublicURL      string           // where browsers reach the server, without a slash at the end
	AllowedOrigins []string         // origins of front ends to which a login may return, besides PublicURL
	Log            *slog.Logger
	Metrics        prometheus.Registerer
}

// Accounts signs users in and out, and connects hosts' Spotify accounts. It is safe for concurrent use.
type Accounts struct {
	cfg            Config
	db             *database.DB
	limiter        *ratelimit.Limiter // of users' actions
	newcomers      *ratelimit.Fair
	logins         *ratelimit.Fair
	viewerAccesses prometheus.Counter // see WithoutViewer
	sessions       *prometheus.CounterVec
	ended          *endedSessions
	onSignedOut    func(context.Context, []string)
}

// New returns the Accounts of a database, and registers their metrics. Nothing has to be closed.
func New(cfg Config) *Accounts {
	a := &Accounts{
		cfg: cfg, db: cfg.Database, limiter: ratelimit.New(limitedKeys), ended: newEndedSessions(),
		newcomers: ratelimit.NewFair(limitedKeys, strangerRates), logins: ratelimit.NewFair(limitedKeys, strangerRates),
		viewerAccesses: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "antwon_shared_viewer_access_total",
			Help: "How often a shared subscription tried to read the viewer, which fails. Above 0, a field lacks @viewer.",
		}),
		sessions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_sessions_total",
			Help: "Sessions that were started, refreshed or ended by their users, and refreshes that were refused.",
		}, []string{"event"}),
	}
	for _, event := range []string{sessionStarted, sessionRefreshed, sessionRefused, sessionEnded} {
		a.sessions.WithLabelValues(event)
	}
	cfg.Metrics.MustRegister(a.viewerAccesses, a.sessions)
	return a
}

// The values of the label event of antwon_sessions_total.
const (
	sessionStarted   = "started"
	sessionRefreshed = "refreshed"
	sessionRefused   = "refused"
	sessionEnded     = "ended"
)
