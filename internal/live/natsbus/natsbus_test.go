package natsbus_test

import (
	"bufio"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
)

var _ live.Bus = (*natsbus.Bus)(nil)

func TestHintsReachEveryProcessOnce(t *testing.T) {
	url := startNATS(t).ClientURL()
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	first := live.Hint{Topic: "room", Since: 2, Version: 4, Users: []string{"x", "y"}}
	a.Publish(first)
	wantHints(t, a.has(), first) // at once
	wantHints(t, b.hears(1), first)
	second := live.Hint{Topic: "room", Since: 4, Version: 5}
	b.Publish(second)
	wantHints(t, b.has(), first, second)
	wantHints(t, a.hears(2), first, second) // nothing of its own came back before
	if a.count("sent") != 1 || a.count("received") != 1 || a.count("dropped") != 0 || a.count("invalid") != 0 || a.count("connected") != 1 {
		t.Errorf("sent %d, received %d, dropped %d, invalid %d, connected %d",
			a.count("sent"), a.count("received"), a.count("dropped"), a.count("invalid"), a.count("connected"))
	}
}

func wantHints(t *testing.T, got []live.Hint, want ...live.Hint) {
	t.Helper()
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Errorf("heard %#v, want %#v", got, want)
	}
}

func TestUsersTravel(t *testing.T) {
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
	wantHints(t, b.hears(4), sent...)
	if len(a.has()[3].Users) != 65 {
		t.Error("here nobody need be left out")
	}
	a.Publish(live.Hint{Topic: strings.Repeat("x", 20_000), Version: 1})
	a.Publish(sent[0])
	wantHints(t, b.hears(5)[4:], sent[0])
	if a.count("dropped") != 1 {
		t.Errorf("%d dropped, want the one that is too long", a.count("dropped"))
	}
}

func TestServerThatComesLater(t *testing.T) {
	port := freePort(t)
	a, b := startProcess(t, urlOf(port)), startProcess(t, urlOf(port))
	a.log.waitFor(t, "NATS cannot be reached")
	a.Publish(live.Hint{Topic: "room", Version: 1})
	if len(a.has()) != 1 || a.Connected() || a.count("connected") != 0 || a.count("dropped") != 1 {
		t.Errorf("without a server: heard %v, connected %v, %d dropped", a.has(), a.Connected(), a.count("dropped"))
	}
	startNATS(t, onPort(port))
	a.waitForConnection()
	b.waitForConnection()
	late := live.Hint{Topic: "room", Since: 1, Version: 2}
	a.Publish(late)
	wantHints(t, b.hears(1), late) // what could not be sent was not kept
	a.log.wants(t, 1, "cannot be reached")
	a.log.wants(t, 1, "connected to NATS")
}

func TestServerThatRestarts(t *testing.T) {
	first := startNATS(t)
	port := portOf(first)
	a, b := startProcess(t, urlOf(port)), startProcess(t, urlOf(port))
	a.waitForConnection()
	b.waitForConnection()
	stop(first)
	a.log.waitFor(t, "is lost")
	b.log.waitFor(t, "is lost")
	a.Publish(live.Hint{Topic: "room", Version: 1})
	if len(a.has()) != 1 || a.Connected() {
		t.Errorf("heard %v, connected %v", a.has(), a.Connected())
	}
	startNATS(t, onPort(port))
	a.waitForConnection()
	b.waitForConnection()
	hint := live.Hint{Topic: "room", Since: 1, Version: 2}
	a.Publish(hint)
	wantHints(t, b.hears(1), hint)
	a.log.wants(t, 1, "level=WARN")
	a.log.wants(t, 2, "connected to NATS")
}

func TestGarbageIsCountedAndIgnored(t *testing.T) {
	url := startNATS(t).ClientURL()
	p, conn := startProcess(t, url), stranger(t, url)
	p.waitForConnection()
	garbage := []string{"", "{", "null", "[]", `{"t":1,"v":2}`, `{"t":"","v":2}`, `{"t":"r","s":3,"v":2}`, `{"t":"r","s":-1,"v":2}`,
		`{"t":"r","v":"2"}`, `{"t":"r","v":1e99}`, `{"t":"r","u":"x"}`, `{"t":"r","v":2}{}`, `{"t":"` + strings.Repeat("x", 100_000) + `"}`, "\xff\x00"}
	for _, message := range append(garbage, `{"t":"room","s":1,"v":2,"u":["x"],"new":true}`) {
		if err := conn.Publish("antwon.hints", []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	wantHints(t, p.hears(1), live.Hint{Topic: "room", Since: 1, Version: 2, Users: []string{"x"}})
	if p.count("invalid") != len(garbage) || p.count("received") != 1 {
		t.Errorf("%d invalid, %d received, want %d and 1", p.count("invalid"), p.count("received"), len(garbage))
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
	theirs.hears(1) // the server has sent it to all whom it sends it to
	another := startProcess(t, url)
	another.waitForConnection()
	hint := live.Hint{Topic: "ours", Version: 1}
	another.Publish(hint)
	wantHints(t, ours.hears(1), hint)
	if _, err := natsbus.Connect(url, natsbus.Options{Prefix: "a.*"}); err == nil {
		t.Error("a prefix with a wildcard was taken")
	}
}

func TestClose(t *testing.T) {
	t.Run("sends what was published, and is local afterwards", func(t *testing.T) {
		url := startNATS(t).ClientURL()
		a, b := startProcess(t, url), startProcess(t, url)
		a.waitForConnection()
		b.waitForConnection()
		for version := range int64(200) {
			a.Publish(live.Hint{Topic: "room", Version: version + 1})
		}
		a.Close()
		b.hears(200)
		a.Publish(live.Hint{Topic: "room", Version: 201})
		if n := len(a.has()); n != 201 {
			t.Errorf("heard %d hints, want 201", n)
		}
		if a.Connected() || a.count("dropped") != 1 {
			t.Errorf("connected %v, %d dropped", a.Connected(), a.count("dropped"))
		}
		a.Close()
		a.log.wants(t, 0, "level=WARN")
	})

	for name, url := range map[string]func(*testing.T) string{
		"a server that is there": func(t *testing.T) string { return startNATS(t).ClientURL() },
		"no server":              func(t *testing.T) string { return urlOf(freePort(t)) },
		"a server that says nothing": func(t *testing.T) string {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { listener.Close() })
			return urlOf(listener.Addr().(*net.TCPAddr).Port)
		},
	} {
		t.Run("ends every goroutine with "+name, func(t *testing.T) {
			url := url(t)
			before := runtime.NumGoroutine()
			for range 3 {
				p := startProcess(t, url)
				p.Publish(live.Hint{Topic: "room", Version: 1})
				p.Close()
			}
			for deadline := time.Now().Add(soon); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					stacks := make([]byte, 1<<16)
					t.Fatalf("%d goroutines before, %d now\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
				}
			}
		})
	}
}

// A server that reads no more blocks nobody: what it does not take is dropped.
func TestPublishNeverWaits(t *testing.T) {
	p := startProcess(t, urlOf(stalledServer(t)))
	p.waitForConnection()
	users := slices.Repeat([]string{"0198c0de-0000-7000-8000-000000000000"}, 60)
	var longest time.Duration
	for version := int64(1); p.count("dropped") == 0; version++ {
		for range 1000 {
			start := time.Now()
			p.Publish(live.Hint{Topic: "room", Since: version - 1, Version: version, Users: users})
			longest = max(longest, time.Since(start))
		}
	}
	if longest > time.Second { // the machine may be busy, but writing to that server takes longer
		t.Errorf("Publish took %v", longest)
	}
}

// stalledServer greets and then reads no more.
func stalledServer(t *testing.T) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			fmt.Fprint(conn, "INFO {\"proto\":1,\"max_payload\":1048576}\r\n")
			for lines := bufio.NewScanner(conn); lines.Scan() && lines.Text() != "PING"; {
			}
			fmt.Fprint(conn, "PONG\r\n")
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestCredentialsComeFromTheURLAndAreNotShown(t *testing.T) {
	const password = "s3cr,et#"
	s := startNATS(t, func(o *server.Options) { o.Username, o.Password = "antwon", password })
	hostPort := strings.TrimPrefix(s.ClientURL(), "nats://")
	right := startProcess(t, "nats://antwon:s3cr,et%23@"+hostPort)
	right.waitForConnection()
	wrong := startProcess(t, "nats://antwon:wr0ng@"+hostPort)
	wrong.log.waitFor(t, "Authorization")
	encrypted := startProcess(t, "tls://antwon:wr0ng@"+hostPort) // which this server does not offer
	encrypted.log.waitFor(t, "secure connection")
	for _, p := range []*process{right, wrong, encrypted} {
		p.Close()
		p.log.wants(t, 0, "wr0ng")
		p.log.wants(t, 0, "s3cr")
	}
}

func TestWebSockets(t *testing.T) {
	port := freePort(t)
	startNATS(t, func(o *server.Options) {
		o.Websocket = server.WebsocketOpts{Host: "127.0.0.1", Port: port, NoTLS: true}
	})
	url := fmt.Sprintf("ws://127.0.0.1:%d", port)
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	hint := live.Hint{Topic: "room", Version: 1}
	a.Publish(hint)
	wantHints(t, b.hears(1), hint)
}
