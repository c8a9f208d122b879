package sim

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxBody is more than any request to the Web API needs.
const maxBody = 64 << 10

// call is one authenticated request.
type call struct {
	*http.Request
	body    []byte
	now     time.Time
	account account // a copy, its player advanced to now
	view    view
}

// endpoint answers a call with a JSON body, an opaque text, or nil for 204. It runs under the lock.
type endpoint func(*call) (any, error)

// opaque is the text body with which player commands succeed.
type opaque string

// apiError is an error of the Web API as it stands in a body (Spotify's Web API reference, "Regular error object" and
// "Player error object").
type apiError struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Reason  string `json:"reason,omitempty"`
}

func (e apiError) Error() string { return strconv.Itoa(e.Status) + " " + e.Message }

func badRequest(message string) apiError {
	return apiError{Status: http.StatusBadRequest, Message: message}
}

func notFound() apiError { return apiError{Status: http.StatusNotFound, Message: "Not Found"} }

func (s *Spotify) routes(mux *http.ServeMux) {
	for pattern, answer := range map[string]endpoint{
		"GET /v1/me":                          func(c *call) (any, error) { return c.view.me(c.account.Account), nil },
		"GET /v1/search":                      s.search,
		"GET /v1/tracks/{id}":                 s.track,
		"GET /v1/me/player":                   playback,
		"GET /v1/me/player/currently-playing": playback,
		"GET /v1/me/player/devices":           func(c *call) (any, error) { return c.view.devices(c.account.Device), nil },
		"GET /v1/me/player/queue":             func(c *call) (any, error) { return c.view.queue(c.account), nil },
		"PUT /v1/me/player":                   s.command(transfer),
		"PUT /v1/me/player/play":              s.command(s.play),
		"PUT /v1/me/player/pause":             s.command(pause),
		"POST /v1/me/player/next":             s.command(next),
		"POST /v1/me/player/queue":            s.command(s.enqueue),
		"/v1/":                                func(*call) (any, error) { return nil, notFound() },
	} {
		mux.Handle(pattern, s.serve(answer))
	}
	for _, pattern := range removed() {
		mux.Handle(pattern, s.serve(func(*call) (any, error) {
			return nil, apiError{Status: http.StatusForbidden, Message: "Forbidden"}
		}))
	}
}

// removed lists what apps in Development Mode lost (Spotify's "February 2026 changes"); such apps have been seen to get
// 403 for it. Recommendations answer 404 and need no mention.
func removed() []string {
	return []string{
		"GET /v1/tracks", "GET /v1/users/{id}", "/v1/users/{id}/playlists", "/v1/playlists/{id}/tracks",
		"/v1/playlists/{id}/followers", "/v1/artists/{id}/top-tracks", "/v1/artists/{id}/related-artists",
		"/v1/audio-features/", "/v1/browse/",
	}
}

// serve reads the body before it takes the lock and answers after giving it back: a slow client holds up nobody.
func (s *Spotify) serve(answer endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			s.write(w, nil, badRequest("Malformed body"))
			return
		}
		result, err := s.run(&call{Request: r, body: body}, answer)
		s.write(w, result, err)
	})
}

func (s *Spotify) run(c *call, answer endpoint) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.now()
	var err error
	if c.account, err = s.authenticate(c.Request, c.now); err != nil {
		return nil, err
	}
	c.account.Player = advance(c.account.Player, c.now, s.catalogue.length)
	c.view = view{api: origin(c.Request) + "/v1", covers: s.coverURL, songs: s.catalogue, now: c.now}
	return answer(c)
}

func (s *Spotify) write(w http.ResponseWriter, result any, err error) {
	if err != nil {
		failure, ok := errors.AsType[apiError](err)
		if !ok {
			s.log.Error("simulated Spotify failed", "error", err)
			failure = apiError{Status: http.StatusInternalServerError, Message: "Server error."}
		}
		writeJSON(w, failure.Status, map[string]apiError{"error": failure})
		return
	}
	switch result := result.(type) {
	case nil:
		w.WriteHeader(http.StatusNoContent)
	case opaque:
		_, _ = io.WriteString(w, string(result))
	default:
		writeJSON(w, http.StatusOK, result)
	}
}

// origin is where the client reached this server: URLs in answers lead back to it.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// playback is GET me/player and me/player/currently-playing: 204 while no device is active or nothing ever played.
func playback(c *call) (any, error) {
	if !c.account.Device.Active || c.account.Player.Track == "" {
		return nil, nil
	}
	return c.view.playback(c.account), nil
}

func (s *Spotify) track(c *call) (any, error) {
	t := s.catalogue.byID[c.PathValue("id")]
	if t == nil {
		return nil, notFound()
	}
	return c.view.track(t), nil
}

// search is GET search, for tracks. Development Mode has limits of 0 to 10, 5 unless given, and offsets up to 1000
// (Spotify's "February 2026 changes" and Web API reference, search).
func (s *Spotify) search(c *call) (any, error) {
	query := c.URL.Query()
	if query.Get("q") == "" {
		return nil, badRequest("No search query")
	}
	if query.Get("type") != "track" {
		return nil, badRequest("Bad search type field: only track is simulated")
	}
	limit, ok := number(query, "limit", 5, 10)
	if !ok {
		return nil, badRequest("Invalid limit")
	}
	offset, ok := number(query, "offset", 0, 1000)
	if !ok {
		return nil, badRequest("Invalid offset")
	}
	return map[string]any{"tracks": c.view.page(c.URL, s.catalogue.search(query.Get("q")), limit, offset)}, nil
}

// number reads a parameter between 0 and most.
func number(query url.Values, name string, standard, most int) (int, bool) {
	if !query.Has(name) {
		return standard, true
	}
	n, err := strconv.Atoi(query.Get(name))
	return n, err == nil && n >= 0 && n <= most
}

// window is the part of all from offset on, at most limit long.
func window[T any](all []T, limit, offset int) []T {
	start := min(offset, len(all))
	return all[start:min(start+limit, len(all))]
}
