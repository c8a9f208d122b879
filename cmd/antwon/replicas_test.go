package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	natsserver "github.com/nats-io/nats-server/v2/server"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testport"
)

// Two servers share a MySQL and a NATS. Changes at one server show at the other, also while NATS is down and after it
// is back. When one server is killed, its clients continue at the other. They miss no change and see the same order.
func TestClientsMoveBetweenServersWithoutLoss(t *testing.T) {
	t.Parallel()
	url, port := testdb.MySQL(t), testport.Free(t)
	nats := startNATS(t, port)
	env := []string{
		"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32), fmt.Sprintf("ANTWON_NATS_URL=nats://127.0.0.1:%d", port),
		"ANTWON_DEMO_SONG_SECONDS=3600",
	}
	a := startServer(t, url, env...)
	b := startServer(t, url, append(env, "ANTWON_PLAYBACK=off")...)

	roomID := a.login("Hanna").openRoom("TWINS")
	gina, gustav := a.join("TWINS", "Gina"), b.join("TWINS", "Gustav")
	one := gina.moveBetween(roomID, a, b)
	there := gustav.moveBetween(roomID, b, a)
	see := func(what string, item item, likes int) {
		t.Helper()
		for _, m := range []*roamer{one, there} {
			b.eventually(fmt.Sprintf("%s to be seen by %s", what, m.name), func() bool { return m.likesOf(item) == likes })
		}
	}

	uris := gina.search(roomID, "the", 10)
	gina.add(roomID, uris[0])
	a.eventually("it to play", func() bool { return gina.hears(roomID) != "" })
	first, second := gina.add(roomID, uris[1]), gina.add(roomID, uris[2])
	see("a song added at A", second, 0)
	gustav.like(first)
	see("a like at B", first, 1)
	a.eventually("hints to have come by NATS", func() bool {
		return a.metric(`antwon_nats_hints_total{outcome="received"}`) > 0
	})
	if n := b.metric(`antwon_nats_hints_total{outcome="received"}`); n == 0 {
		t.Error("B got no hint by NATS")
	}

	nats.Shutdown()
	nats.WaitForShutdown()
	a.eventually("A to notice", func() bool { return a.metric("antwon_nats_connected") == 0 })
	b.eventually("B to notice", func() bool { return b.metric("antwon_nats_connected") == 0 })
	gina.like(first)
	gustav.like(second)
	see("a like at A without NATS", first, 2)
	see("a like at B without NATS", second, 1)

	startNATS(t, port)
	b.eventually("NATS to be back", func() bool {
		return a.metric("antwon_nats_connected")+b.metric("antwon_nats_connected") == 2
	})
	before := b.metric(`antwon_nats_hints_total{outcome="received"}`)
	gina.like(second)
	see("a like at A with NATS again", second, 2)
	b.eventually("the hint to have come by NATS", func() bool {
		return b.metric(`antwon_nats_hints_total{outcome="received"}`) > before
	})

	var liking sync.WaitGroup
	liking.Go(func() {
		for range 12 { // more at once would be refused
			gustav.ask(nil, `mutation($i: ID!) { unlikeQueueItem(itemId: $i) { id } }`, map[string]any{"i": second.ID})
			gustav.like(second)
		}
	})
	a.stop(os.Kill)
	liking.Wait()
	see("all that was liked while A was killed", second, 2)
	b.eventually("A's client to move to B", func() bool { return one.moves() > 0 })
	want := gustav.queueOf(roomID)
	for _, m := range []*roamer{one, there} {
		b.eventually("the whole queue to be the same at "+m.name, func() bool {
			_, applied := m.shows()
			return applied == want
		})
		if versions := m.seen(); !slices.IsSorted(versions) {
			t.Errorf("%s saw the versions %v", m.name, versions)
		}
	}
}

func startNATS(t *testing.T, port int) *natsserver.Server {
	t.Helper()
	s, err := natsserver.NewServer(&natsserver.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return s
}

// metric returns the value of a line of /metrics; 0 if there is no such line or no answer.
func (s *server) metric(name string) (value float64) {
	response, err := get(s.url + "/metrics")
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			value, _ = strconv.ParseFloat(strings.TrimSpace(rest), 64) // a line that is not there is 0, too
		}
	}
	return value
}

// queueOf returns the titles in the queue, as a query shows them.
func (u *user) queueOf(roomID string) string {
	u.t.Helper()
	var got struct {
		Room struct{ Queue struct{ Items []item } }
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) { queue { items { id song { name } } } } }`, map[string]any{"r": roomID})
	var names []string
	for _, item := range got.Room.Queue.Items {
		names = append(names, item.Song.Name)
	}
	return strings.Join(names, " | ")
}

// roamer is a client that applies the changes of a queue, and connects to another server when its own is gone.
type roamer struct {
	*screen
	name    string
	user    *user
	roomID  string
	servers []*server
	done    chan struct{}
	running sync.WaitGroup

	// Guarded by screen.mu.
	conn     *websocket.Conn
	versions []int // after each change
	current  bool  // a change came on this connection
	moved    int
}

func (u *user) moveBetween(roomID string, servers ...*server) *roamer {
	u.t.Helper()
	m := &roamer{
		screen: &screen{socket: &socket{t: u.t}, items: map[string]item{}}, name: "the client that began at " +
			servers[0].url,
		user: u, roomID: roomID, servers: servers, done: make(chan struct{}),
	}
	m.running.Go(m.roam)
	u.t.Cleanup(func() {
		close(m.done)
		m.screen.mu.Lock()
		if m.conn != nil {
			_ = m.conn.Close() // it may be closed already
		}
		m.screen.mu.Unlock()
		m.running.Wait()
	})
	return m
}

func (m *roamer) roam() {
	for at := 0; ; at++ {
		if conn := m.connect(m.servers[at%len(m.servers)]); conn != nil {
			m.follow(conn)
		}
		select {
		case <-m.done:
			return
		case <-time.After(50 * time.Millisecond):
		}
		m.screen.mu.Lock()
		m.moved++
		m.screen.mu.Unlock()
	}
}

// connect returns nil if the server does not answer.
func (m *roamer) connect(at *server) *websocket.Conn {
	conn, _, err := dialWebSocket(context.Background(), at.url, nil)
	if err != nil {
		return nil
	}
	m.screen.mu.Lock()
	defer m.screen.mu.Unlock()
	m.conn, m.current = conn, false
	return conn
}

// follow reads changes until the connection ends.
func (m *roamer) follow(conn *websocket.Conn) {
	defer conn.Close()
	m.screen.mu.Lock()
	variables := map[string]any{"r": m.roomID}
	if m.version > 0 {
		variables["since"] = m.version
	}
	m.screen.mu.Unlock()
	_ = conn.WriteJSON(map[string]any{"type": "connection_init",
		"payload": map[string]string{"authorization": "Bearer " + m.user.token}})
	const query = `subscription($r: ID!, $since: Int) { roomQueueChanges(roomId: $r, since: $since) {
		version since reset upserted { id song { name uri } likeCount state } likes { itemId likeCount }
		removedIds moved { itemId position } order
	} }`
	_ = conn.WriteJSON(map[string]any{
		"type": "subscribe", "id": "1", "payload": map[string]any{"variables": variables, "query": query},
	})
	for {
		var message struct {
			Type    string
			Payload struct{ Data json.RawMessage }
		}
		if err := conn.ReadJSON(&message); err != nil {
			return // the server is gone, or the test is over
		}
		if message.Type != "next" {
			continue
		}
		m.onChange(message.Payload.Data)
		m.screen.mu.Lock()
		m.versions, m.current = append(m.versions, m.version), true
		m.screen.mu.Unlock()
	}
}

func (m *roamer) likesOf(i item) int {
	m.screen.mu.Lock()
	defer m.screen.mu.Unlock()
	if known, ok := m.items[i.ID]; ok {
		return known.LikeCount
	}
	return -1
}

func (m *roamer) seen() []int {
	m.screen.mu.Lock()
	defer m.screen.mu.Unlock()
	return m.versions
}

func (m *roamer) moves() int {
	m.screen.mu.Lock()
	defer m.screen.mu.Unlock()
	return m.moved
}
