package natsbus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	dialTimeout   = 2 * time.Second
	writeTimeout  = 2 * time.Second
	reconnectWait = 500 * time.Millisecond // and up to as much again
	// pingInterval is short, because a connection that died silently would otherwise pass for one that works, for minutes.
	pingInterval     = 10 * time.Second
	errorLogInterval = time.Minute // the same trouble is not logged more often
)

// connect tries to connect once, and goes on in the background. It fails only if that makes no sense.
func (b *Bus) connect(url string) error {
	defer close(b.state.subscribed)
	conn, err := b.connectOptions(url).Connect()
	if err != nil {
		return errors.New("this NATS URL cannot be used") // the error might show it, and it has a password in it
	}
	if _, err := conn.ChanSubscribe(b.subject, b.incoming); err != nil {
		conn.Close()
		return fmt.Errorf("subscribe to %s: %w", b.subject, err)
	}
	b.conn = conn
	return nil
}

func (b *Bus) connectOptions(url string) nats.Options {
	o := nats.GetDefaultOptions()
	o.Url, o.Name = url, "antwon"
	o.NoEcho = true // our own subscribers have had our own hints
	o.RetryOnFailedConnect, o.MaxReconnect = true, -1
	o.IgnoreAuthErrorAbort = true // whoever mends the password need not restart us
	o.ReconnectWait, o.ReconnectJitter, o.ReconnectJitterTLS = reconnectWait, reconnectWait, reconnectWait
	o.ReconnectBufSize = -1 // nothing is kept for later
	o.PingInterval, o.MaxPingsOut = pingInterval, 2
	o.Timeout, o.FlusherTimeout = dialTimeout, writeTimeout
	o.CustomDialer, o.SkipHostLookup = dialer{b.ctx}, true // dialling looks names up, too, and within its time
	o.ConnectedCB, o.ReconnectedCB = b.handleConnect, b.handleConnect
	o.DisconnectedErrCB, o.ReconnectErrCB = b.handleDisconnect, b.handleConnectFailure
	o.AsyncErrorCB = b.handleAsyncError
	o.ClosedCB = func(*nats.Conn) { close(b.state.closed) }
	return o
}

// dialer gives up when the bus closes: the connection's own Close would wait for it.
type dialer struct{ ctx context.Context }

func (d dialer) Dial(network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	return dialer.DialContext(d.ctx, network, address)
}

// connected is called when the connection stands, the first time or again. The handlers are called one after the other.
func (b *Bus) handleConnect(conn *nats.Conn) {
	<-b.state.subscribed
	b.state.connected.Store(true)
	b.state.outageLogged = false
	_ = conn.FlushTimeout(flushTimeout) // the server answers when it has our subscription, or is in no state to
	if b.ctx.Err() != nil {
		return
	}
	b.opts.Log.Info("connected to NATS", "server", conn.ConnectedAddr())
	b.opts.OnConnect()
}

func (b *Bus) handleDisconnect(_ *nats.Conn, err error) {
	b.state.connected.Store(false)
	if b.ctx.Err() != nil {
		return // by Close
	}
	b.state.outageLogged = true
	b.opts.Log.Warn("the connection to NATS is lost: what others change is seen later", "error", err)
}

// failed is called after each attempt that failed.
func (b *Bus) handleConnectFailure(_ *nats.Conn, err error) {
	if b.state.outageLogged || b.ctx.Err() != nil {
		return
	}
	b.state.outageLogged = true
	b.opts.Log.Warn("NATS cannot be reached: what others change is seen later", "error", err)
}

// trouble is called for what is wrong with a connection that stands: that we are too slow, or that NATS does not permit
// something. It may be called for every message.
func (b *Bus) handleAsyncError(_ *nats.Conn, _ *nats.Subscription, err error) {
	if b.state.lastError == err.Error() && time.Since(b.state.lastErrorAt) < errorLogInterval {
		return
	}
	b.state.lastError, b.state.lastErrorAt = err.Error(), time.Now()
	b.opts.Log.Warn("hints are lost at NATS: what others change is seen later", "error", err)
}
