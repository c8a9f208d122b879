//go:build linux

package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// bareServer serves the same feed without GraphQL and without authentication: all subscribers of the same field of the
// same room get the same bytes, written to one connection after the other.
type bareServer struct {
	*Backend
	ctx      context.Context // of all watchers
	upgrader websocket.Upgrader

	mu         sync.Mutex
	broadcasts map[Channel]*broadcast
}

func newBare(ctx context.Context, b *Backend) http.Handler {
	return &bareServer{
		Backend: b, ctx: ctx, broadcasts: map[Channel]*broadcast{},
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
			channel := Channel{RoomID: m.Payload.Variables.R, Field: queueField}
			if strings.Contains(m.Payload.Query, changesField) {
				channel.Field = changesField
			}
			var b *broadcast
			if b, err = s.acquire(channel); err == nil {
				defer s.unsubscribe(b, conn)
				err = b.add(conn, m.ID)
			}
		}
		if err != nil {
			return
		}
	}
}

// acquire returns the broadcast of a channel, and starts it for its first subscriber. Each call must be followed by one
// of unsubscribe.
func (s *bareServer) acquire(channel Channel) (*broadcast, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.broadcasts[channel]; b != nil {
		b.subscribers++
		return b, nil
	}
	feed, err := s.Follow(s.ctx, channel)
	if err != nil {
		return nil, err
	}
	b := &broadcast{channel: channel, feed: feed, subscribers: 1, ids: map[*websocket.Conn]string{}}
	s.broadcasts[channel] = b
	go func() {
		for {
			payload, err := feed.Next(s.ctx)
			if err != nil {
				return
			}
			b.send(payload)
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
		delete(s.broadcasts, b.channel)
		b.feed.Close()
	}
}

// broadcast sends a channel's changes to all its subscribers.
type broadcast struct {
	channel     Channel
	feed        *Feed
	subscribers int // guarded by bareServer.mu

	mu  sync.Mutex                 // held while all connections are written to, because each may have one writer at a time
	ids map[*websocket.Conn]string // of the subscriptions
}

// add sends the present state to a connection, and from then on every change.
func (b *broadcast) add(conn *websocket.Conn, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(id) != len(placeholderID) {
		return errors.New("the id of a subscription has the wrong length")
	}
	b.ids[conn] = id
	return write(conn, id, message(b.feed.Whole()))
}

func (b *broadcast) remove(conn *websocket.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.ids, conn)
}

func (b *broadcast) send(payload []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	message := message(payload)
	for conn, id := range b.ids {
		if err := write(conn, id, message); err != nil {
			_ = conn.Close() // then its reader fails, and unsubscribes it
		}
	}
}

const (
	placeholderID = "00000000-0000-4000-8000-000000000000"
	beforeID      = `{"id":"`
)

func message(payload []byte) []byte {
	return append(append([]byte(beforeID+placeholderID+`","type":"next","payload":`), payload...), '}')
}

// write overwrites the message's id with that of the subscription, and sends it.
func write(conn *websocket.Conn, id string, message []byte) error {
	copy(message[len(beforeID):], id)
	return conn.WriteMessage(websocket.TextMessage, message)
}
