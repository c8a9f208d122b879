package gqlserver

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver/deflate"
)

// subprotocol is the only one that is supported. The older graphql-ws has no ping, which is needed to detect dead
// clients.
const subprotocol = "graphql-transport-ws"

func newUpgrader(allowedOrigins []string) websocket.Upgrader {
	return websocket.Upgrader{
		Subprotocols:    []string{subprotocol},
		CheckOrigin:     func(r *http.Request) bool { return originAllowed(r, allowedOrigins) },
		Error:           refuseUpgrade,
		WriteBufferSize: 512, // only for gorilla's answer to the handshake, see handshake
		WriteBufferPool: &sync.Pool{},
	}
}

// originAllowed protects visitors of other web pages from connections that those pages open in their names. It allows
// pages of the same host, the listed origins, and programs other than browsers, which send no Origin.
func originAllowed(r *http.Request, allowed []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if u, err := url.Parse(origin); err == nil && strings.EqualFold(u.Host, r.Host) {
		return true
	}
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, origin) })
}

func refuseUpgrade(w http.ResponseWriter, _ *http.Request, status int, reason error) {
	w.Header().Set("Sec-Websocket-Version", "13")
	http.Error(w, reason.Error(), status)
}

// serveWebSocket upgrades a request and returns, so that all that the HTTP server holds for a request is released.
func (h *Handler) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	v, ok := h.admitConnection(w, r)
	if !ok {
		return
	}
	upgrader := h.upgrader
	upgrader.EnableCompression = h.cfg.Compress && deflate.Offered(r.Header)
	joinLines(r.Header, "Sec-Websocket-Protocol") // gorilla reads only the first
	shake := &handshake{ResponseWriter: w}
	ws, err := upgrader.Upgrade(shake, r, nil)
	if err != nil {
		v.release()
		h.cfg.Log.DebugContext(r.Context(), "websocket refused", "error", err)
		return
	}
	c := newWebSocket(r, h, shake.socket, v, upgrader.EnableCompression)
	if !h.connections.add(c) { // draining began meanwhile
		c.close(closedByRestart)
	} else if ws.Subprotocol() != subprotocol {
		c.close(closedBySubprotocol)
	}
	c.start()
}

// joinLines joins the lines of a header that is a list.
func joinLines(header http.Header, name string) {
	if lines := header[name]; len(lines) > 1 {
		header.Set(name, strings.Join(lines, ", "))
	}
}

// handshake keeps the connection that gorilla takes for its answer to the handshake. Gorilla does nothing else: it
// would send close frames by itself, possibly in the middle of one of our frames, and keep a buffer and a goroutine for
// reading.
type handshake struct {
	http.ResponseWriter
	socket net.Conn
}

func (s *handshake) Hijack() (socket net.Conn, buffer *bufio.ReadWriter, err error) {
	s.socket, buffer, err = http.NewResponseController(s.ResponseWriter).Hijack()
	return s.socket, buffer, err
}

// admitConnection counts a connection, or answers the request with a refusal and returns false.
func (h *Handler) admitConnection(w http.ResponseWriter, r *http.Request) (*connectionSlot, bool) {
	if h.connections.isDraining() {
		refuseWhileDraining(w)
		return nil, false
	}
	v, ok := h.limiter.acquire(r.RemoteAddr)
	if !ok {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "There are too many connections from your address.", http.StatusTooManyRequests)
	}
	return v, ok
}

func refuseWhileDraining(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "The server is restarting.", http.StatusServiceUnavailable)
}

// authorization returns the credentials in the payload of connection_init, or "".
func authorization(payload map[string]any) string {
	for _, name := range []string{"authorization", "Authorization"} {
		if value, ok := payload[name].(string); ok {
			return value
		}
	}
	return ""
}
