package sim

import (
	"crypto/rand"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"
)

// playlist is one of a user's playlists. It is never deleted: a user who unfollows it only no longer sees it in the
// list.
type playlist struct {
	ID            string         `json:"id"`
	Owner         string         `json:"owner"`
	Name          string         `json:"name"`
	Description   string         `json:"description"`
	Public        bool           `json:"public"`
	Collaborative bool           `json:"collaborative"`
	Unfollowed    bool           `json:"unfollowed,omitempty"`
	Version       int            `json:"version"` // of the items
	Items         []playlistItem `json:"items"`
	Made          time.Time      `json:"made"`
}

type playlistItem struct {
	Track string    `json:"track"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

func (l playlist) uri() string { return "spotify:playlist:" + l.ID }

// modifyScope returns the scope that is required to change a playlist.
func modifyScope(public bool) string {
	if public {
		return scopeModifyPublic
	}
	return scopeModifyPrivate
}

// details is the body of the requests that create and change a playlist.
type details struct {
	Name          *string `json:"name"`
	Description   *string `json:"description"`
	Public        *bool   `json:"public"`
	Collaborative *bool   `json:"collaborative"`
}

func (d details) apply(l playlist) (playlist, error) {
	setIfGiven(&l.Name, d.Name)
	setIfGiven(&l.Description, d.Description)
	setIfGiven(&l.Public, d.Public)
	setIfGiven(&l.Collaborative, d.Collaborative)
	if strings.TrimSpace(l.Name) == "" {
		return l, badRequest("Missing required field: name")
	}
	if l.Collaborative && l.Public {
		return l, badRequest("Collaborative playlists can only be private")
	}
	return l, nil
}

// setIfGiven sets a variable to a value that may be missing.
func setIfGiven[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// createPlaylist serves POST me/playlists. A playlist is public unless the body says otherwise.
func createPlaylist(c *call) (any, error) {
	var d details
	if err := c.decode(&d); err != nil {
		return nil, err
	}
	list, err := d.apply(playlist{ID: newPlaylistID(), Owner: c.account.ID, Public: true, Version: 1, Made: c.now})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(c.grant.Scopes, modifyScope(list.Public)) {
		return nil, insufficientScope()
	}
	c.state.Playlists[list.ID] = list
	return reply{status: http.StatusCreated, body: c.view.playlist(c, list)}, nil
}

func createUserPlaylist(c *call) (any, error) {
	if c.PathValue("id") != c.account.ID {
		return nil, apiError{Status: http.StatusForbidden, Message: "You cannot create a playlist for another user"}
	}
	return createPlaylist(c)
}

// newPlaylistID returns a random ID in Spotify's format: 22 characters of base 62.
func newPlaylistID() string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	id := new(big.Int).SetBytes(random).Text(62)
	return strings.Repeat("0", 22-len(id)) + id
}

// myPlaylists serves GET me/playlists. Without the scope it lists only public playlists.
func myPlaylists(c *call) (any, error) {
	return c.listPlaylists("/me/playlists", c.account.ID, slices.Contains(c.grant.Scopes, scopeReadPrivate))
}

func userPlaylists(c *call) (any, error) {
	id := c.PathValue("id")
	return c.listPlaylists("/users/"+id+"/playlists", id, false)
}

func (c *call) listPlaylists(path, owner string, private bool) (any, error) {
	limit, offset, err := c.pageParameters(1, 20, 50, 100_000)
	if err != nil {
		return nil, err
	}
	lists := slices.DeleteFunc(slices.Collect(maps.Values(c.state.Playlists)), func(l playlist) bool {
		return l.Owner != owner || l.Unfollowed || !l.Public && !private
	})
	slices.SortFunc(lists, func(a, b playlist) int { // the newest first
		if n := b.Made.Compare(a.Made); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return pageOf(c.view, c.URL, path, lists, limit, offset, func(l playlist) any {
		return c.view.simplePlaylist(c, l)
	}), nil
}

// playlist returns the playlist that a call names.
func (c *call) playlist() (playlist, error) {
	list, ok := c.state.Playlists[c.PathValue("id")]
	if !ok {
		return playlist{}, notFound()
	}
	return list, nil
}

// ownPlaylist returns the playlist that a call names, if the call may change it.
func (c *call) ownPlaylist() (playlist, error) {
	list, err := c.playlist()
	switch {
	case err != nil:
		return list, err
	case list.Owner != c.account.ID && !list.Collaborative:
		return list, forbidden()
	case !slices.Contains(c.grant.Scopes, modifyScope(list.Public)):
		return list, insufficientScope()
	}
	return list, nil
}

// showPlaylist serves GET playlists/{id}. In Development Mode only the owner and collaborators see the items.
func showPlaylist(c *call) (any, error) {
	list, err := c.playlist()
	if err != nil {
		return nil, err
	}
	return filterFields(c, c.view.playlist(c, list))
}

func changePlaylist(c *call) (any, error) {
	list, err := c.ownPlaylist()
	if err != nil {
		return nil, err
	}
	var d details
	if err := c.decode(&d); err != nil {
		return nil, err
	}
	if list.Owner != c.account.ID {
		return nil, forbidden()
	}
	if list, err = d.apply(list); err != nil {
		return nil, err
	}
	if !slices.Contains(c.grant.Scopes, modifyScope(list.Public)) {
		return nil, insufficientScope()
	}
	c.state.Playlists[list.ID] = list
	return reply{status: http.StatusOK}, nil
}

// unfollow serves DELETE playlists/{id}/followers, which removed a playlist from the user's list until 2026.
func unfollow(c *call) (any, error) {
	list, err := c.playlist()
	if err != nil {
		return nil, err
	}
	return reply{status: http.StatusOK}, c.unfollow(list)
}

func (c *call) unfollow(list playlist) error {
	if !slices.Contains(c.grant.Scopes, modifyScope(list.Public)) {
		return insufficientScope()
	}
	if list.Owner == c.account.ID {
		list.Unfollowed = true
		c.state.Playlists[list.ID] = list
	}
	return nil
}
