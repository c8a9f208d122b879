package account

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/ratelimit"
)

// AccountsConfig is what Accounts are made of.
type Config struct {
	Database       *database.DB
	Tokens         Tokens
	Authorizer     Authorizer       // nil: hosts cannot connect Spotify here
	Identity       IdentityProvider // nil: nobody signs in
	DemoLogin      bool             // DemoLogin makes anybody a host
	Demo           DemoAccounts     // makes their simulated accounts; nil: they have to connect their own
	PublicURL      string           // where browsers reach the server, without a slash at the end
	AllowedOrigins []string         // of front ends that a login may return to
	Log            *slog.Logger
	Metrics        prometheus.Registerer
}

// Accounts signs users in and out, and connects hosts' Spotify accounts. It is safe for concurrent use.
type Accounts struct {
	cfg         Config
	db          *database.DB
	limiter     *ratelimit.Limiter
	viewerAsked prometheus.Counter // see WithoutViewer
	sessions    *prometheus.CounterVec
}

// NewAccounts returns the accounts of a database.
func New(cfg Config) *Accounts {
	a := &Accounts{
		cfg: cfg, db: cfg.Database, limiter: ratelimit.New(limitedAddresses),
		viewerAsked: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "antwon_shared_viewer_access_total",
			Help: "How often a shared subscription asked for its viewer, and failed: always 0, or a field lacks @viewer.",
		}),
		sessions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_sessions_total",
			Help: "Sessions that were started, refreshed or ended by their users, and refreshes that were refused.",
		}, []string{"event"}),
	}
	for _, event := range []string{sessionStarted, sessionRefreshed, sessionRefused, sessionEnded} {
		a.sessions.WithLabelValues(event)
	}
	cfg.Metrics.MustRegister(a.viewerAsked, a.sessions)
	return a
}

const (
	sessionStarted   = "started"
	sessionRefreshed = "refreshed"
	sessionRefused   = "refused"
	sessionEnded     = "ended"
)
