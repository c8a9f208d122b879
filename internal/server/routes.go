package server

import (
	"io"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	routeHealth  = "GET /healthz"
	routeReady   = "GET /readyz"
	routeMetrics = "GET /metrics"
)

func routes(cfg Config) http.Handler {
	mux := http.NewServeMux()
	cookies := cfg.cookies()
	newPages(cfg.Pages, cfg.signIn()).route(mux, cfg.CoverOrigins)
	mux.Handle("/graphql", allowOrigins(cfg.AllowedOrigins, cfg.operations()))
	if cfg.Schema != "" {
		mux.Handle("GET /schema.graphql", serveSchema(cfg.Schema))
	}
	if cfg.Covers != nil {
		mux.Handle("GET /covers/", cfg.Covers)
	}
	if cfg.FinishSpotify != nil {
		mux.Handle("GET "+spotifyCallback, serveSpotifyCallback(cfg))
	}
	if cfg.DemoHost != nil {
		mux.HandleFunc("GET "+DemoHostPage, serveDemoHost(cfg))
	}
	if cfg.Login != nil {
		mux.HandleFunc("GET "+loginPage, cfg.Login.serve(cookies, cfg.Log))
		mux.HandleFunc("GET "+loginCallback, cfg.Login.serveCallback(cookies, cfg.Log))
		mux.HandleFunc("GET "+logoutPage, cfg.Login.serveLogout(cookies, cfg.Log))
		mux.HandleFunc("POST "+logoutPage, cfg.Login.serveLogout(cookies, cfg.Log))
	}
	mux.HandleFunc(routeHealth, serveHealth(cfg.Build))
	mux.Handle(routeReady, serveReadiness(cfg.Ready, cfg.Log))
	mux.Handle(routeMetrics, promhttp.HandlerFor(cfg.Metrics, promhttp.HandlerOpts{}))
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
