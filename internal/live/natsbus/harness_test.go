package natsbus_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
	"antwon.dj/backend/internal/testport"
)

// timeout bounds every wait in the tests. It is far longer than any of them takes, so that no test depends on speed.
const timeout = 20 * time.Second

// startNATS runs a server until the test ends or stops it. It listens on a free port unless change sets one.
func startNATS(t *testing.T, change ...func(*server.Options)) *server.Server {
	t.Helper()
	options := &server.Options{Host: "127.0.0.1", Port: testport.Free(t), NoLog: true, NoSigs: true}
	for _, c := range change {
		c(options)
	}
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stop(s) })
	if !s.ReadyForConnections(timeout) {
		t.Fatal("the NATS server did not start")
	}
	return s
}

func stop(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func onPort(port int) func(*server.Options) {
	return func(o *server.Options) { o.Port = port }
}

func portOf(s *server.Server) int { return s.Addr().(*net.TCPAddr).Port }

func urlOf(port int) string { return fmt.Sprintf("nats://127.0.0.1:%d", port) }

// process is a bus, as one process has it, with a subscriber that records hints.
type process struct {
	*testing.T
	*natsbus.Bus
	metrics   *prometheus.Registry
	log       *logRecorder
	connected chan struct{} // holds a token for each call of OnConnect

	mu       sync.Mutex
	received []live.Hint
	arrived  chan struct{} // holds a token when a hint was received
}

func startProcess(t *testing.T, url string, change ...func(*natsbus.Options)) *process {
	t.Helper()
	return startProcessOver(t, url, new(net.Dialer).DialContext, change...)
}

func startProcessOver(
	t *testing.T, url string, dial func(ctx context.Context, network, address string) (net.Conn, error),
	change ...func(*natsbus.Options),
) *process {
	t.Helper()
	p := &process{
		T: t, metrics: prometheus.NewRegistry(), log: newLogRecorder(),
		connected: make(chan struct{}, 10), arrived: make(chan struct{}, 1),
	}
	opts := natsbus.Options{
		OnConnect: func() { p.connected <- struct{}{} }, Metrics: p.metrics, Log: slog.New(slog.NewTextHandler(p.log, nil)),
	}
	for _, c := range change {
		c(&opts)
	}
	bus, err := natsbus.ConnectOver(url, opts, dial)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	p.Bus = bus
	bus.Subscribe(p.record)
	return p
}

func (p *process) record(hint live.Hint) {
	p.mu.Lock()
	p.received = append(p.received, hint)
	p.mu.Unlock()
	select {
	case p.arrived <- struct{}{}:
	default:
	}
}

// hints returns the hints that the subscriber has received so far.
func (p *process) hints() []live.Hint {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.received)
}

// waitForHints waits until the subscriber has received n hints, and returns them.
func (p *process) waitForHints(n int) []live.Hint {
	p.Helper()
	deadline := time.After(timeout)
	for {
		if received := p.hints(); len(received) >= n {
			return received
		}
		select {
		case <-p.arrived:
		case <-deadline:
			p.Fatalf("received %v, want %d hints", p.hints(), n)
		}
	}
}

// waitForCount waits until that many hints have the outcome: a hint may be received elsewhere before it is counted
// here.
func (p *process) waitForCount(outcome string, want int) {
	p.Helper()
	for deadline := time.Now().Add(timeout); p.count(outcome) != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			p.Fatalf("%d hints were %s, want %d", p.count(outcome), outcome, want)
		}
	}
}

func (p *process) waitForConnection() {
	p.Helper()
	select {
	case <-p.connected:
	case <-time.After(timeout):
		p.Fatal("the bus did not connect")
	}
}

// count returns the number of hints with an outcome or, for "connected", the value of that gauge; -1 if it is missing.
func (p *process) count(outcome string) int {
	p.Helper()
	families, err := p.metrics.Gather()
	if err != nil {
		p.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if label.GetValue() == outcome {
					return int(metric.GetCounter().GetValue())
				}
			}
			if family.GetName() == "antwon_nats_"+outcome {
				return int(metric.GetGauge().GetValue())
			}
		}
	}
	return -1
}

// logRecorder keeps what is logged and can wait for a text.
type logRecorder struct {
	mu      sync.Mutex
	text    strings.Builder
	written chan struct{} // closed and replaced when something is written
}

func newLogRecorder() *logRecorder { return &logRecorder{written: make(chan struct{})} }

func (l *logRecorder) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.written)
	l.written = make(chan struct{})
	return l.text.Write(line)
}

func (l *logRecorder) read() (text string, written <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String(), l.written
}

// waitFor waits until a text was logged.
func (l *logRecorder) waitFor(t *testing.T, wanted string) {
	t.Helper()
	deadline := time.After(timeout)
	for {
		text, written := l.read()
		if strings.Contains(text, wanted) {
			return
		}
		select {
		case <-written:
		case <-deadline:
			t.Fatalf("%q was not logged; the log is:\n%s", wanted, text)
		}
	}
}

func (l *logRecorder) wantCount(t *testing.T, n int, text string) {
	t.Helper()
	if all, _ := l.read(); strings.Count(all, text) != n {
		t.Errorf("%q was logged %d times, want %d; the log is:\n%s", text, strings.Count(all, text), n, all)
	}
}

// plainConnection returns a connection to a server without a bus.
func plainConnection(t *testing.T, url string) *nats.Conn {
	t.Helper()
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}
