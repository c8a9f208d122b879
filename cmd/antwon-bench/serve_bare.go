//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/party"
)

// bare is the same feed without GraphQL: whoever subscribes gets the same bytes, written to one connection after the other.
type bare struct {
	*site
	ctx      context.Context
	upgrader websocket.Upgrader
	mu       sync.Mutex
	channels map[string]*channel
}

func newBare(ctx context.Context, s *site) http.Handler {
	return &bare{
		site: s, ctx: ctx, channels: map[string]*channel{},
		upgrader: websocket.Upgrader{Subprotocols: []string{"graphql-transport-ws"}},
	}
}

// bareMessage is what a client sends.
type bareMessage struct {
	ID, Type string
	Payload  struct {
		Query     string
		Variables struct{ R string }
	}
}

// ServeHTTP answers connection_init, subscribes, and notices the client's leaving.
func (b *bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := b.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		var m bareMessage
		if err := conn.ReadJSON(&m); err != nil {
			return
		}
		switch m.Type {
		case "connection_init":
			err = conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"connection_ack"}`))
		case "subscribe":
			var c *channel
			if c, err = b.channel(m.Payload.Variables.R, strings.Contains(m.Payload.Query, "roomQueueChanges")); err == nil {
				defer b.leave(c, conn)
				err = c.join(conn, m.ID)
			}
		}
		if err != nil {
			return
		}
	}
}

// channel returns the one for this room and document, and starts it for the first who comes; the last to leave ends it.
func (b *bare) channel(roomID string, changes bool) (*channel, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	field := "roomQueue"
	if changes {
		field = "roomQueueChanges"
	}
	key := field + roomID
	if c := b.channels[key]; c != nil {
		c.users++
		return c, nil
	}
	watcher, err := b.Watch(b.ctx, roomID)
	if err != nil {
		return nil, err
	}
	state, err := watcher.Next(b.ctx)
	if err != nil {
		return nil, err
	}
	c := &channel{key: key, field: field, users: 1, stop: watcher.Close, state: state, ids: map[*websocket.Conn]string{}}
	b.channels[key] = c
	go func() {
		for {
			state, err := watcher.Next(b.ctx)
			if err != nil {
				return
			}
			c.broadcast(state)
		}
	}()
	return c, nil
}

func (b *bare) leave(c *channel, conn *websocket.Conn) {
	c.forget(conn)
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.users--; c.users == 0 {
		delete(b.channels, c.key)
		c.stop()
	}
}

// channel is everybody who asked the same of one room.
type channel struct {
	key, field string
	users      int // guarded by bare.mu
	stop       func()

	mu    sync.Mutex // held for a whole broadcast: a connection has one writer
	state *party.State
	ids   map[*websocket.Conn]string
}

func (c *channel) join(conn *websocket.Conn, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(id) != len(someID) {
		return errors.New("ids have one length here")
	}
	c.ids[conn] = id
	return c.write(conn, id, c.frame(nil))
}

func (c *channel) forget(conn *websocket.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ids, conn)
}

func (c *channel) broadcast(state *party.State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.state.Version
	c.state = state
	message := c.frame(&before)
	for conn, id := range c.ids {
		if err := c.write(conn, id, message); err != nil {
			_ = conn.Close() // its reader does the rest
		}
	}
}

const (
	someID  = "00000000-0000-4000-8000-000000000000"
	idAfter = `{"id":"`
)

// write sends the same bytes to everybody: the id is put in its place.
func (c *channel) write(conn *websocket.Conn, id string, message []byte) error {
	copy(message[len(idAfter):], id)
	return conn.WriteMessage(websocket.TextMessage, message)
}

// frame is the message for what is newer than since, or for everything.
func (c *channel) frame(since *int64) []byte {
	var event any
	if c.field == "roomQueue" {
		event = queueEvent(c.state.RoomQueue())
	} else {
		event = changeEvent(c.state.QueueChange(since))
	}
	payload, err := json.Marshal(map[string]any{"data": map[string]any{c.field: event}})
	if err != nil {
		panic(err) // plain values
	}
	return append(append([]byte(idAfter+someID+`","type":"next","payload":`), payload...), '}')
}
