package gqlserver

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/gqlserver/sockets"
)

// Config configures a Handler. Schema is required, and Sources if the schema has subscriptions.
type Config struct {
	Schema  graphql.ExecutableSchema
	Sources map[string]SubscribeFunc // by subscription field; New panics if a field has none
	// Scalars has functions that check a value of a custom scalar: a string, a bool, an integer, a json.Number, a float64
	// or, from variables only, an object or a list. A scalar without a function accepts any value.
	Scalars map[string]func(value any) error

	// Authenticate returns the context for requests with these credentials ("Bearer …", or "" if there are none), or an
	// error that says why they are refused. Nil accepts everybody.
	Authenticate func(ctx context.Context, authorization string) (context.Context, error)
	// Identify returns who makes the requests in a context from Authenticate. Nil: everybody is unknown.
	Identify func(ctx context.Context) Client
	// Ended reports whether a client's session has ended before its credentials expire. When it does, call CloseEnded.
	// It is called often and must not block. Nil: no session ends.
	Ended func(sessionID string) bool
	// WithoutViewer returns the context in which shared subscriptions are executed. It has no viewer, so that a resolver
	// that needs one fails. Nil leaves the context unchanged.
	WithoutViewer func(ctx context.Context) context.Context

	// Present converts every error to the one that the client gets. It is also called outside of operations with the
	// errors of Authenticate; if the result has no extensions.code, it gets UNAUTHENTICATED.
	Present graphql.ErrorPresenterFunc
	// Recover is called with the value of a panic and returns the error to present instead. It has to log the panic.
	Recover graphql.RecoverFunc
	// AroundResponses wraps every response, including each event of a subscription and responses that consist of errors
	// only.
	AroundResponses graphql.ResponseMiddleware

	Essential      []string // mutations that clients may execute over HTTP, at a low rate, although their budget is spent
	AllowedOrigins []string // origins whose pages may open a WebSocket, besides the server's own host
	Introspection  bool     // clients may query the schema
	Suggestions    bool     // validation errors suggest similar names, which also reveals parts of the schema
	Compress       bool     // offer permessage-deflate to WebSocket clients, for the responses of shared streams
	Limits         Limits
	Metrics        prometheus.Registerer // nil: nothing is registered
	Log            *slog.Logger          // nil: nothing is logged
	Tracing        trace.TracerProvider  // nil: operations have no spans
}

// Handler serves a GraphQL schema at one address.
type Handler struct {
	cfg         Config
	engine      *engine
	streams     *streams
	limiter     *connectionLimiter
	budgets     *budgets
	metrics     *metrics
	connections *registry
	poller      sockets.Poller
	deadlines   sockets.Deadlines
	upgrader    websocket.Upgrader
}

// New returns a Handler for cfg. It panics if a subscription field has no source, or an essential mutation does not
// exist.
func New(cfg Config) *Handler {
	cfg = withDefaults(cfg)
	m := newMetrics(cfg.Metrics)
	h := &Handler{
		cfg: cfg, metrics: m, engine: newEngine(cfg, m),
		limiter: newConnectionLimiter(cfg.Limits), budgets: newBudgets(cfg.Limits), connections: newRegistry(),
		upgrader: newUpgrader(cfg.AllowedOrigins),
	}
	h.streams = newStreams(cfg, h.engine, m)
	m.registerGauges(cfg.Metrics, h)
	return h
}

func withDefaults(cfg Config) Config {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Authenticate == nil {
		cfg.Authenticate = func(ctx context.Context, _ string) (context.Context, error) { return ctx, nil }
	}
	if cfg.Identify == nil {
		cfg.Identify = func(context.Context) Client { return Client{} }
	}
	if cfg.Ended == nil {
		cfg.Ended = func(string) bool { return false }
	}
	if cfg.WithoutViewer == nil {
		cfg.WithoutViewer = func(ctx context.Context) context.Context { return ctx }
	}
	if cfg.Present == nil {
		cfg.Present = graphql.DefaultErrorPresenter
	}
	if cfg.Recover == nil {
		cfg.Recover = graphql.DefaultRecover
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if subscription := cfg.Schema.Schema().Subscription; subscription != nil {
		for _, field := range subscription.Fields {
			if cfg.Sources[field.Name] == nil {
				panic("gqlserver: the subscription field " + field.Name + " has no source")
			}
		}
	}
	for _, name := range cfg.Essential {
		if mutation := cfg.Schema.Schema().Mutation; mutation == nil || mutation.Fields.ForName(name) == nil {
			panic("gqlserver: there is no mutation " + name)
		}
	}
	return cfg
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		h.serveWebSocket(w, r)
		return
	}
	h.serveHTTP(w, r)
}

// Drain closes all WebSockets with the status Service restart and ends all event streams without a complete event, so
// that their clients reconnect to another server. It spreads this over Limits.DrainWindow. It refuses new connections
// and waits until nothing runs any longer. If ctx ends first, Drain aborts the remaining connections and returns an
// error. Drain does not wait for other requests; that is up to the http.Server.
func (h *Handler) Drain(ctx context.Context) error {
	err := h.connections.drain(ctx, h.cfg.Limits.DrainWindow)
	h.streams.close()
	h.poller.Close()
	return err
}

// CloseEnded closes the WebSockets and event streams of clients whose session Config.Ended reports, like those whose
// credentials have expired. It does not wait for them.
func (h *Handler) CloseEnded() {
	for _, l := range h.connections.all() {
		if id := l.sessionID(); id != "" && h.cfg.Ended(id) {
			l.close(closedByEndedSession)
		}
	}
}

type transportKey struct{}

// OverWebSocket reports whether the operation of ctx came over a WebSocket, which can neither set nor read cookies.
func OverWebSocket(ctx context.Context) bool {
	return ctx.Value(transportKey{}) != nil
}

// webSocketContext has the values of a request for the operations of its WebSocket. It does not end with the request.
type webSocketContext struct{ request context.Context }

// Deadline implements context.Context.
func (webSocketContext) Deadline() (deadline time.Time, ok bool) { return time.Time{}, false }

// Done implements context.Context.
func (webSocketContext) Done() <-chan struct{} { return nil }

// Err implements context.Context.
func (webSocketContext) Err() error { return nil }

// Value implements context.Context.
func (c webSocketContext) Value(key any) any {
	if key == (transportKey{}) {
		return "websocket"
	}
	return c.request.Value(key)
}

// authenticate returns the context for these credentials, or the error to send.
func (h *Handler) authenticate(ctx context.Context, authorization string) (context.Context, *gqlerror.Error) {
	authenticated, err := h.cfg.Authenticate(ctx, authorization)
	if err == nil {
		return authenticated, nil
	}
	presented := h.cfg.Present(ctx, err)
	if presented.Extensions["code"] == nil {
		errcode.Set(presented, codeUnauthenticated)
	}
	h.metrics.countErrors(gqlerror.List{presented})
	return ctx, presented
}
