package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// spareConnections is how many connections may be open beyond the limit, so that newcomers learn why they are
	// refused, and monitoring can check the server's health. If there are more, the oldest spare one is closed.
	spareConnections = 16
	// spareLife is how long a spare connection may take to send its request.
	spareLife = 2 * time.Second
	// againBelow is the share of the limit, in per cent, below which the server counts as no longer full.
	againBelow = 90
	// reportPause is the shortest time between two lines of the log about refused newcomers.
	reportPause = time.Minute
	// reservedFiles is how many file descriptors are kept for the database, Spotify, the bus and files.
	reservedFiles = 100
	// acceptPause is how long the server waits after it could not accept a connection.
	acceptPause = 100 * time.Millisecond
)

// Connections bounds how many connections are open at the same time, so that neither memory nor file descriptors run
// out: a newcomer beyond the limit, or beyond the share of its network, gets 503, and all others go on. It is safe for
// concurrent use.
type Connections struct {
	limit   int
	log     *slog.Logger
	refused prometheus.Counter

	mu        sync.Mutex
	open      int           // within the limit
	shares    shares        // of the connections within the limit
	spare     []*connection // beyond the limit, the oldest first
	full      bool          // newcomers are refused
	told      time.Time     // when that was last logged
	toldShare time.Time     // when it was last logged that newcomers of one network are refused
}

// NewConnections returns Connections of which at most limit are open, fewer if the process may not have so many files
// open, and registers their metrics. Trusted proxies may have all of them, other networks a share.
func NewConnections(
	limit int, trusted []netip.Prefix, log *slog.Logger, metrics prometheus.Registerer,
) *Connections {
	c := &Connections{limit: limit, log: log, refused: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "http_connections_refused_total", Help: "Requests on connections beyond the limit, which got 503.",
	})}
	if files := openFiles(); files > 0 && files < limit+spareConnections+reservedFiles {
		c.limit = max(files/4, files-spareConnections-reservedFiles)
		log.Warn("fewer connections than configured, because few files may be open: raise ulimit -n",
			"connections", c.limit, "configured", limit, "files", files)
	}
	c.shares = shares{limit: c.limit, trusted: trusted, open: map[string]int{}}
	metrics.MustRegister(c.refused, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "http_connections", Help: "Open connections of clients, WebSockets included.",
	}, func() float64 { return float64(c.count()) }))
	return c
}

// Listen returns a listener that counts the connections of a TCP listener.
func (c *Connections) Listen(listener net.Listener) net.Listener {
	return &countingListener{listener, c}
}

// Serve serves the connections of listener, which Listen has returned, until the server is closed. It returns the error
// of http.Server.Serve. The listener may be wrapped in another one, such as that for the PROXY protocol, if the
// connections of that one have a method Raw, which returns the connection within.
func (c *Connections) Serve(s *http.Server, listener net.Listener) error {
	s.Handler = c.refuse(s.Handler)
	s.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		if around, ok := conn.(interface{ Raw() net.Conn }); ok {
			conn = around.Raw()
		}
		if accepted, ok := conn.(*connection); ok && accepted.isSpare {
			return context.WithValue(ctx, spareKey{}, true)
		}
		return ctx
	}
	return s.Serve(listener)
}

type spareKey struct{}

// refuse answers 503 on connections beyond the limit, unless the request is one of monitoring. It writes no lines to
// the access log, because there would be thousands.
func (c *Connections) refuse(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(spareKey{}) == nil {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Connection", "close")
		if slices.Contains([]string{routeHealth, routeReady, routeMetrics}, r.Method+" "+r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		c.refused.Inc()
		w.Header().Set("Retry-After", "5")
		http.Error(w, "The server has too many connections.", http.StatusServiceUnavailable)
	})
}

// countingListener accepts connections, counts them, and never fails unless it is closed.
type countingListener struct {
	net.Listener
	connections *Connections
}

func (l *countingListener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		switch tcp, ok := accepted.(*net.TCPConn); {
		case ok:
			return l.connections.add(tcp), nil
		case err == nil, errors.Is(err, net.ErrClosed):
			return accepted, err
		}
		l.connections.reportFull("error", err) // such as: too many open files
		time.Sleep(acceptPause)
	}
}

// add counts a connection. If the limit, or the share of its network, is used up, it becomes a spare one. If there are
// too many spare ones then, add closes the oldest.
func (c *Connections) add(tcp *net.TCPConn) *connection {
	added := &connection{TCPConn: tcp, connections: c}
	added.network, added.site = c.shares.counted(tcp.RemoteAddr())
	c.mu.Lock()
	full, usedUp := c.open >= c.limit, c.shares.isUsedUp(added.network, added.site)
	var oldest *connection
	if added.isSpare = full || usedUp; !added.isSpare {
		c.open++
		c.shares.add(1, added.network, added.site)
	} else {
		added.deadline = time.Now().Add(spareLife)
		if c.spare = append(c.spare, added); len(c.spare) > spareConnections {
			oldest = c.spare[0]
		}
	}
	c.mu.Unlock()
	switch {
	case full:
		c.reportFull("connections", c.limit)
	case usedUp:
		c.reportShare(added.network)
	}
	if oldest != nil {
		_ = oldest.Close() // its client gets no answer in any case
	}
	return added
}

// reportShare logs that newcomers of a network are refused, at most once a minute.
func (c *Connections) reportShare(network string) {
	c.mu.Lock()
	telling := time.Since(c.toldShare) >= reportPause
	if telling {
		c.toldShare = time.Now()
	}
	c.mu.Unlock()
	if telling {
		c.log.Warn("one network has its share of all connections: its newcomers are refused. If it is your proxy, add it "+
			"to ANTWON_TRUSTED_PROXIES", "remote_network", network, "connections", c.limit)
	}
}

// reportFull logs that newcomers are refused: once until the server is no longer full, and at most once a minute.
func (c *Connections) reportFull(args ...any) {
	c.mu.Lock()
	telling := !c.full && time.Since(c.told) >= reportPause
	c.full = true
	if telling {
		c.told = time.Now()
	}
	c.mu.Unlock()
	if telling {
		c.log.Warn("too many connections: newcomers are refused until some of the others have closed", args...)
	}
}

func (c *Connections) remove(closed *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if closed.isSpare {
		c.spare = slices.DeleteFunc(c.spare, func(other *connection) bool { return other == closed })
		return
	}
	c.open--
	c.shares.add(-1, closed.network, closed.site)
	if c.open*100 < c.limit*againBelow {
		c.full = false
	}
}

func (c *Connections) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open + len(c.spare)
}

// connection is a connection that is counted until it is closed.
type connection struct {
	*net.TCPConn
	connections *Connections
	network     string // the network whose share it uses; "": none, because it comes from a trusted proxy
	site        string // the site around the network; "": none
	isSpare     bool
	deadline    time.Time // the end of all reading, if it is a spare one
	closed      sync.Once
}

func (c *connection) Close() error {
	c.closed.Do(func() { c.connections.remove(c) })
	return c.TCPConn.Close()
}

// SetReadDeadline sets the deadline for reading; on a spare connection, not later than the connection's own deadline.
func (c *connection) SetReadDeadline(t time.Time) error {
	if c.isSpare && (t.IsZero() || t.After(c.deadline)) {
		t = c.deadline
	}
	return c.TCPConn.SetReadDeadline(t)
}
