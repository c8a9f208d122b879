package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/Khan/genqlient/graphql"
	"github.com/gorilla/websocket"
)

// retryWait is the time between two attempts to connect.
const retryWait = 500 * time.Millisecond

// guest sends mutations over HTTP, and follows each room over a WebSocket of its own.
type guest struct {
	session *session
	client  graphql.Client
	sockets string // the URL for WebSockets
	tell    func(event)
}

func newGuest(s *session, server string, tell func(event)) *guest {
	return &guest{
		session: s,
		client:  graphql.NewClient(server+"/graphql", s),
		sockets: "ws" + strings.TrimPrefix(server, "http") + "/graphql",
		tell:    tell,
	}
}

func (g *guest) obey(ctx context.Context, c command) error {
	switch c.Do {
	case "join":
		return g.join(ctx, c.Code, c.Name)
	case "use":
		g.session.use(c.Token)
		return nil
	case "follow":
		go g.follow(ctx, c.RoomID) // until the program ends
		return nil
	case "add":
		added, err := Add(ctx, g.client, c.RoomID, c.Song)
		if err != nil {
			return err
		}
		g.tell(event{Event: "added", ID: added.AddSong.Item.Id})
		return nil
	case "like":
		liked, err := Like(ctx, g.client, c.ItemID)
		if err != nil {
			return err
		}
		g.tell(event{Event: "liked", ID: liked.LikeQueueItem.Id})
		return nil
	}
	return fmt.Errorf("unknown command %q", c.Do)
}

func (g *guest) join(ctx context.Context, code, name string) error {
	got, err := Join(ctx, g.client, code, name)
	if err != nil {
		return err
	}
	g.session.use(got.JoinRoom.Session.AccessToken)
	g.tell(event{Event: "joined", ID: got.JoinRoom.Room.Id, Token: got.JoinRoom.Session.AccessToken})
	return nil
}

// follow writes the room's name and queue whenever they change. genqlient's client ends with its connection, so each
// attempt has a client of its own; every subscription begins with the present state, so nothing is missed.
func (g *guest) follow(ctx context.Context, roomID string) {
	for {
		used := g.session.current()
		err := g.listen(ctx, roomID, used)
		if err == nil { // the room is closed
			return
		}
		if websocket.IsCloseError(err, 4403) { // the token was refused, or has expired
			_ = g.session.renew(ctx, used) // if the server cannot be reached, the next refusal tries again
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryWait):
		}
	}
}

// listen follows over one connection until that ends, and returns why; nil if the server completed a subscription.
func (g *guest) listen(ctx context.Context, roomID, token string) error {
	params := map[string]any{"authorization": "Bearer " + token}
	var dialer dialer
	defer dialer.close()
	client := graphql.NewClientUsingWebSocket(g.sockets, &dialer, graphql.WithConnectionParams(params))
	failed, err := client.Start(ctx)
	if err != nil {
		return err
	}
	queues, _, err := QueueChanged(ctx, client, roomID)
	if err != nil {
		return err
	}
	rooms, _, err := RoomChanged(ctx, client, roomID)
	if err != nil {
		return err
	}
	shown := map[string]any{}
	for {
		select {
		case err := <-failed:
			return err
		case queue, open := <-queues:
			if !open {
				return nil
			}
			if queue.Data == nil {
				return queue.Errors
			}
			shown["queue"] = &queue.Data.RoomQueue
		case room, open := <-rooms:
			if !open {
				return nil
			}
			if room.Data == nil {
				return room.Errors
			}
			shown["name"] = room.Data.Room.Name
		}
		g.tell(event{Event: "shows", ID: roomID, Data: shown})
	}
}

// dialer gives genqlient connections of gorilla's dialer. It also closes them, because the Close of genqlient's client
// panics after the server has completed a subscription.
type dialer struct{ conn *websocket.Conn }

func (d *dialer) DialContext(ctx context.Context, url string, header http.Header) (graphql.WSConn, error) {
	conn, response, err := websocket.DefaultDialer.DialContext(ctx, url, header)
	if response != nil {
		_ = response.Body.Close() // a handshake's body is in memory already
	}
	d.conn = conn
	return conn, err
}

func (d *dialer) close() {
	if d.conn != nil {
		_ = d.conn.Close() // it may have ended already
	}
}
