package gqlserver

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// subprotocol is the only one spoken. The older graphql-ws has no ping, so its dead clients could not be told from quiet ones.
const subprotocol = "graphql-transport-ws"

func newUpgrader(allowedOrigins []string) websocket.Upgrader {
	return websocket.Upgrader{
		Subprotocols:    []string{subprotocol},
		CheckOrigin:     func(r *http.Request) bool { return originAllowed(r, allowedOrigins) },
		Error:           refuseUpgrade,
		ReadBufferSize:  512,
		WriteBufferSize: 512, // gorilla writes nothing but the answer to the handshake
		WriteBufferPool: &sync.Pool{},
	}
}

// originAllowed keeps the pages of strangers from using a visitor's network position: allowed are pages of the same host,
// those listed, and programs that are no browsers and send no Origin.
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

// serveWebSocket hands the connection over to a goroutine of its own, so that all that the HTTP server needs for a request
// is given back.
func (h *Handler) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	v, ok := h.enter(w, r)
	if !ok {
		return
	}
	upgrader := h.upgrader
	upgrader.EnableCompression = h.cfg.Compress && offersDeflate(r.Header)
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		v.leave()
		h.cfg.Log.DebugContext(r.Context(), "websocket refused", "error", err)
		return
	}
	c := newConnection(context.WithoutCancel(r.Context()), h, ws, v, upgrader.EnableCompression)
	if !h.connections.add(c) { // draining began meanwhile
		c.shut(endRestart)
	} else if ws.Subprotocol() != subprotocol {
		c.shut(endSubprotocol)
	}
	go c.serve() // h.connections waits for it
}

// enter counts a connection in, or refuses it.
func (h *Handler) enter(w http.ResponseWriter, r *http.Request) (*visit, bool) {
	if h.connections.isDraining() {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the server is stopping", http.StatusServiceUnavailable)
		return nil, false
	}
	v, ok := h.visitors.enter(r.RemoteAddr)
	if !ok {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many connections from your address", http.StatusTooManyRequests)
	}
	return v, ok
}

// authorization finds the credentials in the payload of connection_init.
func authorization(payload map[string]any) string {
	for _, name := range []string{"authorization", "Authorization"} {
		if value, ok := payload[name].(string); ok {
			return value
		}
	}
	return ""
}
