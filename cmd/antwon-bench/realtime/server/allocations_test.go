//go:build linux && !race

// The race detector allocates, too.

package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/seed"
)

// How often the hot path may allocate: as measured when these were written, plus a tenth. Lower them after an
// improvement.
const (
	mostOfDelivery = 0.15 // allocations of one more subscriber who gets a change
	mostOfLike     = 1230 // of a like, from the request to the response and to one subscriber
	mostOfQueue    = 1370 // the same, to a subscriber of all fifty songs
)

// allocating is the program in this process, with clients that allocate next to nothing.
type allocating struct {
	t       *testing.T
	ctx     context.Context
	address string
	room    seed.Room
	version int64 // of the room, which each like raises by one
}

func newAllocating(t *testing.T) *allocating {
	t.Helper()
	dir := t.TempDir()
	s, err := seed.Create(t.Context(), dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	app, err := fixture.OpenApp(t.Context(), "sqlite:"+dir+"/seed.db", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Close)
	if err := app.Database.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	httpServer := newAntwon(&Backend{App: app, seed: s, log: slog.New(slog.DiscardHandler)})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", anyAddress)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- httpServer.Serve(listener) }()
	t.Cleanup(func() {
		_ = httpServer.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return &allocating{t: t, ctx: t.Context(), address: listener.Addr().String(), room: s.Rooms[0]}
}

const (
	itsChanges = "roomQueueChanges(roomId: $r) { version likes { itemId likeCount } }"
	itsQueue   = "roomQueue(roomId: $r) { version items { id likeCount state position " +
		"song { name artists imageUrl durationMs } addedBy { displayName } } }"
)

// subscribe connects subscribers of a field of the room.
func (a *allocating) subscribe(n int, field string) *load.Clients {
	a.t.Helper()
	clients, err := load.New(a.address)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = clients.Close() })
	var subscribers []load.Subscriber
	for i := range n {
		query := `subscription($r: ID!) { ` + field + ` }`
		subscribe, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"r": a.room.ID}})
		if err != nil {
			a.t.Fatal(err)
		}
		token := a.room.Guests[i%len(a.room.Guests)].Token
		subscribers = append(subscribers, load.Subscriber{
			Init: fmt.Sprintf(`{"authorization":"Bearer %s"}`, token), Subscribe: string(subscribe),
		})
	}
	if err := clients.Connect(a.ctx, subscribers, 50); err != nil {
		a.t.Fatal(err)
	}
	return clients
}

// guest is a connection on which a guest likes and unlikes a song.
type guest struct {
	a        *allocating
	conn     net.Conn
	in       *bufio.Reader
	requests [2]string
	next     int
}

func (a *allocating) guest() *guest {
	a.t.Helper()
	conn, err := new(net.Dialer).DialContext(a.ctx, "tcp", a.address)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = conn.Close() })
	g := &guest{a: a, conn: conn, in: bufio.NewReader(conn)}
	for i, mutation := range []string{"likeQueueItem", "unlikeQueueItem"} {
		body := fmt.Sprintf(`{"query":"mutation { %s(itemId: \"%s\") { likeCount } }"}`, mutation, a.room.Items[0])
		g.requests[i] = fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			a.address, a.room.Guests[0].Token, len(body), body)
	}
	return g
}

// like likes or unlikes, and returns when all clients know it.
func (g *guest) like(clients *load.Clients) {
	if _, err := io.WriteString(g.conn, g.requests[g.next%2]); err != nil {
		g.a.t.Fatal(err)
	}
	g.next++
	response, err := http.ReadResponse(g.in, nil)
	if err != nil {
		g.a.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		g.a.t.Fatal(err)
	}
	if !strings.Contains(string(body), `"likeCount":`) {
		g.a.t.Fatalf("not a like: %s", body)
	}
	g.a.version++
	if err := clients.Await(g.a.ctx, 0, g.a.version); err != nil {
		g.a.t.Fatal(err)
	}
}

// allocations returns how often a like that n subscribers get allocates, including its guest and these clients.
func (a *allocating) allocations(n int, field string) float64 {
	a.t.Helper()
	clients, guest := a.subscribe(n, field), a.guest()
	_, digits, _ := strings.Cut(clients.LastMessage(0), `"version":`)
	if _, err := fmt.Sscanf(digits, "%d", &a.version); err != nil {
		a.t.Fatal(err)
	}
	const runs = 199 // and one before them, so that the last one takes the like back
	return testing.AllocsPerRun(runs, func() { guest.like(clients) })
}

func TestAllocationsOfALikeAndOfADelivery(t *testing.T) {
	const few, many = 1, 201
	a := newAllocating(t)
	one := a.allocations(few, itsChanges)
	more := a.allocations(many, itsChanges) // those few are still there
	each := (more - one) / many
	t.Logf("allocations of a like: %.0f, and of each further delivery: %.2f", one, each)
	if one > mostOfLike {
		t.Errorf("a like allocates %.0f times, want at most %d", one, mostOfLike)
	}
	if each > mostOfDelivery {
		t.Errorf("a delivery allocates %.2f times, want at most %v", each, mostOfDelivery)
	}
}

func TestAllocationsOfALikeToAWholeQueue(t *testing.T) {
	a := newAllocating(t)
	queue := a.allocations(1, itsQueue)
	t.Logf("allocations of a like, with one subscriber of the whole queue: %.0f", queue)
	if queue > mostOfQueue {
		t.Errorf("a like allocates %.0f times, want at most %d", queue, mostOfQueue)
	}
}
