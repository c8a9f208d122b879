// Package gqlserver puts a GraphQL schema on the wire: POST and GET as GraphQL over HTTP has them, and WebSocket with the
// protocol graphql-transport-ws. It knows nothing of what the schema is about.
//
// It promises:
//
//   - Every operation runs in the context that Authenticate made of its credentials. Wrong credentials are refused, never
//     taken for none.
//   - What a resolver fails or panics with reaches a client only through Present.
//   - A client that stops reading is cut off after Limits.WriteTimeout; one that vanishes, after two pings. Neither holds
//     anything for longer.
//   - Every WebSocket connection ends in one of the ways listed in endings.go, each of which says what the client does next.
//   - Drain ends all of them and waits until nothing runs on them any more.
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
)

// Config is what a Handler is made of. Only Schema is required.
type Config struct {
	Schema graphql.ExecutableSchema

	// Authenticate returns the context for what is asked with these credentials ("Bearer …", or "" without any), or an error
	// that says why they are refused. Nil lets everybody in.
	Authenticate func(ctx context.Context, authorization string) (context.Context, error)
	// ExpiresAt tells from a context made by Authenticate when its credentials end; zero means never. A WebSocket
	// connection ends with them. Nil means that none ever end.
	ExpiresAt func(ctx context.Context) time.Time

	// Present turns every error into what the client sees. It is also called where no operation runs, with the error of
	// Authenticate; there a missing extensions.code becomes UNAUTHENTICATED.
	Present graphql.ErrorPresenterFunc
	// Recover is told of panics and returns the error to present in their place. It is the one to log them.
	Recover graphql.RecoverFunc
	// AroundResponses wraps every response: each event of a subscription, and those that only say what was wrong.
	AroundResponses graphql.ResponseMiddleware

	AllowedOrigins []string // web pages that may open a WebSocket, besides those of the same host
	Introspection  bool     // whether clients may ask for the schema, and are told what they may have meant
	Limits         Limits
	Metrics        prometheus.Registerer // nil: nothing is registered
	Log            *slog.Logger          // nil: nothing is logged
}

// Handler answers GraphQL requests at one address.
type Handler struct {
	cfg         Config
	engine      *engine
	metrics     *metrics
	connections *registry
	upgrader    websocket.Upgrader
}

// New returns a Handler for cfg.
func New(cfg Config) *Handler {
	cfg = withDefaults(cfg)
	h := &Handler{cfg: cfg, metrics: newMetrics(cfg.Metrics), connections: newRegistry()}
	h.engine = &engine{Executor: newExecutor(cfg), metrics: h.metrics}
	h.upgrader = newUpgrader(cfg.AllowedOrigins)
	return h
}

func withDefaults(cfg Config) Config {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Authenticate == nil {
		cfg.Authenticate = func(ctx context.Context, _ string) (context.Context, error) { return ctx, nil }
	}
	if cfg.ExpiresAt == nil {
		cfg.ExpiresAt = func(context.Context) time.Time { return time.Time{} }
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
	return cfg
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		h.serveWebSocket(w, r)
		return
	}
	h.serveHTTP(w, r)
}

// Drain ends all WebSocket connections with ServiceRestart, refuses new ones with the same, and waits until nothing runs
// on them any more. When ctx ends first, it cuts the rest off and returns an error. Requests over HTTP are the http.Server's
// to wait for.
func (h *Handler) Drain(ctx context.Context) error {
	return h.connections.drain(ctx)
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
