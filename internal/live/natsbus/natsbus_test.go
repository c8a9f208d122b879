package natsbus_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
	"antwon.dj/backend/internal/testport"
)

var _ live.Bus = (*natsbus.Bus)(nil)

func TestHintsReachEveryProcessOnce(t *testing.T) {
	url := startNATS(t).ClientURL()
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	first := live.Hint{Topic: "room", Since: 2, Version: 4, Users: []string{"x", "y"}}
	a.Publish(first)
	wantHints(t, a.hints(), first) // when Publish has returned
	wantHints(t, b.waitForHints(1), first)
	second := live.Hint{Topic: "room", Since: 4, Version: 5}
	b.Publish(second)
	wantHints(t, b.hints(), first, second)
	wantHints(t, a.waitForHints(2), first, second) // its own hint did not come back before
	for outcome, want := range map[string]int{"sent": 1, "received": 1, "dropped": 0, "invalid": 0, "connected": 1} {
		a.waitForCount(outcome, want)
	}
}

func wantHints(t *testing.T, got []live.Hint, want ...live.Hint) {
	t.Helper()
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Errorf("received %#v, want %#v", got, want)
	}
}

func TestHintsForTooManyUsersAreForEverybody(t *testing.T) {
	url := startNATS(t).ClientURL()
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	many := slices.Repeat([]string{"0198c0de-0000-7000-8000-000000000000"}, 65)
	sent := []live.Hint{
		{Topic: "everybody", Version: 1},
		{Topic: "nobody", Version: 1, Users: []string{}},
		{Topic: "many", Version: 1, Users: many[:64]},
		{Topic: "too many", Version: 1, Users: many},
	}
	for _, hint := range sent {
		a.Publish(hint)
	}
	sent[3].Users = nil
	wantHints(t, b.waitForHints(4), sent...)
	if len(a.hints()[3].Users) != 65 {
		t.Error("the publishing process did not get all users")
	}
	a.Publish(live.Hint{Topic: strings.Repeat("x", 20_000), Version: 1})
	a.Publish(sent[0])
	wantHints(t, b.waitForHints(5)[4:], sent[0])
	if a.count("dropped") != 1 {
		t.Errorf("%d hints were dropped, want the one that is too long", a.count("dropped"))
	}
}

func TestBusConnectsToAServerThatStartsLater(t *testing.T) {
	port := testport.Free(t)
	a, b := startProcess(t, urlOf(port)), startProcess(t, urlOf(port))
	a.log.waitFor(t, "NATS cannot be reached")
	a.Publish(live.Hint{Topic: "room", Version: 1})
	if len(a.hints()) != 1 || a.Connected() || a.count("connected") != 0 || a.count("dropped") != 1 {
		t.Errorf("without a server: received %v, connected %v, %d dropped", a.hints(), a.Connected(), a.count("dropped"))
	}
	startNATS(t, onPort(port))
	a.waitForConnection()
	b.waitForConnection()
	late := live.Hint{Topic: "room", Since: 1, Version: 2}
	a.Publish(late)
	wantHints(t, b.waitForHints(1), late) // the hint that could not be sent was not kept
	a.log.wantCount(t, 1, "cannot be reached")
	a.log.wantCount(t, 1, "connected to NATS")
}

func TestBusReconnectsToAServerThatRestarts(t *testing.T) {
	first := startNATS(t)
	port := portOf(first)
	a, b := startProcess(t, urlOf(port)), startProcess(t, urlOf(port))
	a.waitForConnection()
	b.waitForConnection()
	stop(first)
	a.log.waitFor(t, "is lost")
	b.log.waitFor(t, "is lost")
	a.Publish(live.Hint{Topic: "room", Version: 1})
	if len(a.hints()) != 1 || a.Connected() {
		t.Errorf("received %v, connected %v", a.hints(), a.Connected())
	}
	startNATS(t, onPort(port))
	a.waitForConnection()
	b.waitForConnection()
	hint := live.Hint{Topic: "room", Since: 1, Version: 2}
	a.Publish(hint)
	wantHints(t, b.waitForHints(1), hint)
	a.log.wantCount(t, 1, "level=WARN")
	a.log.wantCount(t, 2, "connected to NATS")
}

func TestInvalidMessagesAreCountedAndIgnored(t *testing.T) {
	url := startNATS(t).ClientURL()
	p, conn := startProcess(t, url), plainConnection(t, url)
	p.waitForConnection()
	invalid := []string{
		"", "{", "null", "[]", `{"t":1,"v":2}`, `{"t":"","v":2}`, `{"t":"r","s":3,"v":2}`, `{"t":"r","s":-1,"v":2}`,
		`{"t":"r","v":"2"}`, `{"t":"r","v":1e99}`, `{"t":"r","u":"x"}`, `{"t":"r","v":2}{}`,
		`{"t":"` + strings.Repeat("x", 100_000) + `"}`, "\xff\x00",
	}
	for _, message := range append(invalid, `{"t":"room","s":1,"v":2,"u":["x"],"new":true}`) {
		if err := conn.Publish("antwon.hints", []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	wantHints(t, p.waitForHints(1), live.Hint{Topic: "room", Since: 1, Version: 2, Users: []string{"x"}})
	if p.count("invalid") != len(invalid) || p.count("received") != 1 {
		t.Errorf("%d invalid, %d received, want %d and 1", p.count("invalid"), p.count("received"), len(invalid))
	}
}

func TestInstallationsWithDifferentPrefixesShareAServer(t *testing.T) {
	url := startNATS(t).ClientURL()
	named := func(o *natsbus.Options) { o.Prefix = "other.party" }
	ours, others, theirs := startProcess(t, url), startProcess(t, url, named), startProcess(t, url, named)
	for _, p := range []*process{ours, others, theirs} {
		p.waitForConnection()
	}
	others.Publish(live.Hint{Topic: "theirs", Version: 1})
	theirs.waitForHints(1) // the server has now sent it to every subscriber of its subject
	another := startProcess(t, url)
	another.waitForConnection()
	hint := live.Hint{Topic: "ours", Version: 1}
	another.Publish(hint)
	wantHints(t, ours.waitForHints(1), hint)
	if _, err := natsbus.Connect(url, natsbus.Options{Prefix: "a.*"}); err == nil {
		t.Error("a prefix with a wildcard was accepted")
	}
}

func TestCloseSendsWaitingHintsAndLeavesALocalBus(t *testing.T) {
	url := startNATS(t).ClientURL()
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	for version := range int64(200) {
		a.Publish(live.Hint{Topic: "room", Version: version + 1})
	}
	a.Close()
	b.waitForHints(200)
	a.Publish(live.Hint{Topic: "room", Version: 201})
	if n := len(a.hints()); n != 201 {
		t.Errorf("received %d hints, want 201", n)
	}
	if a.Connected() || a.count("dropped") != 1 {
		t.Errorf("connected %v, %d dropped", a.Connected(), a.count("dropped"))
	}
	a.Close()
	a.log.wantCount(t, 0, "level=WARN")
}

func TestCloseEndsEveryGoroutine(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"with a server":    func(t *testing.T) string { return startNATS(t).ClientURL() },
		"without a server": func(t *testing.T) string { return urlOf(testport.Free(t)) },
		"with a server that is silent": func(t *testing.T) string {
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { listener.Close() })
			return urlOf(listener.Addr().(*net.TCPAddr).Port)
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := url(t)
			for range 3 {
				p := startProcess(t, url)
				p.Publish(live.Hint{Topic: "room", Version: 1})
				p.Close()
			}
			for deadline := time.Now().Add(timeout); ; time.Sleep(time.Millisecond) {
				running := busGoroutines()
				if len(running) == 0 {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("%d goroutines are still running:\n%s", len(running), strings.Join(running, "\n\n"))
				}
			}
		})
	}
}

// busGoroutines returns the stacks of all goroutines that run a bus or its connection.
func busGoroutines() []string {
	stacks := make([]byte, 1<<20)
	all := strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n")
	return slices.DeleteFunc(all, func(stack string) bool {
		return !strings.Contains(stack, "natsbus.(*Bus).") && !strings.Contains(stack, "nats%2ego.(*Conn).") &&
			!strings.Contains(stack, "nats.go.(*Conn).")
	})
}

// The connection accepts no bytes, and no deadline ends a write: if Publish waited for the network, this test would
// hang. The hints that do not fit into the queue are dropped.
func TestPublishNeverWaitsForTheNetwork(t *testing.T) {
	client, server := net.Pipe()
	conn := &stalledConn{Conn: client, released: make(chan struct{})}
	go serveMinimally(server)
	var dialled atomic.Bool
	p := startProcessOver(t, "nats://pipe", func(context.Context, string, string) (net.Conn, error) {
		if dialled.Swap(true) {
			return nil, net.ErrClosed
		}
		return conn, nil
	})
	t.Cleanup(func() { close(conn.released) }) // before the bus is closed, which waits for the writing
	p.waitForConnection()
	conn.stalled.Store(true)
	for version := int64(1); p.count("dropped") == 0; version++ {
		p.Publish(live.Hint{Topic: "room", Since: version - 1, Version: version})
	}
}

// stalledConn is a connection to which, once it is stalled, writes neither succeed nor fail until it is released.
type stalledConn struct {
	net.Conn
	stalled  atomic.Bool
	released chan struct{}
}

func (c *stalledConn) Write(data []byte) (int, error) {
	if c.stalled.Load() {
		<-c.released
		return 0, net.ErrClosed
	}
	return c.Conn.Write(data)
}

// serveMinimally is a NATS server that answers pings and ignores everything else.
func serveMinimally(conn net.Conn) {
	fmt.Fprint(conn, "INFO {\"proto\":1,\"max_payload\":1048576}\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if lines.Text() == "PING" {
			fmt.Fprint(conn, "PONG\r\n")
		}
	}
}

func TestCredentialsComeFromTheURLAndAreNotShown(t *testing.T) {
	const password = "s3cr,et#"
	s := startNATS(t, func(o *server.Options) { o.Username, o.Password = "antwon", password })
	hostPort := strings.TrimPrefix(s.ClientURL(), "nats://")
	right := startProcess(t, "nats://antwon:s3cr,et%23@"+hostPort)
	right.waitForConnection()
	wrong := startProcess(t, "nats://antwon:wr0ng@"+hostPort)
	wrong.log.waitFor(t, "Authorization")
	encrypted := startProcess(t, "tls://antwon:wr0ng@"+hostPort) // this server does not offer TLS
	encrypted.log.waitFor(t, "secure connection")
	for _, p := range []*process{right, wrong, encrypted} {
		p.Close()
		p.log.wantCount(t, 0, "wr0ng")
		p.log.wantCount(t, 0, "s3cr")
	}
}

func TestBusConnectsOverWebSockets(t *testing.T) {
	port := testport.Free(t)
	startNATS(t, func(o *server.Options) {
		o.Websocket = server.WebsocketOpts{Host: "127.0.0.1", Port: port, NoTLS: true}
	})
	url := fmt.Sprintf("ws://127.0.0.1:%d", port)
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	hint := live.Hint{Topic: "room", Version: 1}
	a.Publish(hint)
	wantHints(t, b.waitForHints(1), hint)
}
