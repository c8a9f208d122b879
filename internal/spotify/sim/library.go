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

// likedTrackCount is how many tracks an account likes.
const likedTrackCount = 60

// maxLibraryURIs is how many URIs one request may name (Web API reference, "Remove Items from Library").
const maxLibraryURIs = 40

func me(c *call) (any, error) { return c.view.me(c.account), nil }

func userProfile(c *call) (any, error) {
	a, ok := c.state.Accounts[c.PathValue("id")]
	if !ok {
		return nil, notFound()
	}
	return c.view.user(a.Account), nil
}

// likedTracks returns the tracks that an account likes, which are always the same. They make up its top tracks and its
// library.
func (s *Spotify) likedTracks(a account) []*track {
	sum := sha256.Sum256([]byte(a.ID))
	random := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
	tracks := make([]*track, 0, likedTrackCount)
	for _, i := range random.Perm(len(s.catalogue.tracks))[:likedTrackCount] {
		tracks = append(tracks, s.catalogue.tracks[i])
	}
	return tracks
}

func (s *Spotify) topTracks(c *call) (any, error) {
	if r := c.URL.Query().Get("time_range"); r != "" && r != "short_term" && r != "medium_term" && r != "long_term" {
		return nil, badRequest("Invalid time range")
	}
	limit, offset, err := c.pageParameters(1, 20, 50, 10_000)
	if err != nil {
		return nil, err
	}
	top := s.likedTracks(c.account)[:likedTrackCount/2]
	return pageOf(c.view, c.URL, "/me/top/tracks", top, limit, offset, c.view.track), nil
}

type savedTrackObject struct {
	AddedAt time.Time   `json:"added_at"`
	Track   trackObject `json:"track"` // this object kept its name in 2026
}

func (s *Spotify) savedTracks(c *call) (any, error) {
	limit, offset, err := c.pageParameters(1, 20, 50, 10_000)
	if err != nil {
		return nil, err
	}
	saved := slices.DeleteFunc(s.likedTracks(c.account)[likedTrackCount/3:], func(t *track) bool {
		return slices.Contains(c.account.Unsaved, t.ID)
	})
	return pageOf(c.view, c.URL, "/me/tracks", saved, limit, offset, func(t *track) savedTrackObject {
		return savedTrackObject{t.album.released.AddDate(1, 0, t.number), c.view.track(t)}
	}), nil
}

// removeFromLibrary serves DELETE me/library, which removes tracks and playlists from the user's library. The required
// scope depends on what is removed.
func removeFromLibrary(c *call) (any, error) {
	uris := strings.Split(c.URL.Query().Get("uris"), ",")
	if len(uris) > maxLibraryURIs {
		return nil, badRequest("Too many uris")
	}
	for _, uri := range uris {
		parts := strings.Split(uri, ":")
		if len(parts) != 3 || parts[0] != "spotify" || len(parts[2]) == 0 {
			return nil, badRequest("Invalid uri")
		}
		if err := c.removeFromLibrary(parts[1], parts[2]); err != nil {
			return nil, err
		}
	}
	return reply{status: http.StatusOK}, nil
}

func (c *call) removeFromLibrary(kind, id string) error {
	switch kind {
	case "playlist":
		list, ok := c.state.Playlists[id]
		if !ok {
			return notFound()
		}
		return c.unfollow(list)
	case "track":
		if !slices.Contains(c.grant.Scopes, scopeModifyLibrary) {
			return insufficientScope()
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

// recentlyPlayed serves GET me/player/recently-played: the newest tracks first, before or after a time in Unix
// milliseconds.
func recentlyPlayed(c *call) (any, error) {
	query := c.URL.Query()
	limit, ok := intParameter(query, "limit", 20, maxRecent)
	if !ok || limit == 0 {
		return nil, badRequest("Invalid limit")
	}
	if query.Has("after") && query.Has("before") {
		return nil, badRequest("Only one of after and before may be given")
	}
	after, errAfter := unixMilli(query.Get("after"), 0)
	before, errBefore := unixMilli(query.Get("before"), math.MaxInt64)
	if errAfter != nil || errBefore != nil {
		return nil, badRequest("Invalid cursor")
	}
	played := []playedObject{}
	for _, l := range slices.Backward(c.account.Player.Recent) {
		if at := l.At.UnixMilli(); at > after && at < before && len(played) < limit {
			shown := c.view.track(c.view.songs.byID[l.Track])
			played = append(played, playedObject{shown, l.At.UTC(), c.view.context(l.Context)})
		}
	}
	return c.cursorPage(played, limit), nil
}

// cursorPage returns a page whose cursors are times.
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

// unixMilli parses a time in Unix milliseconds.
func unixMilli(text string, defaultValue int64) (int64, error) {
	if text == "" {
		return defaultValue, nil
	}
	return strconv.ParseInt(text, 10, 64)
}
