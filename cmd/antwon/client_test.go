package main_test

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const clientSecret = "a secret of the tests, long enough"

// client is graphql-ws's client in a process of its own, with the reference client on top if it follows a queue.
type client struct {
	*script
	server *server
}

// startClient starts a client that connects with token and these options of graphql-ws; see session.mjs.
func (s *server) startClient(token func() string, options string) *client {
	s.t.Helper()
	return &client{startScript(s.t, token, "session.mjs", "ws"+strings.TrimPrefix(s.url, "http")+"/graphql", options), s}
}

func (c *client) follow(roomID string) {
	c.do(map[string]any{"do": "follow", "roomId": roomID})
}

func (c *client) subscribe(id, query string, variables map[string]any) {
	c.do(map[string]any{"do": "subscribe", "id": id, "query": query, "variables": variables})
}

// eventually waits until the client has reported n events of this name and id.
func (c *client) eventually(n int, name, id string) {
	c.t.Helper()
	c.server.eventually(fmt.Sprintf("the client to report %d × %s %s", n, name, id), func() bool {
		return len(c.told(named(name, id))) >= n || c.gone()
	})
}

// shown is the queue as the reference client has it.
func (c *client) shown() []item {
	queues := c.told(named("queue", ""))
	if len(queues) == 0 {
		return nil
	}
	return queues[len(queues)-1].Items
}

// showsQueueOf waits until the client has the queue that the server returns to this user over HTTP.
func (c *client) showsQueueOf(u *user, roomID string) {
	c.t.Helper()
	c.server.eventually("the client to show the server's queue", func() bool {
		return reflect.DeepEqual(c.shown(), u.queue(roomID))
	})
}

// The reference client is subscribed to a queue. Its server is killed while guests like songs, and later stopped for an
// update while they do. The client resumes by itself from its version, and no acknowledged like is missing.
func TestReferenceClientSurvivesRestarts(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off", "ANTWON_FEED_INTERVAL=1ms")
	host := s.login("Hanna")
	roomID := host.openRoom("FOLLOW")
	guest := s.join("FOLLOW", "Gina")
	c := s.startClient(func() string { return guest.token }, `{"reconnect": true, "retryWait": 100}`)
	c.follow(roomID)
	c.eventually(1, "queue", "")
	for _, uri := range guest.search(roomID, "a", 20) {
		guest.add(roomID, uri)
	}
	songs := guest.queue(roomID)
	guest.like(songs[len(songs)-1])
	guest.remove(songs[1])
	c.showsQueueOf(host, roomID)

	c.survives(func() []*liker { return s.likeUntil(os.Kill, "FOLLOW", guest.queue(roomID)) }, host, roomID)
	if n := c.closedWith(1012); n != 0 {
		t.Errorf("a killed server sent %d closes with 1012", n)
	}
	guest.unlike(songs[len(songs)-1])
	c.showsQueueOf(host, roomID)
	c.survives(func() []*liker { return s.likeUntil(syscall.SIGTERM, "FOLLOW", guest.queue(roomID)) }, host, roomID)
	if c.closedWith(1012) == 0 {
		t.Error("a server that stops sent no close with 1012")
	}
	if n := len(c.told(named("connected", ""))); n != 3 {
		t.Errorf("%d connections, want three", n)
	}
	host.closeRoom(roomID)
	c.eventually(1, "ended", "")
	if ended := c.told(named("ended", ""))[0]; ended.Errors != nil || ended.Message != "" {
		t.Errorf("the room was closed, and following it ended with %+v", ended)
	}
	c.check()
}

// survives calls stop, which stops the server during likes, waits until the client has failed to connect, and starts
// the server again. Then the client has to show the server's queue, and no acknowledged like may be lost.
func (c *client) survives(stop func() []*liker, host *user, roomID string) {
	c.t.Helper()
	closes := len(c.told(named("closed", "")))
	likers := stop()
	c.eventually(closes+2, "closed", "")
	c.server.start()
	missing, acknowledged := lost(roomID, likers)
	if missing > 0 {
		c.t.Errorf("%d of %d acknowledged likes are lost", missing, acknowledged)
	}
	c.showsQueueOf(host, roomID)
	c.t.Logf("stopped after %d acknowledged likes", acknowledged)
}

func (c *client) closedWith(code float64) int {
	return len(c.told(func(e event) bool { return e.Event == "closed" && e.Code == code }))
}

// check verifies the client's reports while it was subscribed: its versions only grew, and it asked only for changes
// that it did not have yet.
func (c *client) check() {
	c.t.Helper()
	got := c.finish()
	c.t.Logf("%d versions, %d connects, %d of them acknowledged, closed with %v", len(got.Versions), got.Connects,
		got.Acknowledged, got.Closes)
	for i, v := range got.Versions[1:] {
		before := got.Versions[i]
		if v.Version < before.Version || v.Version == before.Version && !v.Reset && !v.Empty {
			c.t.Errorf("%+v came after %+v", v, before)
		}
	}
	var has *int // the version that the client has
	for _, e := range c.told(func(e event) bool { return e.Event == "queue" || e.Event == "asked" }) {
		switch {
		case e.Event == "queue":
			has = &e.Version
		case !reflect.DeepEqual(e.Since, has):
			c.t.Errorf("the client asked to go on from %s, and had %s", show(e.Since), show(has))
		}
	}
}

func show(version *int) string {
	if version == nil {
		return "nothing"
	}
	return fmt.Sprintf("version %d", *version)
}

// liker is a guest, and the items whose likes the server has acknowledged.
type liker struct {
	*user
	acknowledged []string
}

// likeUntil lets guests like all items at once, and stops the server while they do.
func (s *server) likeUntil(signal os.Signal, code string, items []item) []*liker {
	s.t.Helper()
	likers := make([]*liker, 12)
	for i := range likers {
		likers[i] = &liker{user: s.join(code, "Guest")}
	}
	var all sync.WaitGroup
	begun := make(chan bool, len(likers)*len(items)) // one for each like, so that likers never wait for the stop
	for _, l := range likers {
		all.Go(func() {
			for _, item := range items {
				const like = `mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }`
				if err := l.try(nil, like, map[string]any{"i": item.ID}); err != nil {
					return
				}
				l.acknowledged = append(l.acknowledged, item.ID)
				begun <- true
			}
		})
	}
	for range cap(begun) / 3 {
		<-begun
	}
	s.stop(signal)
	all.Wait()
	return likers
}

// lost counts the acknowledged likes that are missing.
func lost(roomID string, likers []*liker) (lost, acknowledged int) {
	for _, l := range likers {
		liked := l.liked(roomID)
		for _, id := range l.acknowledged {
			if !liked[id] {
				lost++
			}
			acknowledged++
		}
	}
	return lost, acknowledged
}

func (u *user) queue(roomID string) []item {
	u.t.Helper()
	var got struct {
		Room struct{ Queue struct{ Items []item } }
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) { queue { items { id song { uri name } likeCount state position } } } }`,
		map[string]any{"r": roomID})
	return got.Room.Queue.Items
}

func (u *user) unlike(liked item) {
	u.t.Helper()
	u.ask(nil, `mutation($i: ID!) { unlikeQueueItem(itemId: $i) { likeCount } }`, map[string]any{"i": liked.ID})
}

func (u *user) remove(added item) {
	u.t.Helper()
	u.ask(nil, `mutation($i: ID!) { removeQueueItem(itemId: $i) { version } }`, map[string]any{"i": added.ID})
}

// The token expires while the client is subscribed: the server closes the connection, and the client gets a fresh token
// and resumes.
func TestReferenceClientResumesWithFreshToken(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off", "ANTWON_SESSION_SECRET="+clientSecret)
	roomID := s.login("Hanna").openRoom("EXPIRY")
	guest := s.join("EXPIRY", "Gina")
	lifetimes := []time.Duration{3 * time.Second, time.Hour}
	asked := 0
	c := s.startClient(func() string {
		lifetime := lifetimes[min(asked, 1)]
		asked++
		return guest.mint(lifetime)
	}, `{"reconnect": true, "retryWait": 100}`)
	c.follow(roomID)
	c.eventually(1, "connected", "")
	songs := guest.search(roomID, "a", 2)
	guest.add(roomID, songs[0])
	c.showsQueueOf(guest, roomID)
	c.eventually(1, "closed", "")
	guest.add(roomID, songs[1])
	c.showsQueueOf(guest, roomID)
	if closed := c.told(named("closed", "")); len(closed) != 1 || closed[0].Code != 4403.0 {
		t.Errorf("closed with %+v, want once with 4403", closed)
	}
	c.do(map[string]any{"do": "stop"})
	c.eventually(1, "ended", "")
	c.check()
}

// mint returns a token like the user's, with another lifetime, in whole seconds.
func (u *user) mint(lifetime time.Duration) string {
	u.t.Helper()
	claims := jwt.MapClaims{}
	mine, _, err := jwt.NewParser().ParseUnverified(u.token, claims)
	if err != nil {
		u.t.Error(err)
		return ""
	}
	claims["exp"] = time.Now().Add(lifetime).Unix()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	unsigned.Header["kid"] = mine.Header["kid"]
	token, err := unsigned.SignedString([]byte(clientSecret))
	if err != nil {
		u.t.Error(err)
	}
	return token
}

// The server closes the connection of a client with a wrong token, with a close status on which graphql-ws retries. The
// client retries as often as it was configured to, with backoff, and then gives up.
func TestClientWithWrongTokenGivesUp(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db")
	c := s.startClient(func() string { return "garbage" }, `{"retryAttempts": 2}`)
	c.subscribe("viewer", `{ viewer { email } }`, nil)
	c.eventually(1, "error", "viewer")
	if failed := c.told(named("error", "")); failed[0].Code != 4403.0 {
		t.Errorf("the client gave up with %+v, want the close code 4403", failed[0])
	}
	got := c.finish()
	if got.Connects != 3 || got.Acknowledged != 0 || !maps.Equal(got.Closes, map[string]int{"4403": 3}) {
		t.Errorf("%+v, want three connects, all closed with 4403", got)
	}
}

// Several operations share one socket. When one of them completes or is refused, the others continue.
func TestOperationsOnOneSocketAreIndependent(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	roomID, otherID := s.login("Hanna").openRoom("SOCKET"), s.login("Otto").openRoom("OTHERS")
	guest := s.join("SOCKET", "Gina")
	added := guest.add(roomID, guest.search(roomID, "a", 1)[0])
	c := s.startClient(func() string { return guest.token }, `{"lazy": false, "reconnect": true, "retryWait": 100}`)
	const queue = `subscription($r: ID!) { roomQueue(roomId: $r) { version items { likeCount } } }`
	room, others := map[string]any{"r": roomID}, map[string]any{"r": otherID}
	c.subscribe("one", queue, room)
	c.subscribe("other", queue, room)
	c.subscribe("player", `subscription($r: ID!) { playback(roomId: $r) { status } }`, room)
	c.subscribe("refused", queue, others)
	c.subscribe("invalid", `subscription { nothing }`, nil)
	c.follow(otherID)
	c.refused("refused", "FORBIDDEN")
	c.refused("invalid", "GRAPHQL_VALIDATION_FAILED")
	c.eventually(1, "ended", "")
	if errs := c.told(named("ended", ""))[0].Errors; len(errs) != 1 || errs[0].Extensions.Code != "FORBIDDEN" {
		t.Errorf("subscribing to a room as a non-member ended with %+v", errs)
	}
	for _, id := range []string{"one", "other", "player"} {
		c.eventually(1, "next", id)
	}
	c.do(map[string]any{"do": "unsubscribe", "id": "one"})
	c.eventually(1, "complete", "one")
	c.subscribe("like", `mutation($i: ID!) { likeQueueItem(itemId: $i) { likeCount } }`, map[string]any{"i": added.ID})
	c.eventually(1, "complete", "like")
	if got := string(c.told(named("next", "like"))[0].Data); got != `{"likeQueueItem":{"likeCount":1}}` {
		t.Errorf("a mutation over the socket: %s", got)
	}
	c.eventually(2, "next", "other")

	for id, want := range map[string]string{
		"one": "next complete", "other": "next next", "player": "next", "like": "next complete",
	} {
		if got := c.sink(id); got != want {
			t.Errorf("%s got %s, want %s", id, got, want)
		}
	}
	if got := c.finish(); got.Connects != 1 {
		t.Errorf("%d connects, want one", got.Connects)
	}
}

// refused waits for a refusal: an error and nothing more.
func (c *client) refused(id, code string) {
	c.t.Helper()
	var told []event
	c.server.eventually(id+" to be refused", func() bool {
		told = c.told(func(e event) bool { return e.ID == id && e.Errors != nil })
		return c.sink(id) == "error"
	})
	if len(told) != 1 || told[0].Errors[0].Extensions.Code != code {
		c.t.Errorf("%s: %+v, want %s", id, told, code)
	}
}

// sink returns the names of the operation's callbacks that were called, in order.
func (c *client) sink(id string) string {
	var names []string
	for _, e := range c.told(func(e event) bool { return e.ID == id }) {
		names = append(names, e.Event)
	}
	return strings.Join(names, " ")
}
