package latency

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
)

// subscriber is one subscription on a WebSocket, with a server that serves nothing else.
type subscriber struct {
	conn   *websocket.Conn
	server *http.Server
	drain  func(context.Context) error
}

// subscribe starts a server, subscribes to query as the room's host, and returns after the first message, which carries
// the present queue. The query's variable $r is the room's id.
func subscribe(app *fixture.App, room *fixture.Room, query string) (*subscriber, error) {
	log := slog.New(slog.DiscardHandler)
	resolver := graph.New(app.Jukebox, app.Accounts, log)
	handler := gqlserver.New(gqlserver.Config{
		Schema:  graph.NewSchema(resolver),
		Scalars: graph.Scalars,
		Sources: resolver.Sources(), WithoutViewer: app.WithoutViewer,
		Present: resolver.PresentError, AroundResponses: graph.RememberLikes, Log: log,
		Authenticate: func(context.Context, string) (context.Context, error) { return room.Host, nil },
	})
	listener, err := new(net.ListenConfig).Listen(room.Host, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &subscriber{server: &http.Server{Handler: handler}, drain: handler.Drain}
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // there is nothing to measure without the server
		}
	}()
	if err := s.connect(listener.Addr().String(), query, room.ID); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *subscriber) connect(address, query, roomID string) (err error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	// The response to a WebSocket handshake has no body to close.
	if s.conn, _, err = dialer.Dial("ws://"+address, nil); err != nil { //nolint:bodyclose // see above
		return err
	}
	payload := map[string]any{"query": query, "variables": map[string]string{"r": roomID}}
	for _, message := range []any{
		map[string]string{"type": "connection_init"},
		map[string]any{"id": "1", "type": "subscribe", "payload": payload},
	} {
		if err := s.conn.WriteJSON(message); err != nil {
			return err
		}
	}
	_, _, err = s.next()
	return err
}

// next waits for the next event. It returns the time at which the event had been read, and its length in bytes.
func (s *subscriber) next() (at time.Time, size int, err error) {
	for {
		_, text, err := s.conn.ReadMessage()
		if err != nil {
			return time.Time{}, 0, err
		}
		at := time.Now()
		var message struct{ Type string }
		if err := json.Unmarshal(text, &message); err != nil {
			return time.Time{}, 0, err
		}
		switch message.Type {
		case "next":
			return at, len(text), nil
		case "error", "complete":
			return time.Time{}, 0, fmt.Errorf("the subscription ended with %s", message.Type)
		}
	}
}

// close closes the connection and ends the server. The measurement is over, so errors do not matter.
func (s *subscriber) close() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	_ = s.server.Close()
	_ = s.drain(context.Background())
}
