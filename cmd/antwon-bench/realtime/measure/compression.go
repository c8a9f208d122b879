//go:build linux

package measure

import (
	"context"
	"net"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// countingConn counts the bytes that are read.
type countingConn struct {
	net.Conn
	read int
}

func (c *countingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read += n
	return n, err
}

// compressedBytes returns the most bytes of a like for a client that uses permessage-deflate, as browsers do.
func (b *Bench) compressedBytes(ctx context.Context, room int) (most int, err error) {
	err = b.Run(ctx, oneSubscriber, func(ctx context.Context, s *trial.Setup) error {
		subscriber := s.Subscriber(room, 0, trial.ChangesDocument, 0)
		conn, counter, err := subscribeCompressed(ctx, s.Server.Address, subscriber)
		if err != nil {
			return err
		}
		defer conn.Close()
		if err := awaitVersion(conn, 0); err != nil {
			return err
		}
		for range wireLikes {
			before := counter.read
			likes, err := s.Server.Like(ctx, oneLike(room))
			if err != nil {
				return err
			}
			if err := awaitVersion(conn, likes[0].Version); err != nil {
				return err
			}
			most = max(most, counter.read-before)
		}
		return nil
	})
	return most, err
}

// subscribeCompressed subscribes on a connection with compression. The second result counts what is read from it.
func subscribeCompressed(
	ctx context.Context, address string, subscriber load.Subscriber,
) (*websocket.Conn, *countingConn, error) {
	counter := &countingConn{}
	dialer := websocket.Dialer{
		Subprotocols: []string{"graphql-transport-ws"}, EnableCompression: true,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			counter.Conn = conn
			return counter, err
		},
	}
	conn, _, err := dialer.DialContext(ctx, "ws://"+address+"/graphql", nil)
	if err != nil {
		return nil, nil, err
	}
	const id = "01234567-89ab-cdef-0123-456789abcdef"
	for _, message := range []string{
		`{"type":"connection_init","payload":` + subscriber.Init + `}`,
		`{"id":"` + id + `","type":"subscribe","payload":` + subscriber.Subscribe + `}`,
	} {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
			_ = conn.Close() // it is of no use any longer
			return nil, nil, err
		}
	}
	return conn, counter, nil
}

// awaitVersion reads until an event has this version or a newer one.
func awaitVersion(conn *websocket.Conn, version int64) error {
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		change, err := decodeChange(string(data))
		if err != nil {
			return err
		}
		if change.Version > 0 && change.Version >= version {
			return nil
		}
	}
}
