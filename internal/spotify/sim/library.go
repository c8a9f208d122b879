package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tasteSize is how many tracks an account likes.
const tasteSize = 60

// urisAtOnce is how many one request may name ("Web API reference, Remove Items from Library").
const urisAtOnce = 40

func me(c *call) (any, error) { return c.view.me(c.account), nil }

func userProfile(c *call) (any, error) {
	a, ok := c.state.Accounts[c.PathValue("id")]
	if !ok {
		return nil, notFound()
	}
	return c.view.user(a.Account), nil
}

// taste is what an account likes, the same for ever.
func (s *Spotify) taste(a account) []*track {
	sum := sha256.Sum256([]byte(a.ID))
	random := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
	tracks := make([]*track, 0, tasteSize)
	for _, i := range random.Perm(len(s.catalogue.tracks))[:tasteSize] {
		tracks = append(tracks, s.catalogue.tracks[i])
	}
	return tracks
}

func (s *Spotify) topTracks(c *call) (any, error) {
	if r := c.URL.Query().Get("time_range"); r != "" && r != "short_term" && r != "medium_term" && r != "long_term" {
		return nil, badRequest("Invalid time range")
	}
	limit, offset, err := c.paging(1, 20, 50, 10_000)
	if err != nil {
		return nil, err
	}
	top := s.taste(c.account)[:tasteSize/2]
	return pageOf(c.view, c.URL, "/me/top/tracks", top, limit, offset, c.view.track), nil
}

type savedTrackObject struct {
	AddedAt time.Time   `json:"added_at"`
	Track   trackObject `json:"track"` // still by this name
}

func (s *Spotify) savedTracks(c *call) (any, error) {
	limit, offset, err := c.paging(1, 20, 50, 10_000)
	if err != nil {
		return nil, err
	}
	saved := slices.DeleteFunc(s.taste(c.account)[tasteSize/3:], func(t *track) bool { return slices.Contains(c.account.Unsaved, t.ID) })
	return pageOf(c.view, c.URL, "/me/tracks", saved, limit, offset, func(t *track) savedTrackObject {
		return savedTrackObject{t.album.released.AddDate(1, 0, t.number), c.view.track(t)}
	}), nil
}

// unsave is DELETE me/library, which takes tracks out of the library and playlists off the list. What scope it needs
// depends on what is named.
func unsave(c *call) (any, error) {
	uris := strings.Split(c.URL.Query().Get("uris"), ",")
	if len(uris) > urisAtOnce {
		return nil, badRequest("Too many uris")
	}
	for _, uri := range uris {
		parts := strings.Split(uri, ":")
		if len(parts) != 3 || parts[0] != "spotify" || len(parts[2]) == 0 {
			return nil, badRequest("Invalid uri")
		}
		if err := c.unsave(parts[1], parts[2]); err != nil {
			return nil, err
		}
	}
	return reply{status: http.StatusOK}, nil
}

func (c *call) unsave(kind, id string) error {
	switch kind {
	case "playlist":
		list, ok := c.state.Playlists[id]
		if !ok {
			return notFound()
		}
		return c.forget(list)
	case "track":
		if !slices.Contains(c.grant.Scopes, scopeModifyLibrary) {
			return outOfScope()
		}
		if c.view.songs.byID[id] == nil {
			return notFound()
		}
		if !slices.Contains(c.account.Unsaved, id) {
			c.account.Unsaved = append(slices.Clip(c.account.Unsaved), id)
		}
		return nil
	}
	return badRequest("Invalid uri")
}

type playedObject struct {
	Track    trackObject    `json:"track"`
	PlayedAt time.Time      `json:"played_at"`
	Context  *contextObject `json:"context"`
}

// recentlyPlayed is GET me/player/recently-played: the newest first, before or after a time in unix milliseconds.
func recentlyPlayed(c *call) (any, error) {
	query := c.URL.Query()
	limit, ok := number(query, "limit", 20, recents)
	if !ok || limit == 0 {
		return nil, badRequest("Invalid limit")
	}
	if query.Has("after") && query.Has("before") {
		return nil, badRequest("Only one of after and before may be given")
	}
	after, errAfter := millis(query.Get("after"), 0)
	before, errBefore := millis(query.Get("before"), math.MaxInt64)
	if errAfter != nil || errBefore != nil {
		return nil, badRequest("Invalid cursor")
	}
	played := []playedObject{}
	for _, l := range slices.Backward(c.account.Player.Recent) {
		if at := l.At.UnixMilli(); at > after && at < before && len(played) < limit {
			played = append(played, playedObject{c.view.track(c.view.songs.byID[l.Track]), l.At.UTC(), c.view.context(l.Context)})
		}
	}
	return c.cursorPage(played, limit), nil
}

// cursorPage is a page that is continued by time.
func (c *call) cursorPage(played []playedObject, limit int) any {
	base := c.view.api + "/me/player/recently-played?"
	page := map[string]any{"href": base + c.URL.RawQuery, "limit": limit, "next": nil, "cursors": nil, "items": played}
	if len(played) > 0 {
		first := strconv.FormatInt(played[0].PlayedAt.UnixMilli(), 10)
		last := strconv.FormatInt(played[len(played)-1].PlayedAt.UnixMilli(), 10)
		page["cursors"] = map[string]string{"after": first, "before": last}
		page["next"] = base + "limit=" + strconv.Itoa(limit) + "&before=" + last
	}
	return page
}

func millis(text string, standard int64) (int64, error) {
	if text == "" {
		return standard, nil
	}
	return strconv.ParseInt(text, 10, 64)
}
