package main_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testport"
)

// A balancer that asks each server every second whether it is ready, learns of a stop after five refusals, never
// sends a request a second time, and ends connections on which nothing has come for a while.
const balancerConfig = `
global
  maxconn 5000
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client %[1]s
  timeout server %[1]s
  timeout tunnel %[1]s
frontend public
  bind %[2]s
  default_backend servers
backend servers
  balance leastconn
  option httpchk GET /readyz
  http-check expect status 200
  default-server check inter 1s fall 5 rise 1
`

// startBalancer puts haproxy in front of servers and returns a server at the address of haproxy.
func startBalancer(t *testing.T, idle string, servers ...*server) *server {
	t.Helper()
	if _, err := exec.LookPath("haproxy"); err != nil {
		if os.Getenv("ANTWON_TEST_STRICT") == "1" {
			t.Fatalf("haproxy is required here: %v", err)
		}
		t.Skip("a load balancer is left out: there is no haproxy")
	}
	addr := testport.FreeAddress(t)
	text := fmt.Sprintf(balancerConfig, idle, addr)
	for i, s := range servers {
		text += fmt.Sprintf("  server s%d %s\n", i, strings.TrimPrefix(s.url, "http://"))
	}
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	haproxy := exec.CommandContext(context.Background(), "haproxy", "-db", "-f", file) // the cleanup ends it
	haproxy.Stdout, haproxy.Stderr = &log, &log
	if err := haproxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = haproxy.Process.Kill()
		_ = haproxy.Wait()
	})
	front := &server{t: t, url: "http://" + addr, stderr: &output{}}
	front.eventually("the balancer to pass on requests", func() bool {
		response, err := get(front.url + "/readyz")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return front
}

// startPair starts two servers over one MySQL and one NATS.
func startPair(t *testing.T, env ...string) []*server {
	t.Helper()
	url, port := testdb.MySQL(t), testport.Free(t)
	startNATS(t, port)
	env = append([]string{
		"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32), fmt.Sprintf("ANTWON_NATS_URL=nats://127.0.0.1:%d", port),
		"ANTWON_PLAYBACK=off",
	}, env...)
	return []*server{startServer(t, url, env...), startServer(t, url, env...)}
}

// Two servers behind a balancer are replaced one after the other while a thousand phones are connected and guests like
// songs, fifty times a second. The balancer learns of a stop only after five seconds. No like is refused, each counts
// once, and every phone is current soon after it has connected again.
func TestRollingRestartFailsNothing(t *testing.T) {
	const phones, guests, songs, perSecond = 1000, 50, 50, 50
	delay := os.Getenv("ANTWON_TEST_STOP_DELAY") // to see what happens with another delay, or without one
	if delay == "" {
		delay = "8s"
	}
	pair := startPair(t, "ANTWON_STOP_DELAY="+delay, "ANTWON_DRAIN_WINDOW=1s", "ANTWON_FEED_INTERVAL=500ms")
	front := startBalancer(t, "60s", pair...)
	host := pair[0].login("Hanna") // each demo has a simulated Spotify of its own
	roomID := host.openRoom("ROLLING")
	for _, uri := range host.search(roomID, "a", songs) {
		host.add(roomID, uri)
	}
	items := host.queue(roomID)
	before := likeCount(items) // a second release of a recording is a like of the first
	likers := make([]*user, guests)
	for i := range likers {
		likers[i] = front.join("ROLLING", fmt.Sprintf("Gina %d", i))
	}

	followers, stopFollowing := followAll(t, phones, likers, roomID)
	likes := &likesAtARate{perSecond: perSecond}
	restarted := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() { likes.run(likers, items, restarted) })
	for _, s := range pair {
		s.stop(syscall.SIGTERM)
		s.start()
		time.Sleep(3 * time.Second) // until the balancer sends it clients again
	}
	close(restarted)
	work.Wait()

	version := host.roomVersion(roomID)
	front.eventually("every phone to have the newest version", func() bool {
		return !slices.ContainsFunc(followers, func(f *versionFollower) bool { return f.version.Load() < version })
	})
	stopFollowing()
	reconnects, worst := -phones, time.Duration(0) // the last end of a connection is that of the test
	for _, f := range followers {
		reconnects += f.reconnects
		worst = max(worst, f.slowest)
	}
	counted := likeCount(host.queue(roomID)) - before
	t.Logf("%d likes, %d failed; %d reconnects of %d phones, the slowest was current after %v",
		likes.sent, likes.failed.Load(), reconnects, phones, worst.Round(time.Millisecond))
	if failed := likes.failed.Load(); failed > 0 {
		t.Errorf("%d of %d likes failed, the first with %v", failed, likes.sent, likes.first.Load())
	}
	if want := likes.sent - int(likes.failed.Load()); counted < want || counted > likes.sent {
		t.Errorf("%d likes count, want the %d that were acknowledged", counted, want)
	}
	if reconnects < phones {
		t.Errorf("%d reconnects, want at least one for each of %d phones", reconnects, phones)
	}
}

func likeCount(items []item) (sum int) {
	for _, i := range items {
		sum += i.LikeCount
	}
	return sum
}

func (u *user) roomVersion(roomID string) int64 {
	u.t.Helper()
	var got struct {
		Room struct{ Queue struct{ Version int64 } }
	}
	u.ask(&got, `query($r: ID!) { room(id: $r) { queue { version } } }`, map[string]any{"r": roomID})
	return got.Room.Queue.Version
}

// likesAtARate sends likes at a rate: each guest likes each song once.
type likesAtARate struct {
	perSecond int
	sent      int
	failed    atomic.Int64
	first     atomic.Value // the first failure
}

// run likes until it is stopped, or every guest likes every song.
func (l *likesAtARate) run(guests []*user, items []item, stop <-chan struct{}) {
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(time.Second / time.Duration(l.perSecond))
	defer tick.Stop()
	for l.sent < len(guests)*len(items) {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		guest, liked := guests[l.sent%len(guests)], items[l.sent/len(guests)]
		l.sent++
		all.Go(func() {
			err := guest.try(nil, `mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }`, map[string]any{"i": liked.ID})
			if err != nil {
				l.failed.Add(1)
				l.first.CompareAndSwap(nil, err.Error())
			}
		})
	}
}

// versionFollower is a phone that knows only the version of the queue, and connects again when its connection ends.
type versionFollower struct {
	user       *user
	version    atomic.Int64
	reconnects int
	slowest    time.Duration // the longest time from the beginning of a connection to its first event
}

// followAll starts followers, and returns when all have an event. stop ends them.
func followAll(t *testing.T, n int, users []*user, roomID string) (all []*versionFollower, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for i := range n {
		f := &versionFollower{user: users[i%len(users)]}
		all = append(all, f)
		running.Go(func() {
			for ; ctx.Err() == nil; f.reconnects++ {
				f.follow(ctx, roomID)
			}
		})
		if i%50 == 49 { // a little at a time
			users[0].eventually("the phones to connect", func() bool { return f.version.Load() > 0 })
		}
	}
	return all, func() { cancel(); running.Wait() }
}

// follow reads events until the connection ends.
func (f *versionFollower) follow(ctx context.Context, roomID string) {
	begun := time.Now()
	conn, _, err := dialWebSocket(ctx, f.user.url, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	variables := map[string]any{"r": roomID}
	if known := f.version.Load(); known > 0 {
		variables["since"] = known
	}
	_ = conn.WriteJSON(map[string]any{
		"type": "connection_init", "payload": map[string]string{"authorization": "Bearer " + f.user.token},
	})
	_ = conn.WriteJSON(map[string]any{"type": "subscribe", "id": "1", "payload": map[string]any{
		"query":     `subscription($r: ID!, $since: Int) { roomQueueChanges(roomId: $r, since: $since) { version } }`,
		"variables": variables,
	}})
	for first := true; ; {
		_, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		_, rest, found := bytes.Cut(message, []byte(`"version":`))
		if !found {
			continue
		}
		version, err := strconv.ParseInt(string(rest[:bytes.IndexByte(rest, '}')]), 10, 64)
		if err != nil {
			f.user.t.Errorf("an event without a version: %s", message)
			return
		}
		if first {
			f.slowest, first = max(f.slowest, time.Since(begun)), false
		}
		f.version.Store(version)
	}
}

// A balancer ends connections on which nothing comes for a minute. In a room where nothing happens for five minutes,
// the server's pings keep them open. The nightly test uses these times; otherwise the test is ten times as fast.
func TestSilentRoomKeepsItsConnectionsThroughABalancer(t *testing.T) {
	t.Parallel()
	idle, ping, silence := 6*time.Second, 2500*time.Millisecond, 30*time.Second
	if os.Getenv("ANTWON_TEST_NIGHTLY") == "1" {
		idle, ping, silence = 10*idle, 10*ping, 10*silence
	}
	pair := startPair(t, "ANTWON_PING_INTERVAL="+ping.String())
	front := startBalancer(t, idle.String(), pair...)
	host := pair[0].login("Hanna")
	roomID := host.openRoom("SILENCE")
	guest := front.join("SILENCE", "Gina")
	added := host.add(roomID, host.search(roomID, "a", 1)[0])
	followers, stop := followAll(t, 40, []*user{guest}, roomID)
	time.Sleep(silence) // a silence in real time, because haproxy counts it
	guest.like(added)
	version := host.roomVersion(roomID)
	front.eventually("every phone to see the like", func() bool {
		return !slices.ContainsFunc(followers, func(f *versionFollower) bool { return f.version.Load() < version })
	})
	stop()
	for i, f := range followers {
		if f.reconnects > 1 { // the last one is the end of the test
			t.Errorf("phone %d lost its connection", i)
		}
	}
}
