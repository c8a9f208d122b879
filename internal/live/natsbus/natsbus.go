package natsbus

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/live"
)

const (
	queueSize    = 1024        // hints that wait to be sent, or to be delivered
	flushTimeout = time.Second // how long Close waits until the last hints are sent
)

// Options are what a Bus is called and whom it tells.
type Options struct {
	// Prefix is what its subject begins with: installations with different ones can share a NATS. "": antwon.
	Prefix string
	// OnReconnect is called whenever the connection stands, the first time too: hints of others may have been lost before.
	// It must not block; nil: nobody.
	OnConnect func()

	Log     *slog.Logger          // nil: silent
	Metrics prometheus.Registerer // nil: none
	Tracing trace.TracerProvider  // nil: traces end at this server
}

var validPrefix = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)

func (o Options) withDefaults() (Options, error) {
	if o.Prefix == "" {
		o.Prefix = "antwon"
	}
	if o.OnConnect == nil {
		o.OnConnect = func() {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if !validPrefix.MatchString(o.Prefix) {
		return o, fmt.Errorf("prefix %q: want letters, digits, _ and -, perhaps with dots between them", o.Prefix)
	}
	return o, nil
}

// Bus is a live.Bus. All its methods may be called at any time, by anybody.
type Bus struct {
	opts    Options
	local   *live.LocalBus
	metrics *metrics
	tracing *tracing

	// subject is where all hints of all rooms travel. With one for each room a process would have to subscribe and
	// unsubscribe whenever somebody looks at a room, and would miss the hints between looking and being subscribed; and the
	// one that drives the players wants to hear of all rooms anyway. A hint is a hundred bytes, and for rooms that nobody
	// watches here it costs a look at a map.
	subject string
	conn    *nats.Conn
	state   connectionState // how the connection is

	outgoing chan live.Hint // to be sent
	incoming chan *nats.Msg // that have arrived
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup // send and receive
}

// Connect returns a Bus over the NATS server at url, which need not be there yet: an error means that the URL or the
// options cannot be used. Close it, after those who publish on it have ended.
func Connect(url string, opts Options) (*Bus, error) {
	if _, err := CheckURL(url); err != nil {
		return nil, err
	}
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Bus{
		opts: opts, tracing: newTracing(opts.Tracing), local: live.NewLocalBus(), subject: opts.Prefix + ".hints",
		outgoing: make(chan live.Hint, queueSize), incoming: make(chan *nats.Msg, queueSize),
	}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.state.subscribed, b.state.closed = make(chan struct{}), make(chan struct{})
	b.metrics = newMetrics(opts.Metrics, b.Connected)
	if err := b.connect(url); err != nil {
		b.cancel()
		return nil, err
	}
	b.running.Go(b.sendLoop)
	b.running.Go(b.receiveLoop)
	return b, nil
}

// Publish implements live.Bus. When it returns, every subscriber of this process has been called.
func (b *Bus) Publish(hint live.Hint) {
	b.local.Publish(hint)
	if !b.Connected() {
		b.metrics.dropped.Inc()
		return
	}
	select {
	case b.outgoing <- hint:
	default:
		b.metrics.dropped.Inc()
	}
}

// Subscribe implements live.Bus.
func (b *Bus) Subscribe(fn func(live.Hint)) (cancel func()) { return b.local.Subscribe(fn) }

// Connected says whether hints reach other processes. A server that is not connected works all the same.
func (b *Bus) Connected() bool { return b.state.connected.Load() }

// Close sends what was published, if that does not take long, and ends the connection and every goroutine. Afterwards the
// Bus is a local one. Calling it again does nothing.
func (b *Bus) Close() {
	b.cancel()
	b.running.Wait()
	b.conn.Close()
	<-b.state.closed
}

// send sends hints, until the bus closes: then those that wait.
func (b *Bus) sendLoop() {
	for {
		select {
		case hint := <-b.outgoing:
			b.sendHint(hint)
		case <-b.ctx.Done():
			b.flush()
			return
		}
	}
}

// sendLast sends what was published before the bus closed, as far as that goes quickly.
func (b *Bus) flush() {
	for end := time.Now().Add(flushTimeout); len(b.outgoing) > 0 && time.Now().Before(end); {
		b.sendHint(<-b.outgoing)
	}
	if b.Connected() {
		_ = b.conn.FlushTimeout(flushTimeout) // what is lost now may be lost
	}
}

func (b *Bus) sendHint(hint live.Hint) {
	message, err := encode(hint)
	if err == nil {
		err = b.conn.PublishMsg(&nats.Msg{Subject: b.subject, Header: b.tracing.headerFor(hint), Data: message})
	}
	if err != nil {
		b.metrics.dropped.Inc()
		return
	}
	b.metrics.sent.Inc()
}

// receive delivers the hints of other processes to the subscribers of this one, until the bus closes.
func (b *Bus) receiveLoop() {
	for {
		select {
		case message := <-b.incoming:
			b.deliver(message)
		case <-b.ctx.Done():
			return
		}
	}
}

func (b *Bus) deliver(message *nats.Msg) {
	hint, err := decode(message.Data)
	if err != nil {
		b.metrics.invalid.Inc()
		return
	}
	b.metrics.received.Inc()
	hint.Cause = b.tracing.causeIn(message.Header)
	b.local.Publish(hint)
}

// link is how the connection is. What can be written to belongs to the goroutine on which the connection calls its
// handlers, but for up.
type connectionState struct {
	connected    atomic.Bool
	outageLogged bool          // it was logged that NATS cannot be reached
	lastError    string        // that was logged last
	lastErrorAt  time.Time     // when that was
	subscribed   chan struct{} // closed when there is a subscription, or none will be
	closed       chan struct{} // closed when no handler will be called any more
}
