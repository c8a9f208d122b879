package push

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// Config has the keys and addresses with which a Sender sends. Without keys it sends nothing.
type Config struct {
	Keys    Keys
	Subject string   // an https URL that tells push services who sends these messages
	Hosts   []string // of further push services, see IsHost
	// Transport is used for requests; nil: the Sender makes its own.
	Transport http.RoundTripper
}

// Authorize returns an error of type [party.Error] unless the viewer may do something in a room.
type Authorize func(ctx context.Context, roomID string, action party.Action) (viewerID string, err error)

// Sender stores the subscriptions of browsers, and sends notices to them. It is safe for concurrent use.
type Sender struct {
	db        *database.DB
	authorize Authorize
	log       *slog.Logger
	keys      Keys // none: nothing is sent
	subject   string
	hosts     []string
	client    *http.Client
	queue     chan occasion
	notices   *prometheus.CounterVec // by outcome
}

// queued is how many occasions may wait: those of a few hundred rooms that go on to the next song at the same moment.
const queued = 256

// New returns a Sender, and registers its metric. It sends nothing before Run.
func New(cfg Config, db *database.DB, authorize Authorize, log *slog.Logger, metrics prometheus.Registerer) *Sender {
	s := &Sender{
		db: db, authorize: authorize, log: log, keys: cfg.Keys, subject: cfg.Subject,
		hosts:  slices.Concat(knownHosts, cfg.Hosts),
		client: newClient(cfg.Transport),
		queue:  make(chan occasion, queued),
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_notices_total", Help: "Notices for guests about their songs, by outcome.",
		}, []string{"outcome"}),
	}
	for _, o := range outcomes {
		s.notices.WithLabelValues(string(o))
	}
	metrics.MustRegister(s.notices)
	return s
}

// newClient returns a client that follows no redirects: they could lead to a host that is not allowed.
func newClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = senders
		own.IdleConnTimeout = time.Minute
		own.MaxResponseHeaderBytes = maxResponse
		transport = own
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Key returns the public key with which browsers subscribe, in base64url; "" if the server sends nothing.
func (s *Sender) Key() string {
	if len(s.keys) == 0 {
		return ""
	}
	return s.keys[0].public
}

// keyOf returns the key pair with this public key, or nil if it belongs to neither the present secret nor an
// old one.
func (s *Sender) keyOf(public string) *keyPair {
	i := slices.IndexFunc(s.keys, func(k keyPair) bool { return k.public == public })
	if i < 0 {
		return nil
	}
	return &s.keys[i]
}

func (s *Sender) count(o outcome) { s.notices.WithLabelValues(string(o)).Inc() }

// wrap puts what the server was doing in front of an error. It returns nil for nil.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
