package sim

import (
	"net/http"
)

// route is an endpoint with its requirements.
type route struct {
	scopes  []string
	reads   bool // it reads the player: a missing scope is 401 instead of 403
	removed bool // not available in Development Mode
	changes bool // its changes to the call's account and state are saved
	answer  endpoint
}

// routes registers the endpoints of the Web API.
func (s *Spotify) routes(mux *http.ServeMux) {
	s.mount(mux, s.openRoutes())
	s.mount(mux, s.playerRoutes())
	s.mount(mux, s.playlistRoutes())
	s.mount(mux, s.removedRoutes())
}

func (s *Spotify) mount(mux *http.ServeMux, routes map[string]route) {
	for pattern, r := range routes {
		mux.Handle(pattern, s.serve(r))
	}
}

func (s *Spotify) openRoutes() map[string]route {
	return map[string]route{
		"GET /v1/me":                  {answer: me},
		"GET /v1/search":              {answer: s.search},
		"GET /v1/tracks/{id}":         {answer: s.track},
		"GET /v1/artists/{id}":        {answer: s.artist},
		"GET /v1/artists/{id}/albums": {answer: s.artistAlbums},
		"GET /v1/albums/{id}/tracks":  {answer: s.albumTracks},
		"GET /v1/me/top/tracks":       {answer: s.topTracks, scopes: []string{scopeTop}},
		"GET /v1/me/tracks":           {answer: s.savedTracks, scopes: []string{scopeReadLibrary}},
		"DELETE /v1/me/library":       {answer: removeFromLibrary, changes: true},
		"GET /v1/recommendations":     {answer: s.recommendations},
		"/v1/":                        {answer: func(*call) (any, error) { return nil, notFound() }},
	}
}

func (s *Spotify) playerRoutes() map[string]route {
	routes := map[string]route{
		"GET /v1/me/player":                   {answer: s.playback, reads: true, scopes: []string{scopeReadState}},
		"GET /v1/me/player/currently-playing": {answer: s.playback, reads: true, scopes: []string{scopeReadCurrent}},
		"GET /v1/me/player/devices":           {answer: devices, reads: true, scopes: []string{scopeReadState}},
		"GET /v1/me/player/queue": {
			answer: s.queue, reads: true, scopes: []string{scopeReadState, scopeReadCurrent},
		},
		"GET /v1/me/player/recently-played": {answer: recentlyPlayed, reads: true, scopes: []string{scopeReadRecent}},
	}
	for pattern, change := range map[string]func(*call) error{
		"PUT /v1/me/player":           transfer,
		"PUT /v1/me/player/play":      s.play,
		"PUT /v1/me/player/pause":     pause,
		"PUT /v1/me/player/seek":      seek,
		"PUT /v1/me/player/volume":    volume,
		"PUT /v1/me/player/repeat":    repeat,
		"PUT /v1/me/player/shuffle":   shuffle,
		"POST /v1/me/player/next":     next,
		"POST /v1/me/player/previous": previous,
		"POST /v1/me/player/queue":    s.enqueue,
	} {
		routes[pattern] = route{answer: command(change), changes: true, scopes: []string{scopeModifyState}}
	}
	return routes
}

func (s *Spotify) playlistRoutes() map[string]route {
	return map[string]route{
		"POST /v1/me/playlists":               {answer: createPlaylist, changes: true},
		"GET /v1/me/playlists":                {answer: myPlaylists},
		"GET /v1/playlists/{id}":              {answer: showPlaylist},
		"PUT /v1/playlists/{id}":              {answer: changePlaylist, changes: true},
		"GET /v1/playlists/{id}/items":        {answer: items(playlistItems)},
		"POST /v1/playlists/{id}/items":       {answer: items(s.addItems), changes: true},
		"PUT /v1/playlists/{id}/items":        {answer: items(s.replaceItems), changes: true},
		"DELETE /v1/playlists/{id}/items":     {answer: items(s.deleteItems), changes: true},
		"GET /v1/playlists/{id}/tracks":       {answer: playlistItems, removed: true},
		"POST /v1/playlists/{id}/tracks":      {answer: s.addItems, changes: true, removed: true},
		"PUT /v1/playlists/{id}/tracks":       {answer: s.replaceItems, changes: true, removed: true},
		"DELETE /v1/playlists/{id}/tracks":    {answer: s.deleteItems, changes: true, removed: true},
		"DELETE /v1/playlists/{id}/followers": {answer: unfollow, changes: true, removed: true},
		"GET /v1/users/{id}/playlists":        {answer: userPlaylists, removed: true},
		"POST /v1/users/{id}/playlists":       {answer: createUserPlaylist, changes: true, removed: true},
	}
}

// removedRoutes returns the endpoints that apps in Development Mode lost (Spotify's "February 2026 changes"). Such apps
// have been seen to receive 403. Endpoints that are not simulated at all are 403 in any mode.
func (s *Spotify) removedRoutes() map[string]route {
	gone := func(*call) (any, error) { return nil, forbidden() }
	routes := map[string]route{
		"GET /v1/tracks":                       {answer: s.severalTracks, removed: true},
		"GET /v1/users/{id}":                   {answer: userProfile, removed: true},
		"GET /v1/artists/{id}/top-tracks":      {answer: s.artistTopTracks, removed: true},
		"GET /v1/artists/{id}/related-artists": {answer: s.relatedArtists, removed: true},
	}
	for _, path := range []string{
		"/v1/playlists/{id}/tracks", "/v1/playlists/{id}/followers", "/v1/users/{id}/playlists",
		"/v1/audio-features/", "/v1/audio-analysis/", "/v1/browse/",
	} {
		routes[path] = route{answer: gone}
	}
	return routes
}
