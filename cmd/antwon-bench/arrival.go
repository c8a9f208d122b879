package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
)

// benchArrival measures the time from a like's commit, when the mutation returns, to the moment at which a subscriber has
// read the new queue from its WebSocket. Likes are far enough apart for the feed to be at rest.
func benchArrival(ctx context.Context, url string) error {
	const likes = 100
	p, err := newParty(ctx, url, 1)
	if err != nil {
		return err
	}
	defer p.close()
	subscriber, stop, err := p.subscribe(`subscription($r: ID!) { roomQueue(roomId: $r) { version items { id likeCount position song { name } } } }`)
	if err != nil {
		return err
	}
	defer stop()
	if _, _, err := next(subscriber); err != nil { // the present queue
		return err
	}
	var took []time.Duration
	for n := range likes {
		time.Sleep(2 * feedInterval)
		if err := toggle(p, p.hosts[0], p.items[0].ID, n); err != nil {
			return err
		}
		committed := time.Now()
		arrived, _, err := next(subscriber)
		if err != nil {
			return err
		}
		took = append(took, arrived.Sub(committed))
	}
	slices.Sort(took)
	fmt.Printf("commit to subscriber   median %v, 99 %% %v\n", took[likes/2].Round(time.Microsecond), took[likes*99/100].Round(time.Microsecond))
	return nil
}

// subscribe opens a WebSocket to a server of its own and follows something of the first room, $r.
func (p *benchRoom) subscribe(query string) (conn *websocket.Conn, stop func(), err error) {
	log := slog.New(slog.DiscardHandler)
	resolver := graph.New(p.Jukebox, p.Accounts, log)
	handler := gqlserver.New(gqlserver.Config{
		Schema:  graph.NewExecutableSchema(graph.Config{Resolvers: resolver}),
		Sources: resolver.Sources(), WithoutViewer: p.WithoutViewer,
		Present: resolver.PresentError, AroundResponses: graph.RememberLikes, Log: log,
		Authenticate: func(context.Context, string) (context.Context, error) { return p.hosts[0], nil },
	})
	server := httptest.NewServer(handler)
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	conn, _, err = dialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	stop = func() {
		_ = conn.Close() // the measurement is over
		server.Close()
		_ = handler.Drain(context.Background())
	}
	for _, message := range []any{
		map[string]string{"type": "connection_init"},
		map[string]any{"id": "1", "type": "subscribe", "payload": map[string]any{"query": query, "variables": map[string]string{"r": p.rooms[0].ID}}},
	} {
		if err := conn.WriteJSON(message); err != nil {
			stop()
			return nil, nil, err
		}
	}
	return conn, stop, nil
}

// next waits for an event, and returns when it was there and its length in bytes.
func next(conn *websocket.Conn) (at time.Time, size int, err error) {
	for {
		_, text, err := conn.ReadMessage()
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
