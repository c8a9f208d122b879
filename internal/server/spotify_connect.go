package server

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"antwon.dj/backend/internal/jukebox"
)

// spotifyCallback is where Spotify sends browsers back to. The app's settings at Spotify have to name it.
const spotifyCallback = "/spotify/callback"

var connectedPage = template.Must(template.New("connected").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>antwon.dj</title>
<h1>{{if .}}Spotify was not connected{{else}}Spotify is connected{{end}}</h1>
<p>{{if .}}{{.}}{{else}}You can close this page.{{end}}</p>
</html>
`))

// serveSpotifyCallback finishes connecting an account, and sends the browser to where it came from.
func serveSpotifyCallback(cfg Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		answer := jukebox.SpotifyAnswer{State: query.Get("state"), Code: query.Get("code"), Error: query.Get("error")}
		if cookie, err := r.Cookie(spotifyCookie); err == nil {
			answer.Browser = cookie.Value
		}
		returnTo, err := cfg.FinishSpotify(r.Context(), answer)
		if jukebox.CodeOf(err) == jukebox.Internal && err != nil {
			cfg.Log.ErrorContext(r.Context(), "connecting Spotify failed", "error", err)
		}
		http.SetCookie(w, cfg.Cookies.cookie(spotifyCookie, "", spotifyCallback, 0))
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer") // the code stands in the address
		if returnTo != "" {
			http.Redirect(w, r, withOutcome(returnTo, err), http.StatusSeeOther)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		_ = connectedPage.Execute(w, sentence(err)) // fails only when the browser has gone
	})
}

// withOutcome adds to a page's address how it went.
func withOutcome(page string, err error) string {
	u, parseErr := url.Parse(page)
	if parseErr != nil {
		return "/"
	}
	query := u.Query()
	query.Set("spotify", "connected")
	if err != nil {
		query.Set("spotify", "failed")
		query.Set("spotify_error", sentence(err))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// sentence is what people are told of a failure; nothing if there was none.
func sentence(err error) string {
	if known, ok := errors.AsType[*jukebox.Error](err); ok && known.Code != jukebox.Internal {
		return known.Message
	}
	if err != nil {
		return "Something went wrong on our side: try again."
	}
	return ""
}
