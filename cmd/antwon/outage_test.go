package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
)

// outage is a server whose database is behind a proxy that can lose requests and answers.
type outage struct {
	*server
	database *testdb.PrivateServer
	proxy    *testdb.Proxy
	host     *user
	roomID   string
	songs    []string
}

// startOutage starts a server on a database of its own, with a room in which songs play for two seconds.
func startOutage(t *testing.T, env ...string) *outage {
	t.Helper()
	binary(t)
	o := &outage{database: testdb.Private(t)}
	o.proxy = testdb.StartProxy(t, o.database.Addr())
	o.server = startServer(t, o.proxy.URL(o.database.PartyURL()), append(env, "ANTWON_DEMO_SONG_SECONDS=2")...)
	o.host = o.login("Hanna")
	o.roomID = o.host.openRoom("OUTAGE")
	o.songs = o.host.search(o.roomID, "the", 20)
	o.log.Allow("could not renew the node", "the room's player could not be driven", "could not store presence")
	return o
}

// eventually waits until happened returns true, and logs how long that took. It sets no narrower limit than other tests
// do, because the time depends on how busy the machine is; what these tests are about would last far longer.
func (o *outage) eventually(what string, happened func() bool) {
	o.t.Helper()
	began := time.Now()
	o.server.eventually(what, happened)
	o.t.Logf("%s: after %.1f s", what, time.Since(began).Seconds())
}

// acts adds a song, as a guest does, and returns the error. It may be called again: the song is added once.
func (u *user) acts(roomID, uri string) error {
	return u.try(nil, `mutation($r: ID!, $u: String!) {
		addSong(roomId: $r, songUri: $u, idempotencyKey: $u) { alreadyQueued }
	}`, map[string]any{"r": roomID, "u": uri})
}

func (s *server) readiness() int {
	response, err := get(s.url + "/readyz")
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// The network silently loses one COMMIT, or the answer to it. The room used to hang until the connection was reset, and
// if the COMMIT was that of a renewal of the node, the music stopped for good.
func TestRoomGoesOnAfterTheNetworkLostACommit(t *testing.T) {
	t.Parallel()
	o := startOutage(t)
	guests := []*user{o.join("OUTAGE", "Gina"), o.join("OUTAGE", "Gustav")}
	goroutines, descriptors := o.metric("go_goroutines"), o.metric("process_open_fds")
	next := 0
	for name, lose := range map[string]func(texts ...string){
		"the answer": o.proxy.LoseAnswer, "the request": o.proxy.LoseRequest,
	} {
		lose("INSERT INTO `queue_items`", "COMMIT")
		o.eventually(name+" of a song's COMMIT: the song is in the queue", func() bool {
			return guests[0].acts(o.roomID, o.songs[next]) == nil
		})
		next++
		if !o.proxy.HasLost() {
			t.Fatal("nothing was lost, so this test shows nothing")
		}
		o.eventually(name+" of a song's COMMIT: the next one is, too", func() bool {
			return guests[1].acts(o.roomID, o.songs[next]) == nil
		})
		next++
		lose("UPDATE `nodes`", "COMMIT")
		o.eventually("it to be lost", o.proxy.HasLost)
		renewed := o.metric("antwon_playback_alive_until")
		o.eventually(name+" of a renewal's COMMIT: the node is renewed", func() bool {
			return o.metric("antwon_playback_alive_until") > renewed
		})
		o.eventually(name+" of a renewal's COMMIT: a song is added", func() bool {
			return o.host.acts(o.roomID, o.songs[next]) == nil
		})
		o.eventually(name+" of a renewal's COMMIT: it plays", func() bool {
			return o.host.hasHeard(o.roomID, o.songs[next])
		})
		next++
	}
	o.eventually("what waited to be gone", func() bool {
		return o.metric("go_goroutines") < goroutines+30 && o.metric("process_open_fds") < descriptors+10
	})
}

// A server whose database no longer answers stops on SIGTERM. It used to ignore the signal.
func TestServerWithASilentDatabaseStops(t *testing.T) {
	t.Parallel()
	o := startOutage(t)
	guest := o.join("OUTAGE", "Gina")
	o.proxy.LoseAll()
	o.proxy.Silence(true)
	acting := make(chan error, 1)
	go func() { acting <- guest.acts(o.roomID, o.songs[0]) }()
	o.eventually("not ready", func() bool { return o.readiness() == http.StatusServiceUnavailable })
	began := time.Now()
	o.stop(syscall.SIGTERM)
	t.Logf("stopped after %.1f s", time.Since(began).Seconds())
	<-acting
}

// A primary that became a replica refuses all writes. The pool used to stay with it for up to an hour, although a new
// connection would have found the new primary; guests got internal errors, and their retries used up their rate limits.
func TestServerFindsTheNewPrimaryAfterAFailOver(t *testing.T) {
	t.Parallel()
	o := startOutage(t)
	guest := o.join("OUTAGE", "Gina")
	refused := func(what string) {
		t.Helper()
		answer := guest.post(t, `mutation($r: ID!, $u: String!) { addSong(roomId: $r, songUri: $u) { alreadyQueued } }`,
			map[string]any{"r": o.roomID, "u": o.songs[0]})
		if len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "UPSTREAM_UNAVAILABLE" ||
			answer.Errors[0].Extensions.RetryAfterMs == 0 {
			t.Errorf("%s: %+v", what, answer)
		}
	}
	o.database.Exec("SET GLOBAL read_only = 1")
	refused("read-only")
	for wave := range 4 { // together twice what a guest may add at once
		var retries sync.WaitGroup
		for range 10 {
			retries.Go(func() {
				if err := guest.acts(o.roomID, o.songs[0]); !strings.HasPrefix(fmt.Sprint(err), "UPSTREAM_UNAVAILABLE") {
					t.Errorf("wave %d of retries: %v", wave, err)
				}
			})
		}
		retries.Wait()
	}
	o.eventually("read-only: not ready", func() bool { return o.readiness() == http.StatusServiceUnavailable })

	// From now on, connections that exist are read-only, and new ones are not.
	o.database.Exec("SET GLOBAL init_connect = 'SET SESSION TRANSACTION READ ONLY'")
	o.database.Exec("KILL CONNECTION USER antwon")
	o.database.Exec("SET GLOBAL read_only = 0")
	refused("the former primary")
	began := time.Now()
	o.database.Exec("SET GLOBAL init_connect = ''")
	o.eventually("a song is added again", func() bool {
		err := guest.acts(o.roomID, o.songs[0])
		if err != nil && !strings.HasPrefix(err.Error(), "UPSTREAM_UNAVAILABLE") {
			t.Error(err)
		}
		return err == nil
	})
	o.eventually("ready again", func() bool { return o.readiness() == http.StatusOK })
	o.eventually("music plays", func() bool { return o.host.hasHeard(o.roomID, o.songs[0]) })
	t.Logf("all of it after %.1f s", time.Since(began).Seconds())
	for i := 1; i < 15; i++ { // the failures have not used up the rate limit
		if err := guest.acts(o.roomID, o.songs[i]); err != nil {
			t.Errorf("song %d: %v", i, err)
		}
	}
}
