package histories_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// answerTimeout is how long a client waits for an answer.
const answerTimeout = 5 * time.Second

// clearNo are the codes of errors that mean that the operation has had no effect, and will have none.
var clearNo = map[string]bool{
	"UNAUTHENTICATED": true, "FORBIDDEN": true, "NOT_FOUND": true, "BAD_USER_INPUT": true, "CONFLICT": true,
	"REFUSED": true, "RATE_LIMITED": true,
}

// web is the HTTP client of all users, who share its connections.
var web = &http.Client{Timeout: answerTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// request sends an operation to an address. If the outcome is done, it reads the answer's data into result. Otherwise
// it also returns the error's text.
func request(address, token, query string, variables map[string]any, result any) (outcome, string) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return refused, err.Error()
	}
	ctx := context.Background() // the client has a timeout
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return refused, err.Error()
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := web.Do(r)
	if err != nil {
		return unknown, err.Error()
	}
	defer response.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code, Reason string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return unknown, fmt.Sprintf("status %d: %v", response.StatusCode, err)
	}
	if len(answer.Errors) > 0 {
		e := answer.Errors[0]
		why := e.Extensions.Code + " " + e.Extensions.Reason + ": " + e.Message
		if clearNo[e.Extensions.Code] {
			return refused, why
		}
		return unknown, why
	}
	if err := json.Unmarshal(answer.Data, result); err != nil {
		return unknown, err.Error()
	}
	return done, ""
}

// user is a guest or the host, who does one thing after another, each at a random server.
type user struct {
	w     *world
	name  string
	token string
	rand  *rand.Rand
	keys  int
}

// do sends an operation, records it as an act, and returns the act. With a key the operation is repeated, each time at
// a random server, until its outcome is known or patience ends. If it is done, fill completes the act from the answer.
func (u *user) do(a act, query string, variables map[string]any, result any, fill func(*act)) act {
	a.user, a.likes, a.begin = u.name, -1, u.w.rec.now()
	if a.key {
		u.keys++
		variables["k"] = fmt.Sprintf("%s %d", u.name, u.keys)
	}
	doubt := false // an attempt may have had, or may still have, an effect
	for {
		server := u.w.servers[u.rand.IntN(len(u.w.servers))]
		a.via = append(a.via, server.name)
		a.outcome, a.why = request(server.line.address, u.token, query, variables, result)
		doubt = doubt || a.outcome == unknown
		if a.outcome == done || a.outcome == refused && !doubt || !a.key || u.w.rec.now()-a.begin > patience {
			break
		}
		time.Sleep(time.Duration(100+u.rand.IntN(400)) * time.Millisecond)
	}
	a.end = u.w.rec.now()
	switch {
	case a.outcome == done:
		fill(&a)
	case doubt: // an earlier attempt may arrive late, and then be accepted
		a.outcome = unknown
	}
	u.w.rec.add(a)
	return a
}

// patience is how long an act with a key is repeated.
const patience = 40 * time.Second

// shownItem is an item with the viewer's like.
type shownItem struct {
	ID            string
	LikeCount     int
	LikedByViewer bool
}

func (i shownItem) fill(a *act) { a.likes, a.liked = i.LikeCount, i.LikedByViewer }

func (u *user) like(item string, key bool) act {
	var got struct{ LikeQueueItem shownItem }
	return u.do(act{kind: "like", item: item, key: key}, `mutation($i: ID!, $k: String) {
		likeQueueItem(itemId: $i, idempotencyKey: $k) { id likeCount likedByViewer }
	}`, map[string]any{"i": item}, &got, func(a *act) { got.LikeQueueItem.fill(a) })
}

func (u *user) unlike(item string, key bool) act {
	var got struct{ UnlikeQueueItem shownItem }
	return u.do(act{kind: "unlike", item: item, key: key}, `mutation($i: ID!, $k: String) {
		unlikeQueueItem(itemId: $i, idempotencyKey: $k) { id likeCount likedByViewer }
	}`, map[string]any{"i": item}, &got, func(a *act) { got.UnlikeQueueItem.fill(a) })
}

func (u *user) read(item string) act {
	var got struct{ Node *shownItem }
	return u.do(act{kind: "read", item: item}, `query($i: ID!) {
		node(id: $i) { ... on QueueItem { id likeCount likedByViewer } }
	}`, map[string]any{"i": item}, &got, func(a *act) {
		if a.outcome, a.why = refused, "there is none"; got.Node != nil {
			a.outcome, a.why = done, ""
			got.Node.fill(a)
		}
	})
}

func (u *user) add(song string, key bool) act {
	var got struct {
		AddSong struct {
			AlreadyQueued bool
			Item          shownItem
		}
	}
	return u.do(act{kind: "add", song: song, key: key}, `mutation($r: ID!, $s: String!, $k: String) {
		addSong(roomId: $r, songUri: $s, idempotencyKey: $k) { alreadyQueued item { id } }
	}`, map[string]any{"r": u.w.room, "s": song}, &got, func(a *act) {
		a.item, a.already = got.AddSong.Item.ID, got.AddSong.AlreadyQueued
	})
}

func (u *user) remove(item string, key bool) act {
	var got struct{ RemoveQueueItem struct{ Version int64 } }
	return u.do(act{kind: "remove", item: item, key: key}, `mutation($i: ID!, $k: String) {
		removeQueueItem(itemId: $i, idempotencyKey: $k) { version }
	}`, map[string]any{"i": item}, &got, func(*act) {})
}

type shownSettings struct{ Settings struct{ MaxSongSeconds int } }

func (u *user) set(seconds int, key bool) act {
	var got struct{ UpdateRoom shownSettings }
	return u.do(act{kind: "set", value: seconds, key: key}, `mutation($r: ID!, $s: Int, $k: String) {
		updateRoom(roomId: $r, input: {settings: {maxSongSeconds: $s}}, idempotencyKey: $k) { settings { maxSongSeconds } }
	}`, map[string]any{"r": u.w.room, "s": seconds}, &got, func(*act) {})
}

func (u *user) readSetting() act {
	var got struct{ Room shownSettings }
	return u.do(act{kind: "read setting"}, `query($r: ID!) { room(id: $r) { settings { maxSongSeconds } } }`,
		map[string]any{"r": u.w.room}, &got, func(a *act) { a.value = got.Room.Settings.MaxSongSeconds })
}

// join makes a new user a guest of the room. It has no key: if the answer is lost, the guest may exist.
func (u *user) join() act {
	var got struct {
		JoinRoom struct{ Session struct{ AccessToken string } }
	}
	return u.do(act{kind: "join"}, `mutation($c: String!, $n: String!) {
		joinRoom(code: $c, displayName: $n) { session { accessToken } }
	}`, map[string]any{"c": roomCode, "n": u.name}, &got, func(*act) { u.token = got.JoinRoom.Session.AccessToken })
}
