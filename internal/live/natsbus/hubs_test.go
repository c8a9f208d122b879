package natsbus_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
	"antwon.dj/backend/internal/testport"
)

type version int64

func (v version) StateVersion() int64 { return int64(v) }

// database has the version of one topic, which several servers share.
type database struct {
	mu  sync.Mutex
	now version
}

func (d *database) Load(context.Context, string, version, live.AffectedUsers) (version, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now, nil
}

func (d *database) Versions(_ context.Context, topics []string) (map[string]int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return map[string]int64{"room": int64(d.now)}, nil
}

// commit creates the next version and returns its hint, which it does not publish.
func (d *database) commit() live.Hint {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now++
	return live.Hint{Topic: "room", Since: int64(d.now) - 1, Version: int64(d.now)}
}

// node is a server with a hub and a watcher.
type node struct {
	*process
	watcher *live.Watcher[version]
}

func startNode(t *testing.T, url string, db *database, reconcile time.Duration) *node {
	t.Helper()
	var hub *live.Hub[version]
	hubMade := make(chan struct{})
	var p *process
	p = startProcess(t, url, func(o *natsbus.Options) {
		o.OnConnect = func() {
			<-hubMade
			hub.Reconcile()
			p.connected <- struct{}{}
		}
	})
	hub = live.NewHub(p.Bus, db, live.Options{Reconcile: reconcile})
	close(hubMade)
	t.Cleanup(hub.Close)
	watcher, err := hub.Watch(t.Context(), "room")
	if err != nil {
		t.Fatal(err)
	}
	return &node{p, watcher}
}

// waitForVersion waits until the watcher has seen the hint's version or a later one.
func (n *node) waitForVersion(hint live.Hint) {
	n.Helper()
	ctx, cancel := context.WithTimeout(n.Context(), timeout)
	defer cancel()
	for {
		got, err := n.watcher.Next(ctx)
		if err != nil {
			n.Fatalf("the watcher did not see version %d: %v", hint.Version, err)
		}
		if got.StateVersion() >= hint.Version {
			return
		}
	}
}

func TestHubsOfSeveralServers(t *testing.T) {
	const never = time.Hour // longer than these tests run

	t.Run("a change at one is seen at the other without reconciling", func(t *testing.T) {
		url, db := startNATS(t).ClientURL(), &database{now: 1}
		a, b := startNode(t, url, db, never), startNode(t, url, db, never)
		a.waitForConnection()
		b.waitForConnection()
		for range 20 {
			hint := db.commit()
			a.Publish(hint)
			a.waitForVersion(hint)
			b.waitForVersion(hint)
		}
	})

	t.Run("without NATS a change is seen when the hubs reconcile", func(t *testing.T) {
		db, url := &database{now: 1}, urlOf(testport.Free(t))
		a, b := startNode(t, url, db, 50*time.Millisecond), startNode(t, url, db, 50*time.Millisecond)
		hint := db.commit()
		a.Publish(hint)
		a.waitForVersion(hint)
		b.waitForVersion(hint)
	})

	t.Run("when NATS is back, missed changes are seen without waiting for the interval", func(t *testing.T) {
		s, db := startNATS(t), &database{now: 1}
		url := s.ClientURL()
		a, b := startNode(t, url, db, never), startNode(t, url, db, never)
		a.waitForConnection()
		b.waitForConnection()
		port := portOf(s)
		stop(s)
		a.log.waitFor(t, "is lost")
		b.log.waitFor(t, "is lost")
		hint := db.commit()
		a.Publish(hint)
		startNATS(t, onPort(port))
		a.waitForVersion(hint)
		b.waitForVersion(hint)
	})
}
