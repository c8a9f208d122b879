package server

import (
	"net/http"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// spotifyCallback is where Spotify sends browsers back to. It has to be a redirect URI of the app at Spotify.
const spotifyCallback = "/spotify/callback"

// serveSpotifyCallback completes connecting an account, and sends the browser back to where it came from.
func serveSpotifyCallback(cfg Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		answer := account.SpotifyAnswer{
			State: query.Get("state"), Browser: cfg.cookies().valueOf(r, spotifyCookie),
			Code: query.Get("code"), Error: query.Get("error"),
		}
		returnTo, err := cfg.FinishSpotify(r.Context(), answer)
		if party.CodeOf(err) == party.Internal && err != nil {
			cfg.Log.ErrorContext(r.Context(), "connecting Spotify failed", "error", err)
		}
		http.SetCookie(w, cfg.cookies().spotify(""))
		outcome{
			name: "spotify", done: "connected", good: "Spotify is connected", bad: "Spotify was not connected",
			returnTo: returnTo, err: err,
		}.answer(w, r)
	})
}
