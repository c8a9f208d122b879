//go:build linux

package attack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// refusedPause is how long a lane waits after a refusal, see the package's comment.
const refusedPause = 20 * time.Millisecond

// tally counts the responses that attackers got, and their bytes.
type tally struct{ answered, refused, bytes atomic.Int64 }

// count counts a response or a message, and reports whether it was an answer.
func (t *tally) count(text []byte, err error) (answered bool) {
	t.bytes.Add(int64(len(text)))
	answered = err == nil && !bytes.Contains(text[:min(len(text), 400)], []byte(`"errors"`)) &&
		!bytes.Contains(text[:min(len(text), 400)], []byte(`"type":"error"`))
	if answered {
		t.answered.Add(1)
	} else {
		t.refused.Add(1)
	}
	return answered
}

// client is a guest at one address of this machine.
type client struct {
	address, token string
	dialer         *net.Dialer
	http           *http.Client
}

// join joins a room as a new guest, from an address of this machine.
func (s *server) join(ctx context.Context, from, code string) (*client, error) {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	c := &client{address: s.address, dialer: dialer, http: &http.Client{
		Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 100}, Timeout: 30 * time.Second,
	}}
	mutation := `mutation { joinRoom(code: "` + code + `", displayName: "Guest") { session { accessToken } } }`
	text, err := c.post(ctx, body(mutation))
	if err != nil {
		return nil, err
	}
	var joined struct {
		Data struct {
			JoinRoom struct{ Session struct{ AccessToken string } }
		}
	}
	if err := json.Unmarshal(text, &joined); err != nil || joined.Data.JoinRoom.Session.AccessToken == "" {
		return nil, fmt.Errorf("could not join: %s", text)
	}
	c.token = joined.Data.JoinRoom.Session.AccessToken
	return c, nil
}

func body(query string) []byte {
	text, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		panic(err) // cannot happen with strings
	}
	return text
}

// post sends a request and returns the response's body.
func (c *client) post(ctx context.Context, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// connect opens a WebSocket, and waits until it is acknowledged.
func (c *client) connect(ctx context.Context) (*websocket.Conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, NetDialContext: c.dialer.DialContext}
	socket, response, err := dialer.DialContext(ctx, "ws://"+c.address+"/graphql", nil)
	if response != nil {
		_ = response.Body.Close() // a handshake's body is in memory already
	}
	if err != nil {
		return nil, err
	}
	init := `{"type":"connection_init","payload":{"authorization":"Bearer ` + c.token + `"}}`
	if err := socket.WriteMessage(websocket.TextMessage, []byte(init)); err != nil {
		return nil, err
	}
	if _, _, err := socket.ReadMessage(); err != nil {
		return nil, err
	}
	return socket, nil
}

// start sends a message that starts an operation, whose body is that of an HTTP request.
func start(socket *websocket.Conn, id int, body []byte) error {
	message := fmt.Appendf(nil, `{"id":"%d","type":"subscribe","payload":%s}`, id, body)
	return socket.WriteMessage(websocket.TextMessage, message)
}
