package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// item and change are what a client reads of roomQueueChanges.
type item struct {
	ID        string
	LikeCount int
	State     string
	Song      struct{ Name string }
}

type change struct {
	Version, Since int64
	Reset          bool
	Upserted       []item
	Likes          []struct {
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

// follower is a client that keeps a queue up to date by applying differences, as docs/api.md says.
type follower struct {
	version int64 // 0: none yet
	order   []string
	items   map[string]item
	resets  int
}

func (f *follower) apply(c change) {
	if c.Reset {
		f.order, f.items = nil, map[string]item{}
		f.resets++
	}
	gone := slices.Clone(c.RemovedIDs)
	for _, moved := range c.Moved {
		gone = append(gone, moved.ItemID)
	}
	f.order = slices.DeleteFunc(f.order, func(id string) bool { return slices.Contains(gone, id) })
	for _, id := range c.RemovedIDs {
		delete(f.items, id)
	}
	for _, changed := range c.Upserted {
		f.items[changed.ID] = changed
	}
	for _, liked := range c.Likes {
		item := f.items[liked.ItemID]
		item.LikeCount = liked.LikeCount
		f.items[liked.ItemID] = item
	}
	if c.Order != nil {
		f.order = slices.Clone(c.Order)
	}
	for _, moved := range c.Moved {
		f.order = slices.Insert(f.order, moved.Position-1, moved.ItemID)
	}
	f.version = c.Version
}

// shows returns the follower's queue as a text that can be compared.
func (f *follower) shows() string {
	var lines []string
	for _, id := range f.order {
		lines = append(lines, f.items[id].String())
	}
	return strings.Join(lines, "\n")
}

func (i item) String() string {
	return fmt.Sprintf("%s %s %d %s", i.ID, i.Song.Name, i.LikeCount, i.State)
}

// feed is a subscription on a WebSocket of its own.
type feed struct{ *websocket.Conn }

func (s *server) subscribe(who *person, query string, variables map[string]any) (*feed, error) {
	return s.subscribeWith(&websocket.Dialer{EnableCompression: true}, who, query, variables)
}

func (s *server) subscribeWith(
	dialer *websocket.Dialer, who *person, query string, variables map[string]any,
) (*feed, error) {
	dialer.Subprotocols = []string{"graphql-transport-ws"}
	conn, handshake, err := dialer.DialContext(context.Background(), "ws"+strings.TrimPrefix(s.URL, "http"), nil)
	if err != nil {
		return nil, err
	}
	_ = handshake.Body.Close() // it is empty
	f, credentials := &feed{conn}, map[string]string{}
	if who.token != "" {
		credentials["authorization"] = "Bearer " + who.token
	}
	err = errors.Join(
		f.WriteJSON(map[string]any{"type": "connection_init", "payload": credentials}),
		f.WriteJSON(map[string]any{
			"type": "subscribe", "id": "1", "payload": map[string]any{"query": query, "variables": variables},
		}),
	)
	if err != nil {
		conn.Close()
	}
	return f, err
}

// next decodes the data of the next event into result.
func (f *feed) next(result any) error {
	for {
		var message struct {
			Type    string
			Payload json.RawMessage
		}
		if err := errors.Join(f.SetReadDeadline(time.Now().Add(soon)), f.ReadJSON(&message)); err != nil {
			return err
		}
		if message.Type == "connection_ack" {
			continue
		}
		var payload struct {
			Data   json.RawMessage
			Errors []any
		}
		if err := json.Unmarshal(message.Payload, &payload); message.Type != "next" || err != nil || len(payload.Errors) > 0 {
			return fmt.Errorf("%s %s", message.Type, message.Payload)
		}
		return json.Unmarshal(payload.Data, result)
	}
}
