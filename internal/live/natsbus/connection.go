package natsbus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	dialTimeout   = 2 * time.Second
	writeTimeout  = 2 * time.Second
	reconnectWait = 500 * time.Millisecond // plus a random part of the same length at most
	// pingInterval is short, because without pings a connection that died silently would seem to work for minutes.
	pingInterval     = 10 * time.Second
	errorLogInterval = time.Minute // the same asynchronous error is not logged more often
)

// connectionState is the state of the connection. All fields but connected are written only by the goroutine on which
// the connection calls its handlers.
type connectionState struct {
	connected    atomic.Bool
	outageLogged bool          // since the last connection it was logged that NATS is unreachable
	lastError    string        // the asynchronous error that was logged last
	lastErrorAt  time.Time     // when it was logged
	subscribed   chan struct{} // closed when the subscription was made, or has failed
	closed       chan struct{} // closed when no further handler will be called
}

// connect makes one attempt to connect and continues in the background. It returns an error only if no attempt can ever
// succeed.
func (b *Bus) connect(url string) error {
	defer close(b.state.subscribed)
	conn, err := b.connectOptions(url).Connect()
	if err != nil {
		return errors.New("this NATS URL cannot be used") // the error itself might show the URL, which has a password
	}
	for subject, incoming := range map[string]chan *nats.Msg{
		b.subject: b.incoming, b.moments.subject: b.moments.incoming,
	} {
		if _, err := conn.ChanSubscribe(subject, incoming); err != nil {
			conn.Close()
			return fmt.Errorf("subscribe to %s: %w", subject, err)
		}
	}
	b.conn = conn
	return nil
}

func (b *Bus) connectOptions(url string) nats.Options {
	o := nats.GetDefaultOptions()
	o.Url, o.Name = url, "antwon"
	o.NoEcho = true // Publish has already called our own subscribers
	o.RetryOnFailedConnect, o.MaxReconnect = true, -1
	o.IgnoreAuthErrorAbort = true // a password that is corrected at the server needs no restart here
	o.ReconnectWait, o.ReconnectJitter, o.ReconnectJitterTLS = reconnectWait, reconnectWait, reconnectWait
	o.ReconnectBufSize = -1 // hints are not kept while disconnected
	o.PingInterval, o.MaxPingsOut = pingInterval, 2
	o.Timeout, o.FlusherTimeout = dialTimeout, writeTimeout
	o.CustomDialer, o.SkipHostLookup = dialer{ctx: b.ctx, dial: b.dial}, true // dial looks up the host, within its timeout
	o.ConnectedCB, o.ReconnectedCB = b.handleConnect, b.handleConnect
	o.DisconnectedErrCB, o.ReconnectErrCB = b.handleDisconnect, b.handleConnectFailure
	o.AsyncErrorCB = b.handleAsyncError
	o.ClosedCB = func(*nats.Conn) { close(b.state.closed) }
	return o
}

// dialFunc has the signature of net.Dialer.DialContext.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dialer stops dialling when the bus closes; otherwise the connection's own Close would wait for it.
type dialer struct {
	ctx  context.Context
	dial dialFunc
}

// Dial implements nats.CustomDialer.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(d.ctx, dialTimeout)
	defer cancel()
	return d.dial(ctx, network, address)
}

// handleConnect is called after each successful attempt to connect. Handlers never run concurrently.
func (b *Bus) handleConnect(conn *nats.Conn) {
	<-b.state.subscribed
	b.state.connected.Store(true)
	b.state.outageLogged = false
	_ = conn.FlushTimeout(flushTimeout) // the answer confirms our subscription; without one the connection is lost anyway
	if b.ctx.Err() != nil {
		return
	}
	b.opts.Log.Info("connected to NATS", "server", conn.ConnectedAddr())
	b.opts.OnConnect()
}

func (b *Bus) handleDisconnect(_ *nats.Conn, err error) {
	b.state.connected.Store(false)
	if b.ctx.Err() != nil {
		return // Close has disconnected it
	}
	b.state.outageLogged = true
	b.opts.Log.Warn("the connection to NATS is lost: changes at other servers are seen later", "error", err)
}

// handleConnectFailure is called after each failed attempt to connect.
func (b *Bus) handleConnectFailure(_ *nats.Conn, err error) {
	if b.state.outageLogged || b.ctx.Err() != nil {
		return
	}
	b.state.outageLogged = true
	b.opts.Log.Warn("NATS cannot be reached: changes at other servers are seen later", "error", err)
}

// handleAsyncError is called for errors that do not end the connection, such as a subscriber that is too slow or a
// missing permission. There may be one for every message.
func (b *Bus) handleAsyncError(_ *nats.Conn, sub *nats.Subscription, err error) {
	if sub != nil && sub.Subject == b.moments.subject && errors.Is(err, nats.ErrSlowConsumer) {
		return // moments may be lost, and no hint was
	}
	if b.state.lastError == err.Error() && time.Since(b.state.lastErrorAt) < errorLogInterval {
		return
	}
	b.state.lastError, b.state.lastErrorAt = err.Error(), time.Now()
	b.opts.Log.Warn("messages are lost at NATS: changes at other servers are seen later", "error", err)
}
