package gqlserver

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/gorilla/websocket"
)

// lingerTime is how long a connection stays half open after its close frame, see linger.
const lingerTime = 2 * time.Second

// connection carries gqlgen's WebSocket transport over a gorilla connection. The transport decides what is said; how it
// ends is decided here, once, by whoever calls shut or drop first.
type connection struct {
	handler    *Handler
	ws         *websocket.Conn
	operations *operations
	ctx        context.Context // of everything that runs here; ends with the connection
	cancel     context.CancelFunc

	acknowledged bool        // connection_init was accepted
	expiry       *time.Timer // ends the connection together with its credentials; nil if they never end

	once     sync.Once
	end      ending     // set by once
	mu       sync.Mutex // guards shutting and, with it, the read deadline
	shutting bool
}

var (
	_ transport.WebsocketImplementation = (*connection)(nil)
	_ transport.WebsocketConn           = (*connection)(nil)
	_ transport.WebsocketReadDeadliner  = (*connection)(nil)
)

func newConnection(ctx context.Context, h *Handler, ws *websocket.Conn) *connection {
	ws.SetReadLimit(h.cfg.Limits.MessageBytes)
	ctx, cancel := context.WithCancel(withWebSocket(ctx))
	return &connection{
		handler:    h,
		ws:         ws,
		operations: &operations{GraphExecutor: h.engine, limit: int64(h.cfg.Limits.Operations)},
		ctx:        ctx,
		cancel:     cancel,
	}
}

// serve speaks the protocol until the connection ends.
func (c *connection) serve(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			c.handler.engine.PresentRecoveredError(c.ctx, p)
			c.shut(endInternal)
		}
	}()
	limits := c.handler.cfg.Limits
	transport.Websocket{
		Implementation:   c,
		InitFunc:         c.init,
		InitTimeout:      limits.InitTimeout,
		PingPongInterval: limits.PingInterval,
	}.Do(w, r.WithContext(c.ctx), c.operations)
}

// Accept hands the transport the connection it is to use: this one, upgraded before the transport was made.
func (c *connection) Accept(http.ResponseWriter, *http.Request, transport.WebsocketAcceptOptions) (transport.WebsocketConn, error) {
	return c, nil
}

// init authenticates the connection by the payload of connection_init.
func (c *connection) init(ctx context.Context, payload transport.InitPayload) (context.Context, *transport.InitPayload, error) {
	authenticated, refusal := c.handler.authenticate(ctx, payload.Authorization())
	if refusal != nil {
		c.shut(endForbidden(refusal.Message))
		return ctx, nil, refusal
	}
	if at := c.handler.cfg.ExpiresAt(authenticated); !at.IsZero() {
		c.expiry = time.AfterFunc(time.Until(at), func() { c.shut(endExpired) })
	}
	c.acknowledged = true
	return authenticated, nil, nil
}

func (c *connection) Subprotocol() string { return c.ws.Subprotocol() }

func (c *connection) NextReader() (int, io.Reader, error) {
	kind, r, err := c.ws.NextReader()
	if err == nil && !c.isShutting() {
		return kind, r, nil
	}
	closed, ok := errors.AsType[*websocket.CloseError](err)
	switch {
	case ok && closed.Code != websocket.CloseAbnormalClosure:
		c.shut(endByClient(closed.Code))
	case errors.Is(err, websocket.ErrReadLimit):
		c.shut(endTooBig)
	default:
		c.shut(endLost)
	}
	return 0, nil, transport.ErrWebsocketClosed
}

// WriteJSON sends a message, or ends the connection when the client does not take it in time. The transport holds its lock
// meanwhile, so this deadline bounds everything else that wants to write or to close, too.
func (c *connection) WriteJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(c.handler.cfg.Limits.WriteTimeout))
	err = c.ws.WriteMessage(websocket.TextMessage, data)
	if err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		c.drop(endSlow)
	}
	return err
}

// WriteClose ends the connection as the transport wants it, but with a code that clients understand.
func (c *connection) WriteClose(_ int, message string) error {
	c.shut(c.translate(message))
	return nil
}

// translate says what the transport means by its close codes. It ends nearly everything with 1002, on which clients give
// up, or with 1000, on which they come back at once and without limit; its messages tell the cases apart.
func (c *connection) translate(message string) ending {
	switch {
	case c.ctx.Err() != nil:
		return endRestart // the server's own context has ended
	case message == "connection initialisation timeout":
		return endInitTimeout
	case message == "unexpected message" && c.acknowledged:
		return endSecondInit // the only type that it does not expect
	case message == "unexpected message":
		return endUnauthorized
	default:
		return endInvalid
	}
}

// Close does nothing: finish closes the socket, after the close frame had time to arrive.
func (c *connection) Close() error { return nil }

// SetReadDeadline serves the transport's wait for a pong, as long as the connection is not ending anyway.
func (c *connection) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shutting {
		return nil
	}
	return c.ws.SetReadDeadline(t)
}

func (c *connection) isShutting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shutting
}

// shut ends the connection: what runs on it is cancelled, the close frame goes out, and the read loop stops. Only the
// first call of shut or drop counts; the others wait for it.
func (c *connection) shut(e ending) {
	c.once.Do(func() {
		c.begin(e)
		deadline := time.Now().Add(c.handler.cfg.Limits.WriteTimeout)
		err := c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(e.code, e.reason), deadline)
		if err != nil && !errors.Is(err, websocket.ErrCloseSent) {
			_ = c.ws.Close() // nobody there to say it to
		}
		_ = c.ws.SetReadDeadline(time.Now())
	})
}

// drop ends the connection of a client that cannot be told any more.
func (c *connection) drop(e ending) {
	c.once.Do(func() {
		c.begin(e)
		_ = c.ws.Close()
	})
}

func (c *connection) begin(e ending) {
	c.mu.Lock()
	c.end, c.shutting = e, true
	c.mu.Unlock()
	c.cancel()
}

// finish ends the connection if nobody has, and returns when nothing runs on it any more.
func (c *connection) finish() {
	c.shut(endInvalid) // the transport left without a word: the last message made no sense to it
	if c.expiry != nil {
		c.expiry.Stop()
	}
	c.linger()
	c.operations.wait()
	c.handler.cfg.Log.DebugContext(c.ctx, "websocket closed", "close_code", c.end.code, "close_reason", c.end.reason)
}

// linger says that nothing more will come and reads away what the client still sends. Closed with unread bytes, the socket
// would be reset, and a reset can overtake the close frame.
func (c *connection) linger() {
	socket := c.ws.NetConn()
	if half, ok := socket.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = socket.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.Copy(io.Discard, socket)
	_ = c.ws.Close()
}
