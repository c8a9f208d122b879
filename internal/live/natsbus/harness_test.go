package natsbus_test

import (
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
)

const soon = 20 * time.Second // for things that happen at once unless something is wrong

// startNATS runs a server, on any port unless one is given, until the test ends or it is stopped.
func startNATS(t *testing.T, change ...func(*server.Options)) *server.Server {
	t.Helper()
	options := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true}
	for _, c := range change {
		c(options)
	}
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stop(s) })
	if !s.ReadyForConnections(soon) {
		t.Fatal("the NATS server does not start")
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

// freePort is one on which nobody listens.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func urlOf(port int) string { return fmt.Sprintf("nats://127.0.0.1:%d", port) }

// process is a bus with somebody who listens to it.
type process struct {
	*testing.T
	*natsbus.Bus
	metrics   *prometheus.Registry
	log       *diary
	connected chan struct{} // a token for each time that the connection stands

	mu    sync.Mutex
	heard []live.Hint
	news  chan struct{} // a token when something was heard
}

func startProcess(t *testing.T, url string, change ...func(*natsbus.Options)) *process {
	t.Helper()
	p := &process{
		T: t, metrics: prometheus.NewRegistry(), log: newDiary(), connected: make(chan struct{}, 10), news: make(chan struct{}, 1),
	}
	opts := natsbus.Options{
		OnConnect: func() { p.connected <- struct{}{} }, Metrics: p.metrics, Log: slog.New(slog.NewTextHandler(p.log, nil)),
	}
	for _, c := range change {
		c(&opts)
	}
	bus, err := natsbus.Connect(url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	p.Bus = bus
	bus.Subscribe(p.hear)
	return p
}

func (p *process) hear(hint live.Hint) {
	p.mu.Lock()
	p.heard = append(p.heard, hint)
	p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// has returns what was heard until now.
func (p *process) has() []live.Hint {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.heard)
}

// hears waits until so many hints were heard, and returns them.
func (p *process) hears(n int) []live.Hint {
	p.Helper()
	deadline := time.After(soon)
	for {
		if heard := p.has(); len(heard) >= n {
			return heard
		}
		select {
		case <-p.news:
		case <-deadline:
			p.Fatalf("heard %v, want %d hints", p.has(), n)
		}
	}
}

func (p *process) waitForConnection() {
	p.Helper()
	await(p.T, p.connected, "a connection")
}

func await[V any](t *testing.T, c <-chan V, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(soon):
		t.Fatalf("waited in vain for %s", what)
	}
}

// count returns the hints with this outcome, or -1 for the gauge "connected" that is missing.
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

// diary keeps what is logged, and lets one wait for it.
type diary struct {
	mu      sync.Mutex
	text    strings.Builder
	written chan struct{} // closed and replaced when something is written
}

func newDiary() *diary { return &diary{written: make(chan struct{})} }

func (d *diary) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.written)
	d.written = make(chan struct{})
	return d.text.Write(line)
}

func (d *diary) read() (text string, written <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String(), d.written
}

// waitFor waits until a text was logged.
func (d *diary) waitFor(t *testing.T, wanted string) {
	t.Helper()
	deadline := time.After(soon)
	for {
		text, written := d.read()
		if strings.Contains(text, wanted) {
			return
		}
		select {
		case <-written:
		case <-deadline:
			t.Fatalf("%q was not logged:\n%s", wanted, text)
		}
	}
}

func (d *diary) wants(t *testing.T, n int, text string) {
	t.Helper()
	if all, _ := d.read(); strings.Count(all, text) != n {
		t.Errorf("%q was logged %d times, want %d:\n%s", text, strings.Count(all, text), n, all)
	}
}

// stranger is a plain connection to a server.
func stranger(t *testing.T, url string) *nats.Conn {
	t.Helper()
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}
