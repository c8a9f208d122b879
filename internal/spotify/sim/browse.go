package sim

import (
	"net/http"
	"slices"
	"strings"
)

// search serves GET search for tracks. In Development Mode the limit is 0 to 10, by default 5, and the offset at most
// 1000 (Spotify's "February 2026 changes", and Web API reference, "Search for Item"). Extended apps have the former
// limits of 50, and by default 20.
func (s *Spotify) search(c *call) (any, error) {
	query := c.URL.Query()
	if query.Get("q") == "" {
		return nil, badRequest("No search query")
	}
	if query.Get("type") != "track" {
		return nil, badRequest("Bad search type field: only track is simulated")
	}
	defaultLimit, maxLimit := 5, 10
	if c.view.extended {
		defaultLimit, maxLimit = 20, 50
	}
	limit, offset, err := c.pageParameters(0, defaultLimit, maxLimit, 1000)
	if err != nil {
		return nil, err
	}
	found := s.catalogue.search(query.Get("q"))
	return map[string]any{"tracks": pageOf(c.view, c.URL, "/search", found, limit, offset, c.view.track)}, nil
}

func (s *Spotify) track(c *call) (any, error) {
	t := s.catalogue.byID[c.PathValue("id")]
	if t == nil {
		return nil, notFound()
	}
	return c.view.track(t), nil
}

// severalTracks serves GET tracks?ids=. Unknown tracks are null in the response.
func (s *Spotify) severalTracks(c *call) (any, error) {
	ids := strings.Split(c.URL.Query().Get("ids"), ",")
	if ids[0] == "" || len(ids) > 50 {
		return nil, badRequest("Invalid ids")
	}
	found := make([]*trackObject, len(ids))
	for i, id := range ids {
		if t := s.catalogue.byID[id]; t != nil {
			shown := c.view.track(t)
			found[i] = &shown
		}
	}
	return map[string]any{"tracks": found}, nil
}

// tracksOfArtist returns the artist that a call names, with all tracks the artist appears on.
func (s *Spotify) tracksOfArtist(c *call) ([]*track, artist, error) {
	id := c.PathValue("id")
	tracks := s.catalogue.tracksByArtist(id)
	if len(tracks) == 0 {
		return nil, artist{}, notFound()
	}
	at := slices.IndexFunc(tracks[0].artists, func(a artist) bool { return a.id == id })
	return tracks, tracks[0].artists[at], nil
}

func (s *Spotify) artist(c *call) (any, error) {
	_, a, err := s.tracksOfArtist(c)
	if err != nil {
		return nil, err
	}
	return c.view.fullArtist(a), nil
}

// artistAlbums serves GET artists/{id}/albums. In Development Mode a page has at most 10 albums, by default 5.
func (s *Spotify) artistAlbums(c *call) (any, error) {
	tracks, a, err := s.tracksOfArtist(c)
	if err != nil {
		return nil, err
	}
	defaultLimit, maxLimit := 5, 10
	if c.view.extended {
		defaultLimit, maxLimit = 20, 50
	}
	limit, offset, err := c.pageParameters(0, defaultLimit, maxLimit, 10_000)
	if err != nil {
		return nil, err
	}
	groups := c.URL.Query().Get("include_groups")
	var albums []*album
	for _, t := range tracks {
		wanted := groups == "" || slices.Contains(strings.Split(groups, ","), groupOf(t.album, a))
		if wanted && !slices.Contains(albums, t.album) {
			albums = append(albums, t.album)
		}
	}
	path := "/artists/" + a.id + "/albums"
	return pageOf(c.view, c.URL, path, albums, limit, offset, func(on *album) any {
		return c.view.artistAlbum(on, a)
	}), nil
}

// groupOf returns the relation of an album to an artist: "album", "single" or "appears_on".
func groupOf(on *album, a artist) string {
	if on.artist.id != a.id {
		return "appears_on"
	}
	return on.kind
}

func (s *Spotify) albumTracks(c *call) (any, error) {
	tracks := s.catalogue.tracksOnAlbum(c.PathValue("id"))
	if tracks == nil {
		return nil, notFound()
	}
	limit, offset, err := c.pageParameters(1, 20, 50, 10_000)
	if err != nil {
		return nil, err
	}
	return pageOf(c.view, c.URL, "/albums/"+c.PathValue("id")+"/tracks", tracks, limit, offset, c.view.simpleTrack), nil
}

func (s *Spotify) artistTopTracks(c *call) (any, error) {
	tracks, _, err := s.tracksOfArtist(c)
	if err != nil {
		return nil, err
	}
	return map[string]any{"tracks": c.view.tracks(pageAt(tracks, 10, 0))}, nil
}

func (s *Spotify) relatedArtists(c *call) (any, error) {
	tracks, a, err := s.tracksOfArtist(c)
	if err != nil {
		return nil, err
	}
	related := []any{}
	for _, id := range s.catalogue.similar(tracks[0].ID) {
		if other := s.catalogue.byID[id].artists[0]; other.id != a.id {
			related = append(related, c.view.fullArtist(other))
		}
	}
	return map[string]any{"artists": related}, nil
}

// recommendations serves GET recommendations, which apps in Development Mode do not have. Both 404 and 403 have been
// seen there.
func (s *Spotify) recommendations(c *call) (any, error) {
	switch {
	case !c.view.extended && s.state.App.RecommendationsForbidden:
		return nil, forbidden()
	case !c.view.extended:
		return nil, notFound()
	}
	limit, ok := intParameter(c.URL.Query(), "limit", 20, 100)
	if !ok || limit == 0 {
		return nil, badRequest("Invalid limit")
	}
	seeds, from, err := s.seeds(c)
	if err != nil {
		return nil, err
	}
	var found []*track
	for round := 0; len(found) < limit && round < 5; round++ {
		for i, id := range from {
			similar := s.catalogue.similar(id)
			for _, id := range similar {
				if t := s.catalogue.byID[id]; !slices.Contains(found, t) {
					found = append(found, t)
				}
			}
			from[i] = similar[len(similar)-1]
		}
	}
	return map[string]any{"seeds": seeds, "tracks": c.view.tracks(pageAt(found, limit, 0))}, nil
}

// seedObject describes a seed in the response of recommendations.
type seedObject struct {
	ID                 string `json:"id"`
	Type               string `json:"type"`
	Href               string `json:"href"`
	InitialPoolSize    int    `json:"initialPoolSize"`
	AfterFilteringSize int    `json:"afterFilteringSize"`
	AfterRelinkingSize int    `json:"afterRelinkingSize"`
}

func newSeedObject(id, kind, href string, poolSize int) seedObject {
	return seedObject{
		ID: id, Type: kind, Href: href,
		InitialPoolSize: poolSize, AfterFilteringSize: poolSize, AfterRelinkingSize: poolSize,
	}
}

// seeds reads the tracks and artists that recommendations are to be based on. It returns their objects for the
// response, and the ID of one track for each.
func (s *Spotify) seeds(c *call) (shown []seedObject, from []string, err error) {
	query := c.URL.Query()
	ids := func(name string) []string {
		return strings.FieldsFunc(query.Get(name), func(r rune) bool { return r == ',' })
	}
	for _, id := range ids("seed_tracks") {
		if s.catalogue.byID[id] == nil {
			return nil, nil, badRequest("invalid request")
		}
		shown = append(shown, newSeedObject(id, "TRACK", c.view.api+"/tracks/"+id, 1))
		from = append(from, id)
	}
	for _, id := range ids("seed_artists") {
		tracks := s.catalogue.tracksByArtist(id)
		if len(tracks) == 0 {
			return nil, nil, badRequest("invalid request")
		}
		shown = append(shown, newSeedObject(id, "ARTIST", c.view.api+"/artists/"+id, len(tracks)))
		from = append(from, tracks[0].ID)
	}
	if len(from) == 0 || len(from) > 5 {
		return nil, nil, apiError{Status: http.StatusBadRequest, Message: "invalid request"}
	}
	return shown, from, nil
}
