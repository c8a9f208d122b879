package server

import (
	"io"
	"maps"
	"net/http"
)

const (
	routeHealth  = "GET /healthz"
	routeReady   = "GET /readyz"
	routeMetrics = "GET /metrics"
)

// routes returns the handlers of the public address by the patterns of their requests.
func routes(cfg Config) map[string]http.Handler {
	routes := newPages(cfg).routes(cfg)
	if cfg.ScreenState != nil {
		routes[routePlain] = withPolicy(pagePolicyFor(cfg.CoverOrigins), newPlainScreen(cfg).serve)
	}
	maps.Copy(routes, newInvitations(cfg.PublicURL).routes())
	routes["/graphql"] = allowOrigins(cfg.AllowedOrigins, cfg.operations())
	if cfg.Schema != "" {
		routes["GET /schema.graphql"] = serveSchema(cfg.Schema)
	}
	if cfg.Covers != nil {
		routes["GET /covers/"] = forPagesElsewhere(cfg.Covers)
	}
	if cfg.FinishSpotify != nil {
		routes["GET "+spotifyCallback] = serveSpotifyCallback(cfg)
	}
	if cfg.DemoHost != nil {
		routes["GET "+DemoHostPage] = serveDemoHost(cfg)
	}
	if cfg.Login != nil {
		routes["GET "+loginPage] = cfg.Login.serve(cfg.cookies(), cfg.Log)
		routes["GET "+loginCallback] = cfg.Login.serveCallback(cfg.cookies(), cfg.Log)
		routes["GET "+logoutPage] = cfg.Login.serveLogout(cfg.cookies(), cfg.Log)
		routes["POST "+logoutPage] = cfg.Login.serveLogout(cfg.cookies(), cfg.Log)
	}
	if !cfg.MonitoredElsewhere {
		maps.Copy(routes, monitoringRoutes(cfg))
		routes[routeMetrics] = onlyNearby(cfg.PublicURL, routes[routeMetrics])
	}
	return routes
}

func newMux(routes map[string]http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, handler := range routes {
		mux.Handle(pattern, handler)
	}
	return mux
}

// serveSchema serves the schema's text to programs that generate code for a client. Some know the file by the ending
// .graphql only.
func serveSchema(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = io.WriteString(w, text) // a client that is gone needs no schema
	})
}
