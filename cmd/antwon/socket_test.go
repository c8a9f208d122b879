package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// socket is a client's WebSocket with subscriptions on it, speaking graphql-transport-ws.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
	done sync.WaitGroup

	mu     sync.Mutex
	events map[string]func(json.RawMessage) // by subscription id; guarded by mu
	ended  map[string]bool                  // guarded by mu
}

func (u *user) connect() *socket {
	u.t.Helper()
	conn := u.dial(u.t, map[string]string{"authorization": "Bearer " + u.token})
	s := &socket{t: u.t, conn: conn, events: map[string]func(json.RawMessage){}, ended: map[string]bool{}}
	s.done.Go(s.read)
	u.t.Cleanup(s.close)
	return s
}

// dial opens a WebSocket that the server has acknowledged.
func (u *user) dial(t *testing.T, payload map[string]string) *websocket.Conn {
	t.Helper()
	conn := u.dialRaw(t, payload)
	var ack struct{ Type string }
	if err := conn.ReadJSON(&ack); err != nil || ack.Type != "connection_ack" {
		t.Fatalf("want connection_ack, got %+v, %v", ack, err)
	}
	return conn
}

// dialRaw opens a WebSocket and sends connection_init.
func (u *user) dialRaw(t *testing.T, payload map[string]string) *websocket.Conn {
	t.Helper()
	conn, _, err := dialWebSocket(t.Context(), u.url, http.Header{"Origin": {u.url}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // it may be closed already
	if err := conn.WriteJSON(map[string]any{"type": "connection_init", "payload": payload}); err != nil {
		t.Fatal(err)
	}
	return conn
}

func (s *socket) close() {
	_ = s.conn.Close() // the server may have closed it already
	s.done.Wait()
}

// subscribe calls event with the data of each event, on the socket's goroutine.
func (s *socket) subscribe(id, query string, variables map[string]any, event func(json.RawMessage)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[id] = event
	s.send(map[string]any{
		"id": id, "type": "subscribe", "payload": map[string]any{"query": query, "variables": variables},
	})
}

// completed reports whether the server has ended a subscription.
func (s *socket) completed(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended[id]
}

func (s *socket) send(message any) {
	if err := s.conn.WriteJSON(message); err != nil {
		s.t.Error(err)
	}
}

func (s *socket) read() {
	for {
		var message struct {
			ID, Type string
			Payload  json.RawMessage
		}
		if err := s.conn.ReadJSON(&message); err != nil {
			return // the test, or the server, closed it
		}
		s.mu.Lock()
		event := s.events[message.ID]
		s.ended[message.ID] = s.ended[message.ID] || message.Type == "complete"
		s.mu.Unlock()
		switch message.Type {
		case "next":
			var payload struct {
				Data   json.RawMessage
				Errors []graphqlError
			}
			if err := json.Unmarshal(message.Payload, &payload); err != nil || len(payload.Errors) > 0 {
				s.t.Errorf("event %s: %v", message.Payload, err)
				return
			}
			event(payload.Data)
		case "error":
			s.t.Errorf("subscription %s: %s", message.ID, message.Payload)
		}
	}
}

type item struct {
	ID        string
	Song      struct{ Name, URI string }
	LikeCount int
	State     string
	Position  *int
}

// screen is a client that subscribes to the room: to the whole queue, to the queue's changes, and to the player.
type screen struct {
	*socket
	mu      sync.Mutex
	whole   []string // titles; guarded by mu, like all below
	version int
	order   []string // ids
	items   map[string]item
	playing []string // titles, each once
	status  string
	health  string
}

func (u *user) watch(roomID string) *screen {
	u.t.Helper()
	w := &screen{socket: u.connect(), items: map[string]item{}}
	room := map[string]any{"room": roomID}
	w.subscribe("queue", `subscription($room: ID!) {
		roomQueue(roomId: $room) { version items { id song { name uri } likeCount state position } }
	}`, room, w.onQueue)
	w.subscribe("changes", `subscription($room: ID!) { roomQueueChanges(roomId: $room) {
		version since reset upserted { id song { name uri } likeCount state } likes { itemId likeCount }
		removedIds moved { itemId position } order
	} }`, room, w.onChange)
	w.subscribe("playback", `subscription($room: ID!) {
		playback(roomId: $room) { status song { name } item { id } health { state } }
	}`, room, w.onPlayback)
	return w
}

func (w *screen) onQueue(data json.RawMessage) {
	var event struct {
		RoomQueue struct {
			Version int
			Items   []item
		}
	}
	w.decode(data, &event)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.whole = nil
	for _, item := range event.RoomQueue.Items {
		w.whole = append(w.whole, item.Song.Name)
	}
}

func (w *screen) onChange(data json.RawMessage) {
	var event struct {
		RoomQueueChanges struct {
			Version  int
			Reset    bool
			Upserted []item
			Likes    []struct {
				ItemID    string
				LikeCount int
			}
			RemovedIDs []string
			Moved      []struct {
				ItemID   string
				Position int
			}
			Order []string
		}
	}
	w.decode(data, &event)
	change := event.RoomQueueChanges
	w.mu.Lock()
	defer w.mu.Unlock()
	drop := func(id string) {
		w.order = slices.DeleteFunc(w.order, func(other string) bool { return other == id })
	}
	if change.Reset {
		w.order = nil
	}
	for _, id := range change.RemovedIDs {
		drop(id)
	}
	for _, item := range change.Upserted {
		w.items[item.ID] = item
	}
	for _, liked := range change.Likes {
		item := w.items[liked.ItemID]
		item.LikeCount = liked.LikeCount
		w.items[liked.ItemID] = item
	}
	if change.Order != nil {
		w.order = change.Order
	}
	for _, moved := range change.Moved {
		drop(moved.ItemID)
	}
	for _, moved := range change.Moved {
		w.order = slices.Insert(w.order, moved.Position-1, moved.ItemID)
	}
	w.version = change.Version
}

func (w *screen) has(itemID string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, there := w.items[itemID]
	return there
}

// likesOf returns how many likes a song has on the screen.
func (w *screen) likesOf(itemID string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.items[itemID].LikeCount
}

func (w *screen) onPlayback(data json.RawMessage) {
	var event struct {
		Playback struct {
			Status string
			Song   *struct{ Name string }
			Item   *struct{ ID string }
			Health struct{ State string }
		}
	}
	w.decode(data, &event)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status, w.health = event.Playback.Status, event.Playback.Health.State
	if event.Playback.Item == nil || event.Playback.Status != "PLAYING" {
		return
	}
	if name := event.Playback.Song.Name; len(w.playing) == 0 || w.playing[len(w.playing)-1] != name {
		w.playing = append(w.playing, name)
	}
}

func (w *screen) decode(data json.RawMessage, event any) {
	if err := json.Unmarshal(data, event); err != nil {
		w.t.Errorf("%s: %v", data, err)
	}
}

// shows returns the queue in both forms: as a whole, and as the result of its changes.
func (w *screen) shows() (whole, applied string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, id := range w.order {
		names = append(names, w.items[id].Song.Name)
	}
	return strings.Join(w.whole, " | "), strings.Join(names, " | ")
}

func (w *screen) played() (songs, state string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.playing, " | "), fmt.Sprintf("%s %s", w.status, w.health)
}
