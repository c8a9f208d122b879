//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"

	"github.com/gorilla/websocket"
)

// countingConn counts what comes over the wire.
type countingConn struct {
	net.Conn
	read int
}

func (c *countingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read += n
	return n, err
}

// measureCompressed returns the most bytes of a like for a client that takes permessage-deflate, as browsers do.
func (b *bench) measureCompressed(ctx context.Context, room int) (most int, err error) {
	err = b.perform(ctx, trial{kind: antwonServer, shape: shape{1, 1}, document: changesDocument}, func(ctx context.Context, s *stage) error {
		ws, counted, err := s.follow(ctx, room)
		if err != nil {
			return err
		}
		defer ws.Close()
		for range wireLikes {
			before := counted.read
			done, err := s.site.likes(ctx, likesOrder{FirstRoom: room, Rooms: 1, Likes: 1})
			if err != nil {
				return err
			}
			if err := awaitVersion(ws, done[0].Version); err != nil {
				return err
			}
			most = max(most, counted.read-before)
		}
		return nil
	})
	return most, err
}

// follow subscribes with compression, and returns when the present queue has come.
func (s *stage) follow(ctx context.Context, room int) (*websocket.Conn, *countingConn, error) {
	counted := &countingConn{}
	dialer := websocket.Dialer{
		Subprotocols: []string{"graphql-transport-ws"}, EnableCompression: true,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			counted.Conn = conn
			return counted, err
		},
	}
	ws, _, err := dialer.DialContext(ctx, "ws://"+s.site.Site+"/graphql", nil)
	if err != nil {
		return nil, nil, err
	}
	member := s.seed.member(room, 0, changesDocument, 0)
	for _, message := range []string{
		`{"type":"connection_init","payload":` + member.Init + `}`,
		`{"id":"01234567-89ab-cdef-0123-456789abcdef","type":"subscribe","payload":` + member.Subscribe + `}`,
	} {
		if err := ws.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
			return nil, nil, err
		}
	}
	return ws, counted, awaitVersion(ws, 0)
}

// awaitVersion reads until a change has led to a version, or a newer one.
func awaitVersion(ws *websocket.Conn, version int64) error {
	for {
		var message struct {
			Type    string
			Payload struct {
				Data struct{ RoomQueueChanges struct{ Version int64 } }
			}
		}
		_, data, err := ws.ReadMessage()
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &message); err != nil {
			return fmt.Errorf("%s: %w", data, err)
		}
		if message.Type == "next" && message.Payload.Data.RoomQueueChanges.Version >= version {
			return nil
		}
	}
}
