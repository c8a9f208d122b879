package sim

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxItemsPerRequest is how many items one request may add or remove (Web API reference, "Add Items to Playlist").
	maxItemsPerRequest = 100
	// maxPlaylistItems is how many items a playlist can have.
	maxPlaylistItems = 10_000
)

// items wraps an endpoint of playlists/{id}/items, which Spotify refuses to some new apps.
func items(answer endpoint) endpoint {
	return func(c *call) (any, error) {
		if c.account.Switches.ItemsForbidden {
			return nil, forbidden()
		}
		return answer(c)
	}
}

// snapshot returns the snapshot ID, which names a version of a playlist's items.
func (l playlist) snapshot() string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d,%s", l.Version, l.ID))
}

// isSnapshot reports whether a snapshot ID belongs to this playlist. It accepts an empty ID.
func (l playlist) isSnapshot(snapshot string) bool {
	if snapshot == "" {
		return true
	}
	text, err := base64.StdEncoding.DecodeString(snapshot)
	version, id, _ := strings.Cut(string(text), ",")
	n, errVersion := strconv.Atoi(version)
	return err == nil && errVersion == nil && id == l.ID && n > 0 && n <= l.Version
}

// playlistItems serves GET playlists/{id}/items, for the owner and collaborators.
func playlistItems(c *call) (any, error) {
	list, err := c.playlist()
	if err != nil {
		return nil, err
	}
	if !c.view.mayReadItems(c, list) {
		return nil, forbidden()
	}
	if !list.Public && !slices.Contains(c.grant.Scopes, scopeReadPrivate) {
		return nil, insufficientScope()
	}
	defaultLimit, maxLimit, path := 20, 50, "/items"
	if strings.HasSuffix(c.URL.Path, "/tracks") {
		defaultLimit, maxLimit, path = 100, 100, "/tracks"
	}
	limit, offset, err := c.pageParameters(1, defaultLimit, maxLimit, maxPlaylistItems)
	if err != nil {
		return nil, err
	}
	return filterFields(c, c.view.itemsPage(c, list, path, limit, offset))
}

// addItems serves POST playlists/{id}/items. URIs in the query take precedence over those in the body.
func (s *Spotify) addItems(c *call) (any, error) {
	list, err := c.ownPlaylist()
	if err != nil {
		return nil, err
	}
	var body struct {
		URIs     []string `json:"uris"`
		Position *int     `json:"position"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	added, err := s.itemsOf(c, body.URIs)
	if err != nil {
		return nil, err
	}
	at, err := c.position(body.Position, len(list.Items))
	if err != nil {
		return nil, err
	}
	if len(added) == 0 {
		return nil, badRequest("No uris provided")
	}
	return s.changeItems(c, list, http.StatusCreated, slices.Insert(slices.Clone(list.Items), at, added...))
}

// position returns where to insert into a list of the given length: where the query or the body says, and by default at
// the end.
func (c *call) position(inBody *int, length int) (int, error) {
	at := length
	setIfGiven(&at, inBody)
	at, ok := intParameter(c.URL.Query(), "position", at, length)
	if !ok || at < 0 || at > length {
		return 0, badRequest("Index out of bounds")
	}
	return at, nil
}

// itemsOf returns new playlist items for track URIs.
func (s *Spotify) itemsOf(c *call, uris []string) ([]playlistItem, error) {
	if query := c.URL.Query(); query.Has("uris") {
		uris = strings.Split(query.Get("uris"), ",")
	}
	if len(uris) > maxItemsPerRequest {
		return nil, badRequest("You can add a maximum of 100 tracks per request.")
	}
	added := []playlistItem{}
	for _, uri := range uris {
		t, err := s.trackByURI(uri)
		if err != nil {
			return nil, err
		}
		added = append(added, playlistItem{Track: t.ID, By: c.account.ID, At: c.now.UTC()})
	}
	return added, nil
}

// changeItems replaces the items of a playlist. Players with the switch FollowsPlaylist that play it notice the change.
func (s *Spotify) changeItems(c *call, list playlist, status int, items []playlistItem) (any, error) {
	if len(items) > maxPlaylistItems {
		return nil, badRequest("Playlist size limit reached")
	}
	list.Items = items
	list.Version++
	c.state.Playlists[list.ID] = list
	for id, a := range c.state.Accounts {
		if id == c.account.ID {
			a = c.account
		}
		if a.Player.Context == list.uri() && a.Switches.FollowsPlaylist {
			a = s.advanceAccount(a, c.now)
			a.Player = a.Player.replaceContext(s.playlistTrackIDs(list))
			c.state.Accounts[id] = a
			if id == c.account.ID {
				c.account = a
			}
		}
	}
	return reply{status: status, body: map[string]string{"snapshot_id": list.snapshot()}}, nil
}

// playlistTrackIDs returns the IDs of the tracks that a player plays of a playlist.
func (s *Spotify) playlistTrackIDs(list playlist) []string {
	tracks := make([]*track, len(list.Items))
	for i, item := range list.Items {
		tracks[i] = s.catalogue.byID[item.Track]
	}
	return playableTrackIDs(tracks)
}

// rearrangement is the body of PUT playlists/{id}/items.
type rearrangement struct {
	URIs         []string `json:"uris"`
	RangeStart   *int     `json:"range_start"`
	InsertBefore *int     `json:"insert_before"`
	RangeLength  *int     `json:"range_length"`
	SnapshotID   string   `json:"snapshot_id"`
}

// replaceItems serves PUT playlists/{id}/items. It replaces all items by uris, or moves a range of items.
func (s *Spotify) replaceItems(c *call) (any, error) {
	list, err := c.ownPlaylist()
	if err != nil {
		return nil, err
	}
	var r rearrangement
	if err := c.decode(&r); err != nil {
		return nil, err
	}
	var items []playlistItem
	switch moves := r.RangeStart != nil && r.InsertBefore != nil; {
	case !list.isSnapshot(r.SnapshotID):
		return nil, badRequest("Invalid snapshot id")
	case moves:
		items, err = r.move(list.Items)
	case r.URIs == nil && !c.URL.Query().Has("uris"):
		return nil, badRequest("Missing uris")
	default:
		items, err = s.itemsOf(c, r.URIs)
	}
	if err != nil {
		return nil, err
	}
	return s.changeItems(c, list, http.StatusOK, items)
}

func (r rearrangement) move(items []playlistItem) ([]playlistItem, error) {
	length := 1
	setIfGiven(&length, r.RangeLength)
	moved, ok := move(items, *r.RangeStart, length, *r.InsertBefore)
	if !ok {
		return nil, badRequest("Index out of bounds")
	}
	return moved, nil
}

// move moves the range of the given start and length before the item that had the index before. It returns false if
// there is no such range or index.
func move[T any](all []T, start, length, before int) ([]T, bool) {
	end := start + length
	if start < 0 || length < 1 || length > len(all) || end > len(all) || before < 0 || before > len(all) {
		return nil, false
	}
	if before >= start && before <= end {
		return all, true
	}
	if before < start {
		return slices.Concat(all[:before], all[start:end], all[before:start], all[end:]), true
	}
	return slices.Concat(all[:start], all[end:before], all[start:end], all[before:]), true
}

// deleteItems serves DELETE playlists/{id}/items. It removes every occurrence of each URI.
func (s *Spotify) deleteItems(c *call) (any, error) {
	list, err := c.ownPlaylist()
	if err != nil {
		return nil, err
	}
	type named struct {
		URI       string `json:"uri"`
		Positions []int  `json:"positions"` // accepted, without a known effect
	}
	var body struct {
		Items      []named `json:"items"`
		Tracks     []named `json:"tracks"` // the name before 2026
		SnapshotID string  `json:"snapshot_id"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if strings.HasSuffix(c.URL.Path, "/tracks") {
		body.Items = body.Tracks
	}
	switch {
	case len(body.Items) == 0:
		return nil, badRequest("Missing items")
	case len(body.Items) > maxItemsPerRequest:
		return nil, badRequest("You can remove a maximum of 100 tracks per request.")
	case !list.isSnapshot(body.SnapshotID):
		return nil, badRequest("Invalid snapshot id")
	}
	removed := map[string]bool{}
	for _, item := range body.Items {
		removed[strings.TrimPrefix(item.URI, trackURI)] = true
	}
	kept := slices.DeleteFunc(slices.Clone(list.Items), func(item playlistItem) bool { return removed[item.Track] })
	return s.changeItems(c, list, http.StatusOK, kept)
}
