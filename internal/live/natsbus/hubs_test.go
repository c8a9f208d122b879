package natsbus_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
)

type version int64

func (v version) StateVersion() int64 { return int64(v) }

// database is the truth that several servers share: one topic's version.
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

// commit makes the next version; the hint that it returns is to be published.
func (d *database) commit() live.Hint {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now++
	return live.Hint{Topic: "room", Since: int64(d.now) - 1, Version: int64(d.now)}
}

// replica is a server with a hub, and somebody who watches.
type replica struct {
	*process
	watcher *live.Watcher[version]
}

func startReplica(t *testing.T, url string, db *database, reconcile time.Duration) *replica {
	t.Helper()
	var hub *live.Hub[version]
	made := make(chan struct{})
	var p *process
	p = startProcess(t, url, func(o *natsbus.Options) {
		o.OnConnect = func() {
			<-made
			hub.Reconcile()
			p.connected <- struct{}{}
		}
	})
	hub = live.NewHub(p.Bus, db, live.Options{Reconcile: reconcile})
	close(made)
	t.Cleanup(hub.Close)
	watcher, err := hub.Watch(t.Context(), "room")
	if err != nil {
		t.Fatal(err)
	}
	return &replica{p, watcher}
}

func (r *replica) sees(want live.Hint) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), soon)
	defer cancel()
	for {
		got, err := r.watcher.Next(ctx)
		if err != nil {
			r.Fatalf("version %d does not come: %v", want.Version, err)
		}
		if got.StateVersion() >= want.Version {
			return
		}
	}
}

func TestHubsOfSeveralServers(t *testing.T) {
	const never = time.Hour // compared with these tests

	t.Run("a change at one is seen at the other, long before they reconcile", func(t *testing.T) {
		url, db := startNATS(t).ClientURL(), &database{now: 1}
		a, b := startReplica(t, url, db, never), startReplica(t, url, db, never)
		a.waitForConnection()
		b.waitForConnection()
		for range 20 {
			hint := db.commit()
			a.Publish(hint)
			a.sees(hint)
			b.sees(hint)
		}
	})

	t.Run("without NATS it is seen when they reconcile", func(t *testing.T) {
		db, url := &database{now: 1}, urlOf(freePort(t))
		a, b := startReplica(t, url, db, 50*time.Millisecond), startReplica(t, url, db, 50*time.Millisecond)
		hint := db.commit()
		a.Publish(hint)
		a.sees(hint)
		b.sees(hint)
	})

	t.Run("when NATS is back, what was missed is seen at once", func(t *testing.T) {
		s, db := startNATS(t), &database{now: 1}
		url := s.ClientURL()
		a, b := startReplica(t, url, db, never), startReplica(t, url, db, never)
		a.waitForConnection()
		b.waitForConnection()
		port := portOf(s)
		stop(s)
		a.log.waitFor(t, "is lost")
		b.log.waitFor(t, "is lost")
		hint := db.commit()
		a.Publish(hint)
		startNATS(t, onPort(port))
		a.sees(hint)
		b.sees(hint)
	})
}
