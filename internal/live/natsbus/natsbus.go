package natsbus

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/live"
)

const (
	queueSize    = 1024        // hints that may wait to be sent, and messages that may wait to be delivered
	flushTimeout = time.Second // how long Close waits for the last hints to be sent
)

// Options configure a Bus.
type Options struct {
	// Prefix is the first part of the subject. Installations with different prefixes can share a NATS server. "": antwon.
	Prefix string
	// OnConnect is called after each successful attempt to connect, the first included: hints of other processes may have
	// been lost before. It must not block. May be nil.
	OnConnect func()

	Log     *slog.Logger          // nil: nothing is logged
	Metrics prometheus.Registerer // nil: nothing is registered
	Tracing trace.TracerProvider  // nil: traces do not continue at other servers
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
		return o, fmt.Errorf("prefix %q: want letters, digits, _ and -, optionally in parts separated by dots", o.Prefix)
	}
	return o, nil
}

// Bus is a live.Bus and a live.MomentBus. All its methods but Close may be called by any goroutine at any time.
type Bus struct {
	opts    Options
	local   *live.LocalBus
	metrics *metrics
	tracing *tracing

	// subject carries the hints of all rooms. With one subject for each room, a process would have to subscribe and
	// unsubscribe whenever a room gets its first watcher or loses its last one, and would miss hints while it subscribes;
	// and the supervisor of the players needs the hints of all rooms anyway. A hint has about a hundred bytes, and one for
	// a room without watchers in this process costs a map look-up.
	subject string
	dial    dialFunc
	conn    *nats.Conn
	state   connectionState

	outgoing chan live.Hint
	incoming chan *nats.Msg
	moments  moments
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	running  sync.WaitGroup // sendLoop and receiveLoop
}

// Connect returns a Bus that uses the NATS server at url, which need not be reachable yet: an error means that the URL
// or the options are invalid. The caller has to close the bus, after everything that publishes on it has ended.
func Connect(url string, opts Options) (*Bus, error) {
	return connect(url, opts, new(net.Dialer).DialContext)
}

func connect(url string, opts Options, dial dialFunc) (*Bus, error) {
	if _, err := CheckURL(url); err != nil {
		return nil, err
	}
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Bus{
		opts: opts, tracing: newTracing(opts.Tracing), local: live.NewLocalBus(), subject: opts.Prefix + ".hints", dial: dial,
		outgoing: make(chan live.Hint, queueSize), incoming: make(chan *nats.Msg, queueSize),
		moments: newMoments(opts.Prefix),
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

// Connected reports whether hints can reach other processes. A process that is not connected works all the same.
func (b *Bus) Connected() bool { return b.state.connected.Load() }

// Close sends the hints that wait, within flushTimeout, and ends the connection and every goroutine. Afterwards the Bus
// works like a live.LocalBus. Further calls do nothing.
func (b *Bus) Close() {
	b.cancel()
	b.running.Wait()
	b.conn.Close()
	<-b.state.closed
}

// sendLoop sends outgoing hints and moments until the bus closes, and then the hints that wait.
func (b *Bus) sendLoop() {
	for {
		select {
		case hint := <-b.outgoing:
			b.sendHint(hint)
		case moment := <-b.moments.outgoing:
			b.sendMoment(moment)
		case <-b.ctx.Done():
			b.flush()
			return
		}
	}
}

// flush sends the hints that were published before the bus closed, as far as flushTimeout allows.
func (b *Bus) flush() {
	for end := time.Now().Add(flushTimeout); len(b.outgoing) > 0 && time.Now().Before(end); {
		b.sendHint(<-b.outgoing)
	}
	if b.Connected() {
		_ = b.conn.FlushTimeout(flushTimeout) // hints may be lost
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

// receiveLoop delivers hints and moments of other processes to the subscribers of this one, until the bus closes.
func (b *Bus) receiveLoop() {
	for {
		select {
		case message := <-b.incoming:
			b.deliver(message)
		case message := <-b.moments.incoming:
			b.deliverMoment(message)
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
