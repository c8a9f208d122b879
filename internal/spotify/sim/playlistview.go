package sim

import (
	"net/url"
	"time"
)

type ownerObject struct {
	object
	DisplayName string `json:"display_name"`
}

type playlistObject struct {
	object
	Name          string      `json:"name"`
	Description   string      `json:"description"`
	Public        bool        `json:"public"`
	Collaborative bool        `json:"collaborative"`
	SnapshotID    string      `json:"snapshot_id"`
	Images        []image     `json:"images"`
	Owner         ownerObject `json:"owner"`
	Items         any         `json:"items,omitempty"`  // omitted for those who may not read them
	Tracks        any         `json:"tracks,omitempty"` // the name before 2026
	Followers     *followers  `json:"followers,omitempty"`
}

type itemObject struct {
	AddedAt time.Time    `json:"added_at"`
	AddedBy object       `json:"added_by"`
	IsLocal bool         `json:"is_local"`
	Item    *trackObject `json:"item,omitempty"`
	Track   *trackObject `json:"track,omitempty"` // the name before 2026
}

// mayReadItems reports whether the response to a call shows a playlist's items. In Development Mode they are shown to
// the owner and collaborators only.
func (v view) mayReadItems(c *call, l playlist) bool {
	return v.extended || l.Owner == c.account.ID || l.Collaborative
}

// simplePlaylist returns a playlist as it appears in lists, with the number of its items.
func (v view) simplePlaylist(c *call, l playlist) playlistObject {
	owner := c.state.Accounts[l.Owner].Account
	shown := playlistObject{
		object: v.object("playlist", l.ID), Name: v.name(l.Name), Description: l.Description,
		Public: l.Public, Collaborative: l.Collaborative,
		SnapshotID: l.snapshot(), Images: []image{}, Owner: ownerObject{v.object("user", owner.ID), owner.DisplayName},
	}
	count := func(path string) any { return map[string]any{"href": shown.Href + path, "total": len(l.Items)} }
	if v.mayReadItems(c, l) {
		shown.Items = count("/items")
	}
	if v.extended {
		shown.Tracks = count("/tracks")
	}
	return shown
}

// playlist returns a playlist with its first hundred items.
func (v view) playlist(c *call, l playlist) playlistObject {
	shown := v.simplePlaylist(c, l)
	bare := *c.URL
	bare.RawQuery = ""
	if shown.Items != nil {
		shown.Items = v.itemsOf(&bare, l, "/items", 100, 0)
	}
	if v.extended {
		shown.Tracks = v.itemsOf(&bare, l, "/tracks", 100, 0)
		shown.Followers = &followers{}
	}
	return shown
}

func (v view) itemsPage(c *call, l playlist, path string, limit, offset int) page[itemObject] {
	return v.itemsOf(c.URL, l, path, limit, offset)
}

func (v view) itemsOf(request *url.URL, l playlist, path string, limit, offset int) page[itemObject] {
	return pageOf(v, request, "/playlists/"+l.ID+path, l.Items, limit, offset, func(item playlistItem) itemObject {
		shown := v.track(v.songs.byID[item.Track])
		o := itemObject{AddedAt: item.At.Truncate(time.Second), AddedBy: v.object("user", item.By)}
		if path == "/items" {
			o.Item = &shown
		}
		if v.extended {
			o.Track = &shown
		}
		return o
	})
}
