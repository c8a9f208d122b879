package gqlserver

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// subprotocol is the only one that is supported. The older graphql-ws has no ping, which is needed to detect dead
// clients.
const subprotocol = "graphql-transport-ws"

func newUpgrader(allowedOrigins []string) websocket.Upgrader {
	return websocket.Upgrader{
		Subprotocols:    []string{subprotocol},
		CheckOrigin:     func(r *http.Request) bool { return originAllowed(r, allowedOrigins) },
		Error:           refuseUpgrade,
		ReadBufferSize:  512,
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

// serveWebSocket upgrades a request and starts a goroutine for the connection, so that everything that the HTTP server
// holds for a request is released.
func (h *Handler) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	v, ok := h.admitConnection(w, r)
	if !ok {
		return
	}
	upgrader := h.upgrader
	upgrader.EnableCompression = h.cfg.Compress && offersDeflate(r.Header)
	joinLines(r.Header, "Sec-Websocket-Protocol") // gorilla reads only the first
	shake := &handshake{ResponseWriter: w}
	ws, err := upgrader.Upgrade(shake, r, nil)
	if err != nil {
		v.release()
		h.cfg.Log.DebugContext(r.Context(), "websocket refused", "error", err)
		return
	}
	shake.socket.upgraded = true
	c := newConnection(r, h, ws, shake.socket.Conn, v, upgrader.EnableCompression)
	if !h.connections.add(c) { // draining began meanwhile
		c.close(closedByRestart)
	} else if ws.Subprotocol() != subprotocol {
		c.close(closedBySubprotocol)
	}
	go c.serve() // h.connections waits for it
}

// joinLines joins the lines of a header that is a list.
func joinLines(header http.Header, name string) {
	if lines := header[name]; len(lines) > 1 {
		header.Set(name, strings.Join(lines, ", "))
	}
}

// handshake gives gorilla a connection on which it can write its answer to the handshake, and nothing later. Otherwise
// gorilla would by itself send a close frame to a client that breaks the protocol, possibly in the middle of one of our
// frames. What gorilla reads after the handshake is inspected, because it overlooks some violations.
type handshake struct {
	http.ResponseWriter
	socket *handshakeConn
}

func (s *handshake) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	socket, buffer, err := http.NewResponseController(s.ResponseWriter).Hijack()
	s.socket = &handshakeConn{Conn: socket}
	return s.socket, buffer, err
}

type handshakeConn struct {
	net.Conn
	upgraded  bool
	inspector frameInspector
}

func (m *handshakeConn) Read(b []byte) (int, error) {
	if !m.upgraded {
		return m.Conn.Read(b)
	}
	if m.inspector.violation != nil {
		return 0, m.inspector.violation
	}
	n, err := m.Conn.Read(b)
	if valid := m.inspector.inspect(b[:n]); valid < n {
		return valid, m.inspector.violation
	}
	return n, err
}

func (m *handshakeConn) Write(b []byte) (int, error) {
	if m.upgraded {
		return 0, net.ErrClosed
	}
	return m.Conn.Write(b)
}

func (m *handshakeConn) SetWriteDeadline(t time.Time) error {
	if m.upgraded {
		return nil
	}
	return m.Conn.SetWriteDeadline(t)
}

// admitConnection counts a connection, or refuses it.
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
