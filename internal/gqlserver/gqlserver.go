package gqlserver

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/trace"
)

// Config is what a Handler is made of. Only Schema is required, and Sources for its subscriptions.
type Config struct {
	Schema  graphql.ExecutableSchema
	Sources map[string]SubscribeFunc // by the name of the subscription field; a field that has none panics New

	// Authenticate returns the context for what is asked with these credentials ("Bearer …", or "" without any), or an error
	// that says why they are refused. Nil lets everybody in.
	Authenticate func(ctx context.Context, authorization string) (context.Context, error)
	// Identify tells who is behind a context made by Authenticate. Nil means that nobody is known.
	Identify func(ctx context.Context) Client
	// WithoutViewer returns the context in which shared subscriptions are executed: nobody's, so that whatever asks who is
	// asking fails. Nil leaves the context as it is.
	WithoutViewer func(ctx context.Context) context.Context

	// Present turns every error into what the client sees. It is also called where no operation runs, with the error of
	// Authenticate; there a missing extensions.code becomes UNAUTHENTICATED.
	Present graphql.ErrorPresenterFunc
	// Recover is told of panics and returns the error to present in their place. It is the one to log them.
	Recover graphql.RecoverFunc
	// AroundResponses wraps every response: each event of a subscription, and those that only say what was wrong.
	AroundResponses graphql.ResponseMiddleware

	AllowedOrigins []string // web pages that may open a WebSocket, besides those of the same host
	Introspection  bool     // clients may ask for the schema
	Suggestions    bool     // clients are told what they may have meant, which tells them of the schema, too
	Compress       bool     // offer WebSocket clients permessage-deflate, for what subscriptions share
	Limits         Limits
	Metrics        prometheus.Registerer // nil: nothing is registered
	Log            *slog.Logger          // nil: nothing is logged
	Tracing        trace.TracerProvider  // nil: operations are no spans
}

// Handler answers GraphQL requests at one address.
type Handler struct {
	cfg         Config
	engine      *engine
	streams     *streams
	limiter     *connectionLimiter
	metrics     *metrics
	connections *registry
	upgrader    websocket.Upgrader
}

// New returns a Handler for cfg.
func New(cfg Config) *Handler {
	cfg = withDefaults(cfg)
	m := newMetrics(cfg.Metrics)
	h := &Handler{
		cfg: cfg, metrics: m, engine: &engine{Executor: newExecutor(cfg), metrics: m, tracing: newTracing(cfg.Tracing), operationTime: cfg.Limits.OperationTime},
		limiter: newConnectionLimiter(cfg.Limits), connections: newRegistry(), upgrader: newUpgrader(cfg.AllowedOrigins),
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
	return cfg
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		h.serveWebSocket(w, r)
		return
	}
	h.serveHTTP(w, r)
}

// Drain ends all that lasts, spread over Limits.DrainWindow: WebSockets with ServiceRestart, streams of events without a
// last event, so that their clients come back to another server. It refuses new ones, and waits until nothing runs any
// more. When ctx ends first, it cuts the rest off and returns an error. Other requests are the http.Server's to wait for.
func (h *Handler) Drain(ctx context.Context) error {
	err := h.connections.drain(ctx, h.cfg.Limits.DrainWindow)
	h.streams.close()
	return err
}

type transportKey struct{}

// OverWebSocket tells whether the operation of ctx came over a WebSocket, where there are no cookies to set or to read.
func OverWebSocket(ctx context.Context) bool {
	return ctx.Value(transportKey{}) != nil
}

func withWebSocket(ctx context.Context) context.Context {
	return context.WithValue(ctx, transportKey{}, "websocket")
}

// authenticate returns the context for these credentials, or the error to answer with.
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
