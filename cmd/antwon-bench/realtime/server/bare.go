//go:build linux

package server

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

// bareServer serves the same feed without GraphQL and without authentication: all who subscribe to the same field of
// the same room get the same bytes, written to one connection after the other.
type bareServer struct {
	*backend
	ctx      context.Context // of all watchers
	upgrader websocket.Upgrader

	mu         sync.Mutex
	broadcasts map[broadcastKey]*broadcast
}

func newBare(ctx context.Context, b *backend) http.Handler {
	return &bareServer{
		backend: b, ctx: ctx, broadcasts: map[broadcastKey]*broadcast{},
		upgrader: websocket.Upgrader{Subprotocols: []string{"graphql-transport-ws"}},
	}
}

// clientMessage is what a client sends.
type clientMessage struct {
	ID, Type string
	Payload  struct {
		Query     string
		Variables struct{ R string }
	}
}

// ServeHTTP acknowledges the connection, subscribes, and unsubscribes when the client has closed the connection.
func (s *bareServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		var m clientMessage
		if err := conn.ReadJSON(&m); err != nil {
			return
		}
		switch m.Type {
		case "connection_init":
			err = conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"connection_ack"}`))
		case "subscribe":
			key := broadcastKey{roomID: m.Payload.Variables.R, field: "roomQueue"}
			if strings.Contains(m.Payload.Query, "roomQueueChanges") {
				key.field = "roomQueueChanges"
			}
			var b *broadcast
			if b, err = s.acquire(key); err == nil {
				defer s.unsubscribe(b, conn)
				err = b.add(conn, m.ID)
			}
		}
		if err != nil {
			return
		}
	}
}

// acquire returns the broadcast with this key, and starts it for its first subscriber. Each call must be followed by
// one of unsubscribe.
func (s *bareServer) acquire(key broadcastKey) (*broadcast, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.broadcasts[key]; b != nil {
		b.subscribers++
		return b, nil
	}
	watcher, err := s.Watch(s.ctx, key.roomID)
	if err != nil {
		return nil, err
	}
	state, err := watcher.Next(s.ctx)
	if err != nil {
		return nil, err
	}
	b := &broadcast{
		broadcastKey: key, subscribers: 1, stop: watcher.Close, state: state, ids: map[*websocket.Conn]string{},
	}
	s.broadcasts[key] = b
	go func() {
		for {
			state, err := watcher.Next(s.ctx)
			if err != nil {
				return
			}
			b.send(state)
		}
	}()
	return b, nil
}

// unsubscribe removes a connection. It stops the broadcast when the last one is removed.
func (s *bareServer) unsubscribe(b *broadcast, conn *websocket.Conn) {
	b.remove(conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.subscribers--; b.subscribers == 0 {
		delete(s.broadcasts, b.broadcastKey)
		b.stop()
	}
}

type broadcastKey struct{ roomID, field string }

// broadcast sends a room's changes to all who subscribe to the same field.
type broadcast struct {
	broadcastKey
	subscribers int // guarded by bareServer.mu
	stop        func()

	mu    sync.Mutex // held while all connections are written to, because each may have one writer at a time
	state *party.State
	ids   map[*websocket.Conn]string // of the subscriptions
}

// add sends the present state to a connection, and from then on every change.
func (b *broadcast) add(conn *websocket.Conn, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(id) != len(placeholderID) {
		return errors.New("the id of a subscription has the wrong length")
	}
	b.ids[conn] = id
	return b.write(conn, id, b.message(nil))
}

func (b *broadcast) remove(conn *websocket.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.ids, conn)
}

func (b *broadcast) send(state *party.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	since := b.state.Version
	b.state = state
	message := b.message(&since)
	for conn, id := range b.ids {
		if err := b.write(conn, id, message); err != nil {
			_ = conn.Close() // then its reader fails, and unsubscribes it
		}
	}
}

const (
	placeholderID = "00000000-0000-4000-8000-000000000000"
	beforeID      = `{"id":"`
)

// write overwrites the message's id with that of the subscription, and sends it.
func (b *broadcast) write(conn *websocket.Conn, id string, message []byte) error {
	copy(message[len(beforeID):], id)
	return conn.WriteMessage(websocket.TextMessage, message)
}

// message returns the message with what has changed since a version or, if that is nil, with everything.
func (b *broadcast) message(since *int64) []byte {
	var event any
	if b.field == "roomQueue" {
		event = queueEvent(b.state.RoomQueue())
	} else {
		event = changeEvent(b.state.QueueChange(since))
	}
	payload, err := json.Marshal(map[string]any{"data": map[string]any{b.field: event}})
	if err != nil {
		panic(err) // plain values can always be encoded
	}
	return append(append([]byte(beforeID+placeholderID+`","type":"next","payload":`), payload...), '}')
}
