package main_test

import "strings"

// toldWhy returns the reason for the room's health.
func (u *user) toldWhy(roomID string) string {
	u.t.Helper()
	var got struct {
		Room struct {
			Playback struct{ Health struct{ Reason string } }
		}
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) { playback { delivery health { state reason hostMessage } } } }`,
		map[string]any{"r": roomID})
	return got.Room.Playback.Health.Reason
}

// openRoom opens a room without fallback songs, so that only added songs play.
func (u *user) openRoom(code string) (id string) {
	u.t.Helper()
	return u.openRoomBy(code, "QUEUE")
}

func (u *user) openRoomBy(code, delivery string) (id string) {
	u.t.Helper()
	var got struct{ CreateRoom struct{ ID string } }
	u.ask(&got, `mutation($c: String, $d: Delivery) {
		createRoom(input: {code: $c, settings: {fallback: false, delivery: $d}}) {
			id code joinUrl settings { delivery fallback }
		}
	}`, map[string]any{"c": code, "d": delivery})
	return got.CreateRoom.ID
}

// hears returns the name of the room's song that plays, if one does.
func (u *user) hears(roomID string) string {
	u.t.Helper()
	var got struct {
		Room struct{ Playback struct{ Item *item } }
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) { playback { item { id song { name } } } } }`, map[string]any{"r": roomID})
	if got.Room.Playback.Item == nil {
		return ""
	}
	return got.Room.Playback.Item.Song.Name
}

// hasHeard reports whether a song of the room has begun. It may have ended since.
func (u *user) hasHeard(roomID, uri string) bool {
	u.t.Helper()
	var got struct {
		Room struct {
			Playback struct{ Item *item }
			History  struct {
				Edges []struct{ Node struct{ Item item } }
			}
		}
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) {
		playback { item { song { uri } } } history(first: 100) { edges { node { item { song { uri } } } } }
	} }`, map[string]any{"r": roomID})
	for _, edge := range got.Room.History.Edges {
		if edge.Node.Item.Song.URI == uri {
			return true
		}
	}
	return got.Room.Playback.Item != nil && got.Room.Playback.Item.Song.URI == uri
}

// search returns the URIs of n different songs. It reads as many pages as it needs.
func (u *user) search(roomID, query string, n int) (uris []string) {
	u.t.Helper()
	for after := any(nil); len(uris) < n; {
		var got struct {
			SearchSongs struct {
				Nodes []struct {
					Song   struct{ URI string }
					CanAdd bool
				}
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
		u.ask(&got, `query($r: ID!, $q: String!, $a: String) { searchSongs(roomId: $r, query: $q, after: $a) {
			pageInfo { hasNextPage endCursor } nodes { canAdd song { uri } } } }`,
			map[string]any{"r": roomID, "q": query, "a": after})
		for _, hit := range got.SearchSongs.Nodes {
			if hit.CanAdd && len(uris) < n {
				uris = append(uris, hit.Song.URI)
			}
		}
		if !got.SearchSongs.PageInfo.HasNextPage {
			break
		}
		after = got.SearchSongs.PageInfo.EndCursor
	}
	return uris
}

func (u *user) add(roomID, uri string) item {
	u.t.Helper()
	var got struct{ AddSong struct{ Item item } }
	u.ask(&got, `mutation($r: ID!, $u: String!) {
		addSong(roomId: $r, songUri: $u) { item { id song { name uri } likeCount state position } }
	}`,
		map[string]any{"r": roomID, "u": uri})
	return got.AddSong.Item
}

func (u *user) like(liked item) {
	u.t.Helper()
	u.ask(nil, `mutation($i: ID!) { likeQueueItem(itemId: $i) { likeCount } }`, map[string]any{"i": liked.ID})
}

func (u *user) history(roomID string) string {
	u.t.Helper()
	var got struct {
		Room struct {
			History struct {
				Edges []struct {
					Node struct {
						Item    item
						Skipped bool
					}
				}
			}
		}
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) {
		history(first: 100) { edges { node { skipped item { id state song { name uri } } } } }
	} }`, map[string]any{"r": roomID})
	var names []string
	for _, edge := range got.Room.History.Edges {
		if edge.Node.Skipped || edge.Node.Item.State != "PLAYED" {
			u.t.Errorf("%s is %s, skipped %v; want it played to its end", edge.Node.Item.Song.Name, edge.Node.Item.State,
				edge.Node.Skipped)
		}
		names = append([]string{edge.Node.Item.Song.Name}, names...)
	}
	return strings.Join(names, " | ")
}

type likedQueue struct {
	Room struct {
		Queue struct {
			Items []struct {
				ID            string
				LikeCount     int
				LikedByViewer bool
			}
		}
	}
}

const likedQuery = `query($r: ID!) { room(id: $r) { queue { items { id likeCount likedByViewer } } } }`

func (u *user) liked(roomID string) map[string]bool {
	u.t.Helper()
	var got likedQueue
	u.ask(&got, likedQuery, map[string]any{"r": roomID})
	liked := map[string]bool{}
	for _, item := range got.Room.Queue.Items {
		liked[item.ID] = item.LikedByViewer
	}
	return liked
}

func (u *user) likeCounts(roomID string, items []item) []int {
	u.t.Helper()
	var got likedQueue
	u.ask(&got, likedQuery, map[string]any{"r": roomID})
	counts := make([]int, len(items))
	for i, wanted := range items {
		for _, item := range got.Room.Queue.Items {
			if item.ID == wanted.ID {
				counts[i] = item.LikeCount
			}
		}
	}
	return counts
}
