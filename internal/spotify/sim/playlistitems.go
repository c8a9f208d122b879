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
	// itemsAtOnce is how many items one request may add or remove ("Web API reference, Add Items to Playlist").
	itemsAtOnce = 100
	// itemsAtMost is how many a playlist holds.
	itemsAtMost = 10_000
)

// items is an endpoint of playlists/{id}/items, which some new apps are refused.
func items(answer endpoint) endpoint {
	return func(c *call) (any, error) {
		if c.account.Switches.ItemsForbidden {
			return nil, forbidden()
		}
		return answer(c)
	}
}

// snapshot names a version of a playlist's items.
func (l playlist) snapshot() string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d,%s", l.Version, l.ID))
}

// knows says whether a snapshot is of this playlist; "" is none and always good.
func (l playlist) knows(snapshot string) bool {
	if snapshot == "" {
		return true
	}
	text, err := base64.StdEncoding.DecodeString(snapshot)
	version, id, _ := strings.Cut(string(text), ",")
	n, errVersion := strconv.Atoi(version)
	return err == nil && errVersion == nil && id == l.ID && n > 0 && n <= l.Version
}

// playlistItems is GET playlists/{id}/items, for the owner and collaborators.
func playlistItems(c *call) (any, error) {
	list, err := c.playlist()
	if err != nil {
		return nil, err
	}
	if !c.view.mayRead(c, list) {
		return nil, forbidden()
	}
	if !list.Public && !slices.Contains(c.grant.Scopes, scopeReadPrivate) {
		return nil, outOfScope()
	}
	standard, most, path := 20, 50, "/items"
	if strings.HasSuffix(c.URL.Path, "/tracks") {
		standard, most, path = 100, 100, "/tracks"
	}
	limit, offset, err := c.paging(1, standard, most, itemsAtMost)
	if err != nil {
		return nil, err
	}
	return filtered(c, c.view.itemsPage(c, list, path, limit, offset))
}

// addItems is POST playlists/{id}/items. uris in the query win over those of the body.
func (s *Spotify) addItems(c *call) (any, error) {
	list, err := c.ownPlaylist()
	if err != nil {
		return nil, err
	}
	var wish struct {
		URIs     []string `json:"uris"`
		Position *int     `json:"position"`
	}
	if err := c.decode(&wish); err != nil {
		return nil, err
	}
	added, err := s.itemsOf(c, wish.URIs)
	if err != nil {
		return nil, err
	}
	at, err := c.position(wish.Position, len(list.Items))
	if err != nil {
		return nil, err
	}
	if len(added) == 0 {
		return nil, badRequest("No uris provided")
	}
	return s.changeItems(c, list, http.StatusCreated, slices.Insert(slices.Clone(list.Items), at, added...))
}

// position is where to insert into a list of so many: at the end, or where the body or the query says.
func (c *call) position(inBody *int, length int) (int, error) {
	at := length
	set(&at, inBody)
	at, ok := number(c.URL.Query(), "position", at, length)
	if !ok || at < 0 || at > length {
		return 0, badRequest("Index out of bounds")
	}
	return at, nil
}

// itemsOf reads what to put into a playlist.
func (s *Spotify) itemsOf(c *call, uris []string) ([]playlistItem, error) {
	if query := c.URL.Query(); query.Has("uris") {
		uris = strings.Split(query.Get("uris"), ",")
	}
	if len(uris) > itemsAtOnce {
		return nil, badRequest("You can add a maximum of 100 tracks per request.")
	}
	added := []playlistItem{}
	for _, uri := range uris {
		t, err := s.named(uri)
		if err != nil {
			return nil, err
		}
		added = append(added, playlistItem{Track: t.ID, By: c.account.ID, At: c.now.UTC()})
	}
	return added, nil
}

// changeItems gives a playlist its new items. A player that follows the playlist notices.
func (s *Spotify) changeItems(c *call, list playlist, status int, items []playlistItem) (any, error) {
	if len(items) > itemsAtMost {
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
			a = s.advanced(a, c.now)
			a.Player = a.Player.follow(s.playsOf(list))
			c.state.Accounts[id] = a
			if id == c.account.ID {
				c.account = a
			}
		}
	}
	return reply{status: status, body: map[string]string{"snapshot_id": list.snapshot()}}, nil
}

// playsOf are what a player plays of a playlist.
func (s *Spotify) playsOf(list playlist) []string {
	tracks := make([]*track, len(list.Items))
	for i, item := range list.Items {
		tracks[i] = s.catalogue.byID[item.Track]
	}
	return plays(tracks)
}

// rearrangement is the body of PUT playlists/{id}/items.
type rearrangement struct {
	URIs         []string `json:"uris"`
	RangeStart   *int     `json:"range_start"`
	InsertBefore *int     `json:"insert_before"`
	RangeLength  *int     `json:"range_length"`
	SnapshotID   string   `json:"snapshot_id"`
}

// replaceItems is PUT playlists/{id}/items: with uris it replaces all, else it moves a range.
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
	case !list.knows(r.SnapshotID):
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
	set(&length, r.RangeLength)
	moved, ok := move(items, *r.RangeStart, length, *r.InsertBefore)
	if !ok {
		return nil, badRequest("Index out of bounds")
	}
	return moved, nil
}

// move takes a range and puts it before the item that had an index; false: there is no such range or index.
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

// deleteItems is DELETE playlists/{id}/items: every occurrence of each URI goes.
func (s *Spotify) deleteItems(c *call) (any, error) {
	list, err := c.ownPlaylist()
	if err != nil {
		return nil, err
	}
	type named struct {
		URI       string `json:"uri"`
		Positions []int  `json:"positions"` // accepted, and of no known effect
	}
	var wish struct {
		Items      []named `json:"items"`
		Tracks     []named `json:"tracks"` // the legacy name
		SnapshotID string  `json:"snapshot_id"`
	}
	if err := c.decode(&wish); err != nil {
		return nil, err
	}
	if strings.HasSuffix(c.URL.Path, "/tracks") {
		wish.Items = wish.Tracks
	}
	switch {
	case len(wish.Items) == 0:
		return nil, badRequest("Missing items")
	case len(wish.Items) > itemsAtOnce:
		return nil, badRequest("You can remove a maximum of 100 tracks per request.")
	case !list.knows(wish.SnapshotID):
		return nil, badRequest("Invalid snapshot id")
	}
	gone := map[string]bool{}
	for _, item := range wish.Items {
		gone[strings.TrimPrefix(item.URI, trackURI)] = true
	}
	kept := slices.DeleteFunc(slices.Clone(list.Items), func(item playlistItem) bool { return gone[item.Track] })
	return s.changeItems(c, list, http.StatusOK, kept)
}
