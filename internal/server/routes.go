package server

import (
	"net/http"
	"net/url"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	routeHealth  = "GET /healthz"
	routeReady   = "GET /readyz"
	routeMetrics = "GET /metrics"
)

func routes(cfg Config) http.Handler {
	mux := http.NewServeMux()
	playground := newPlayground()

	mux.Handle("/graphql", allowOrigins(cfg.AllowedOrigins, cfg.GraphQL))
	mux.HandleFunc("GET /playground", playground.servePage)
	mux.HandleFunc("GET /playground/assets/{file}", playground.serveAsset)
	mux.Handle("GET /{$}", http.RedirectHandler("/playground", http.StatusFound))
	mux.HandleFunc("GET /r/{code}", redirectToRoom)
	if cfg.Covers != nil {
		mux.Handle("GET /covers/", cfg.Covers)
	}
	if cfg.FinishSpotify != nil {
		mux.Handle("GET "+spotifyCallback, serveSpotifyCallback(cfg))
	}
	mux.HandleFunc(routeHealth, serveHealth)
	mux.Handle(routeReady, serveReadiness(cfg.Ready, cfg.Log))
	mux.Handle(routeMetrics, promhttp.HandlerFor(cfg.Metrics, promhttp.HandlerOpts{}))
	return mux
}

// redirectToRoom sends those who followed a room's link to the playground, with the code filled in.
func redirectToRoom(w http.ResponseWriter, r *http.Request) {
	query := url.Values{"code": {r.PathValue("code")}}
	http.Redirect(w, r, "/playground?"+query.Encode(), http.StatusFound)
}
