package graph_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// lossyBus delivers the hints of another bus, but loses a third of them.
type lossyBus struct {
	*live.LocalBus
	mu     sync.Mutex
	random *rand.Rand
}

func newLossyBus(from live.Bus, seed uint64) *lossyBus {
	b := &lossyBus{LocalBus: live.NewLocalBus(), random: rand.New(rand.NewPCG(seed, 1))}
	from.Subscribe(func(h live.Hint) {
		b.mu.Lock()
		lost := b.random.IntN(3) == 0
		b.mu.Unlock()
		if !lost {
			b.Publish(h)
		}
	})
	return b
}

// Two servers coalesce changes differently, hints get lost, connections break, and clients are slow and reconnect to
// either server. A client that applies the differences still ends with the queue that a query shows.
func TestAppliedDifferencesYieldTheQueue(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		servers := []*server{p.first, p.newServer(newLossyBus(p.bus, seed), 20*time.Millisecond)}
		over := make(chan struct{})
		var followers []*follower
		var running sync.WaitGroup
		failed := make(chan error, 8) // one for each follower
		for n := range cap(failed) {
			f := &follower{}
			followers = append(followers, f)
			who, random := p.join(fmt.Sprintf("Guest %d", n)), rand.New(rand.NewPCG(seed, uint64(n)+2))
			running.Go(func() { failed <- p.follow(f, who, servers, random, over) })
		}
		p.makeHistory(rand.New(rand.NewPCG(seed, 0)), 150)
		close(over)
		p.change(p.addSong(p.host, 9999)) // the change that all of them wait for
		running.Wait()
		for range followers {
			p.must(<-failed)
		}
		want := p.whole()
		resets := 0
		for n, f := range followers {
			if f.shows() != want {
				t.Errorf("follower %d has\n%s\nwant\n%s", n, f.shows(), want)
			}
			resets += f.resets
		}
		t.Logf("%d resets", resets)
	})
}

// change ends the test if a change failed, except if the rules or the present state refused it.
func (p *fixture) change(err error) {
	p.Helper()
	switch party.CodeOf(err) {
	case party.Refused, party.NotFound, party.Conflict:
	default:
		p.must(err)
	}
}

func (p *fixture) addSong(who *person, n int) error {
	_, err := p.first.jukebox.AddSong(who.ctx, p.roomID, uri(n), nil)
	return err
}

// makeHistory changes the room at random: songs are added, liked, unliked, removed, committed and played.
func (p *fixture) makeHistory(random *rand.Rand, changes int) {
	p.Helper()
	guests := []*person{p.host, p.join("A"), p.join("B"), p.join("C")}
	for range changes {
		p.randomChange(random, guests[random.IntN(len(guests))])
		time.Sleep(time.Duration(random.IntN(4)) * time.Millisecond)
	}
}

// randomChange has somebody change the queue.
func (p *fixture) randomChange(random *rand.Rand, who *person) {
	p.Helper()
	j, queue := p.first.jukebox, p.queue()
	if len(queue) == 0 || random.IntN(4) == 0 {
		p.change(p.addSong(who, 1+random.IntN(60)))
		return
	}
	item := queue[random.IntN(len(queue))]
	var err error
	switch random.IntN(12) {
	case 0, 1:
		_, err = j.UnlikeQueueItem(who.ctx, item.ID, nil)
	case 2:
		_, err = j.RemoveQueueItem(p.host.ctx, item.ID, nil)
	case 3:
		err = p.play(queue)
	case 4:
		if random.IntN(8) == 0 {
			_, err = j.ClearQueue(p.host.ctx, p.roomID, nil)
		}
	default:
		_, err = j.LikeQueueItem(who.ctx, item.ID, nil)
	}
	p.change(err)
}

// play commits the head of the queue or, if it is committed already, ends the song that plays and starts the head.
func (p *fixture) play(queue []*party.QueueItem) error {
	driver, first := p.first.jukebox.Driver(), queue[0]
	lease, err := driver.TakeLease(p.Context(), p.roomID, "node")
	if err != nil {
		return err
	}
	if first.State != party.Committed {
		_, err = driver.ApplyPlayback(p.Context(), lease, party.PlaybackStep{CommitItem: first.ID})
		return err
	}
	playing := &party.Playback{Status: party.Playing, Item: first, Health: party.HealthOK}
	step := party.PlaybackStep{EndedItem: p.playing, StartedItem: first.ID, Playback: playing}
	_, err = driver.ApplyPlayback(p.Context(), lease, step)
	if err == nil {
		p.playing = first.ID
	}
	return err
}

func (p *fixture) queue() []*party.QueueItem {
	p.Helper()
	room, err := p.first.jukebox.Room(p.host.ctx, p.roomID)
	p.must(err)
	queue, err := p.first.jukebox.Queue(p.host.ctx, room)
	p.must(err)
	return queue.Items
}

// whole returns the queue as a query shows it.
func (p *fixture) whole() string {
	p.Helper()
	var answer struct {
		Room struct{ Queue struct{ Items []item } }
	}
	const query = `query($r: ID!) { room(id: $r) { queue { items { id likeCount state song { name } } } } }`
	p.first.ask(p.host, query, &answer)
	f := &follower{items: map[string]item{}}
	for _, i := range answer.Room.Queue.Items {
		f.items[i.ID] = i
		f.order = append(f.order, i.ID)
	}
	return f.shows()
}

const changesQuery = `subscription($r: ID!, $since: Int) { roomQueueChanges(roomId: $r, since: $since) {
	version since reset upserted { id likeCount state song { name } } likes { itemId likeCount } removedIds
	moved { itemId position } order } }`

// follow applies the differences over many connections, until it has seen the last change.
func (p *fixture) follow(f *follower, who *person, servers []*server, random *rand.Rand, over <-chan struct{}) error {
	for {
		variables := map[string]any{"r": p.roomID}
		if f.version > 0 {
			variables["since"] = f.version
		}
		feed, err := servers[random.IntN(len(servers))].subscribe(who, changesQuery, variables)
		if err != nil {
			return err
		}
		done, err := f.read(feed, random, over)
		feed.Close()
		if done || err != nil {
			return err
		}
	}
}

// read applies a few differences, or all of them once over is closed.
func (f *follower) read(feed *feed, random *rand.Rand, over <-chan struct{}) (done bool, err error) {
	for left := 1 + random.IntN(10); left > 0; left-- {
		var event struct{ RoomQueueChanges change }
		if err := feed.next(&event); err != nil {
			return false, err
		}
		c := event.RoomQueueChanges
		switch {
		case c.Version < f.version:
			return false, fmt.Errorf("version %d came after version %d", c.Version, f.version)
		case !c.Reset && c.Since > f.version:
			return false, fmt.Errorf("a difference since %d came after version %d", c.Since, f.version)
		case c.Reset && c.Order == nil:
			return false, errors.New("a reset without order")
		}
		f.apply(c)
		if len(f.order) > 0 && f.items[f.order[len(f.order)-1]].Song.Name == "Song 9999" {
			return true, nil
		}
		select {
		case <-over:
			left++ // stay until the end
		case <-time.After(time.Duration(random.IntN(40)) * time.Millisecond):
		}
	}
	return false, nil
}

// A client that reconnects gets one difference if the server knows the client's version, and otherwise the whole queue.
func TestReconnectGetsDifferenceOrReset(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.must(p.addSong(p.host, 1))
		other := p.newServer(live.NewLocalBus(), 0)
		connect := func(s *server, since any) change {
			p.Helper()
			feed, err := s.subscribe(p.host, changesQuery, map[string]any{"r": p.roomID, "since": since})
			p.must(err)
			defer feed.Close()
			var event struct{ RoomQueueChanges change }
			p.must(feed.next(&event))
			return event.RoomQueueChanges
		}
		first := connect(p.first, nil)
		if !first.Reset || len(first.Upserted) != 1 || len(first.Order) != 1 {
			t.Fatalf("without a version: %+v", first)
		}
		connect(other, nil) // so that the other server loads this state, too
		p.must(p.addSong(p.host, 2))
		p.must(p.addSong(p.host, 3))
		for name, s := range map[string]*server{"the same server": p.first, "another server": other} {
			again := connect(s, first.Version)
			if again.Reset || again.Since != first.Version ||
				len(again.Upserted) != 2 || len(again.Moved) != 2 || again.Order != nil {
				t.Errorf("at %s: %+v", name, again)
			}
			if now := connect(s, again.Version); now.Reset || now.Version != again.Version || len(now.Upserted) != 0 {
				t.Errorf("with nothing new, at %s: %+v", name, now)
			}
			if lost := connect(s, again.Version+1000); !lost.Reset || lost.Version != again.Version || len(lost.Upserted) != 3 {
				t.Errorf("with a version that does not exist, at %s: %+v", name, lost)
			}
		}
		fresh := connect(p.newServer(live.NewLocalBus(), 0), first.Version)
		if !fresh.Reset || len(fresh.Upserted) != 3 {
			t.Errorf("at a server that has just started: %+v", fresh)
		}
	})
}
