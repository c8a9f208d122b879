package gqlserver

import (
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
		WriteBufferSize: 8 << 10, // smaller ones split messages into several system calls
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

// serveWebSocket owns the connection from the upgrade until nothing runs on it any more.
func (h *Handler) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	ws, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		h.cfg.Log.DebugContext(r.Context(), "websocket refused", "error", err)
		return
	}
	c := newConnection(r.Context(), h, ws)
	if !h.connections.add(c) {
		c.shut(endRestart)
		c.finish()
		return
	}
	defer h.connections.remove(c) // last, for Drain waits for it
	h.metrics.connections.Inc()
	defer h.metrics.connections.Dec()
	defer c.finish()
	if ws.Subprotocol() != subprotocol {
		c.shut(endSubprotocol)
		return
	}
	c.serve(w, r)
}
