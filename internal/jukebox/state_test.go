package jukebox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestWatcherReceivesEveryChange(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		watcher, err := p.Watch(p.join("Gina"), p.room.ID)
		p.must(err)
		defer watcher.Close()
		ctx, cancel := context.WithTimeout(p.Context(), soon)
		defer cancel()
		see := func(want string) *party.State {
			t.Helper()
			state, err := watcher.Next(ctx)
			p.must(err)
			p.expect("seen", songs(state.Queue), want)
			return state
		}
		see("")
		one := p.add(p.host, 1)
		see("1")
		two := p.add(p.host, 2)
		see("1 2")
		p.like(p.host, two)
		see("2 1")
		p.step(party.PlaybackStep{CommitItem: one.ID})
		see("1 2")
		p.step(party.PlaybackStep{StartedItem: one.ID, Playback: &party.Playback{
			Status: party.Playing, Item: one, ProgressMS: pointer(1200), Health: party.HealthOK,
			Device: &party.Device{
				ID: "d1", Name: "Kitchen", Type: "Speaker", IsActive: true, VolumePercent: pointer(40), FixedVolume: true,
			},
		}})
		state := see("2")
		if now := state.Playback; now.Item == nil || now.Item.ID != one.ID || now.Song.Name != "Song 1" ||
			now.Device.Name != "Kitchen" || *now.Device.VolumePercent != 40 || now.Device.SupportsVolume() ||
			*now.ProgressMS != 1200 || state.NowPlaying.Position != nil {
			p.Errorf("playback %+v", now)
		}
		_, err = p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		if last := see("2"); last.Status != party.Closed || last.NowPlaying != nil || last.Playback.Status != party.Idle {
			p.Errorf("last state %+v", last)
		}
	})
}

// client applies differences as a phone does, and learns about the queue only from them.
type client struct {
	version *int64
	order   []string
	items   map[string]*party.QueueItem
}

func (c *client) apply(change party.RoomQueueChange) {
	if change.Reset {
		c.order, c.items = nil, map[string]*party.QueueItem{}
	}
	for _, id := range change.RemovedIDs {
		delete(c.items, id)
		c.order = slices.DeleteFunc(c.order, func(other string) bool { return other == id })
	}
	for _, item := range change.Upserted {
		c.items[item.ID] = item
	}
	for _, liked := range change.Likes {
		item := *c.items[liked.ItemID]
		item.LikeCount = liked.LikeCount
		c.items[liked.ItemID] = &item
	}
	if change.Order != nil {
		c.order = change.Order
	}
	for _, moved := range change.Moved {
		c.order = slices.DeleteFunc(c.order, func(other string) bool { return other == moved.ItemID })
	}
	for _, moved := range change.Moved {
		c.order = slices.Insert(c.order, moved.Position-1, moved.ItemID)
	}
	c.version = &change.Version
}

func (c *client) shows() string {
	var lines []string
	for i, id := range c.order {
		item := c.items[id]
		lines = append(lines, fmt.Sprintf("%d %s", i+1, shown(item)))
	}
	return strings.Join(lines, "\n")
}

// shown returns what a client shows of an item, besides its position.
func shown(item *party.QueueItem) string {
	line := fmt.Sprintf("%s %d %s %s, held %v", item.ID, item.LikeCount, item.State, item.Song.Name, item.Refusal)
	if item.AddedBy != nil {
		line += ", added by " + item.AddedBy.DisplayName
	}
	if item.Pin != nil {
		line += fmt.Sprintf(", pinned %+v", *item.Pin)
	}
	return line
}

func queueOf(state *party.State) string {
	var lines []string
	for _, item := range state.Queue {
		lines = append(lines, fmt.Sprintf("%d %s", *item.Position, shown(item)))
	}
	return strings.Join(lines, "\n")
}

// Servers load at different times and so have different states, and clients move between servers. A client that applies
// the differences of any server shows the same queue as that server.
func TestAppliedDifferencesReproduceTheQueue(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		seed := rand.Uint64()
		p.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		replicas := make([]*party.State, 3)
		clients := make([]client, 12)
		guests := []context.Context{p.host, p.join("A"), p.join("B"), p.join("C")}
		for n := range 300 {
			if n%50 == 0 {
				p.settle(party.SettingsChange{OrderMode: &orderModes[n/50%len(orderModes)], CooldownMinutes: pointer(0)})
			}
			p.anyChange(random, guests)
			i := random.IntN(len(replicas))
			if random.IntN(3) == 0 {
				replicas[i] = nil // this server was restarted
			}
			if random.IntN(2) == 0 {
				state, err := p.LoadState(p.Context(), p.room.ID, replicas[i])
				p.must(err)
				replicas[i] = state
			}
			if replicas[i] == nil {
				continue
			}
			c := &clients[random.IntN(len(clients))]
			if stray := random.Int64N(1000); random.IntN(10) == 0 { // a version that no client can have
				if change := replicas[i].QueueChange(&stray); change.Reset {
					c.apply(change)
					p.expect("client shows", c.shows(), queueOf(replicas[i]))
				}
			}
			if c.version != nil && *c.version > replicas[i].Version {
				continue // this server has to load first
			}
			c.apply(replicas[i].QueueChange(c.version))
			p.expect("client shows", c.shows(), queueOf(replicas[i]))
			if fresh := p.state(); fresh.Version == replicas[i].Version {
				p.expect("a restarted server shows", queueOf(fresh), queueOf(replicas[i]))
			}
		}
	})
}

// anyChange makes one random change of any kind that affects a queue. It may be refused.
func (p *fixture) anyChange(random *rand.Rand, guests []context.Context) {
	p.Helper()
	state, who := p.state(), guests[random.IntN(len(guests))]
	var item *party.QueueItem
	if len(state.Queue) > 0 {
		item = state.Queue[random.IntN(len(state.Queue))]
	}
	switch n := random.IntN(48); {
	case n == 0:
		p.settle(party.SettingsChange{Blocked: [][]string{{}, {artist(random.IntN(10))}}[random.IntN(2)]})
	case n == 1:
		p.settle(party.SettingsChange{RequireApproval: pointer(random.IntN(2) == 0), TrustedAfter: pointer(100)})
	case n < 6:
		_, _ = p.Undo(who, p.room.ID, nil)
	case n < 10:
		s, err := p.catalog.Song(p.Context(), "", uri(random.IntN(300)))
		p.must(err)
		p.step(party.PlaybackStep{Fallback: []party.Song{s}})
	case n < 18 && len(state.Awaiting) > 0:
		_, err := p.ApproveItem(p.host, state.Awaiting[random.IntN(len(state.Awaiting))].ID)
		p.must(err)
	case n < 22 && item != nil: // withdrawn, passed to the next owner, or refused
		_, _ = p.RemoveQueueItem(who, item.ID, nil)
	case len(state.Settings.Blocked) > 0 && n < 40 && item != nil:
		_, _ = p.LikeQueueItem(who, item.ID, nil)
	case len(state.Settings.Blocked) > 0:
		p.playOn(state)
	default:
		p.randomChange(random, guests)
	}
}

// randomChange makes one random change that no rule refuses.
func (p *fixture) randomChange(random *rand.Rand, guests []context.Context) {
	p.Helper()
	state, err := p.LoadState(p.Context(), p.room.ID, nil)
	p.must(err)
	who := guests[random.IntN(len(guests))]
	var item *party.QueueItem
	if len(state.Queue) > 0 {
		item = state.Queue[random.IntN(len(state.Queue))]
	}
	switch n := random.IntN(10); {
	case n < 4 || item == nil:
		p.add(who, random.IntN(300))
	case n < 7 && item.State == party.Queued:
		p.like(who, item)
	case n == 7 && item.State == party.Queued:
		_, err = p.UnlikeQueueItem(who, item.ID, nil)
	case n == 8 && random.IntN(3) == 0 && item.State == party.Queued:
		until := []party.PinRule{party.UntilPlayed, party.UntilOvertaken}[random.IntN(2)]
		var likes *int
		if until == party.UntilOvertaken {
			likes = pointer(1 + random.IntN(2))
		}
		_, err = p.PinItem(p.host, item.ID, 1+random.IntN(6), until, likes)
	case n == 8 && item.Pin != nil && item.State == party.Queued:
		_, err = p.UnpinItem(p.host, item.ID)
	case n == 8:
		_, err = p.RemoveQueueItem(p.host, item.ID, nil)
	default:
		p.playOn(state)
	}
	p.must(err)
}

// playOn lets the player start the committed song or, without one, commits the next.
func (p *fixture) playOn(state *party.State) {
	p.Helper()
	committed, next := state.Committed(), state.NextToPlay(time.Now())
	switch {
	case committed != nil:
		step := party.PlaybackStep{StartedItem: committed.ID}
		if state.NowPlaying != nil {
			step.EndedItem = state.NowPlaying.ID
		}
		p.step(step)
	case next != nil:
		p.step(party.PlaybackStep{CommitItem: next.ID})
	}
}

func TestQueueDifferenceResetsBeyondRememberedRemovals(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		old := state.Version
		for range 6 {
			for tens := range 10 { // on MySQL the songs of one room are added one after the other, and none may wait long
				var adding sync.WaitGroup
				for n := range 10 {
					adding.Go(func() { p.add(p.host, 10*tens+n) })
				}
				adding.Wait()
			}
			_, err = p.ClearQueue(p.host, p.room.ID, nil)
			p.must(err)
			state, err = p.LoadState(p.Context(), p.room.ID, state)
			p.must(err)
		}
		if change := state.QueueChange(&old); !change.Reset {
			p.Errorf("a difference of 600 removed songs has %d removed ids, want a reset", len(change.RemovedIDs))
		}
		recent := state.Version - 1
		if change := state.QueueChange(&recent); change.Reset || len(change.RemovedIDs) != 100 {
			p.Errorf("after the last clearing: reset %v, %d removed ids; want 100 ids", change.Reset, len(change.RemovedIDs))
		}
	})
}
