package jukebox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// The hint of a change names the affected users, and that of a shared transaction those of all its changes.
func TestHintsNameAffectedUsers(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, otto := p.join("Gina"), p.join("Otto")
		var mu sync.Mutex
		var hints []live.Hint
		defer p.bus.Subscribe(func(h live.Hint) {
			mu.Lock()
			defer mu.Unlock()
			hints = append(hints, h)
		})()
		version := p.version()
		wants := func(what string, users ...string) {
			t.Helper()
			want := []live.Hint{{
				Topic: p.room.ID, Since: version, Version: version + 1, Users: users, Minor: strings.HasSuffix(what, "like"),
			}}
			if got := fmt.Sprintf("%+v", hints); got != fmt.Sprintf("%+v", want) || (hints[0].Users == nil) != (users == nil) {
				p.Fatalf("%s: got %s, want %+v", what, got, want)
			}
			hints, version = nil, version+1
		}
		ginaID, ottoID := idOf(gina), idOf(otto)

		one := p.add(gina, 1)
		wants("add", ginaID)
		p.like(otto, one)
		wants("like", ottoID)
		p.like(otto, one)
		if len(hints) > 0 {
			p.Fatalf("a repeated like was hinted: %v", hints)
		}
		p.add(gina, 1)
		wants("add of a queued song", ginaID)
		_, err := p.UnlikeQueueItem(otto, one.ID, nil)
		p.must(err)
		wants("unlike", ottoID)
		_, err = p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Name: pointer("Party")}, nil)
		p.must(err)
		wants("settings")
		p.step(party.PlaybackStep{CommitItem: one.ID})
		wants("commit")
		two := p.add(otto, 2)
		wants("add", ottoID)
		_, err = p.RemoveQueueItem(otto, two.ID, nil)
		p.must(err)
		wants("remove")

		three := p.add(p.host, 3)
		hints, version = nil, p.version()
		release, held := make(chan struct{}), make(chan error)
		go func() { held <- p.HoldRoom(p.room.ID, release) }()
		p.waitForHolder()
		var likes sync.WaitGroup
		for _, who := range []context.Context{gina, otto} {
			likes.Go(func() { p.like(who, three) })
		}
		p.waitForWaiting(2)
		close(release)
		p.must(<-held)
		likes.Wait()
		users := []string{ginaID, ottoID}
		slices.Sort(users)
		if len(hints) != 1 || hints[0].Since != version || hints[0].Version != version+2 ||
			!slices.Equal(hints[0].Users, users) || !hints[0].Minor {
			p.Errorf("two likes in one transaction after version %d: %+v, want one minor hint with both users", version, hints)
		}
	})
}

func idOf(who context.Context) string {
	viewer, err := account.ViewerFrom(who)
	if err != nil {
		panic(err)
	}
	return viewer.UserID
}

// unreliableBus loses, duplicates and delays hints.
type unreliableBus struct {
	*live.LocalBus
	mu      sync.Mutex
	random  *rand.Rand
	delayed []live.Hint
}

func (b *unreliableBus) Publish(hint live.Hint) {
	b.mu.Lock()
	now := []live.Hint{hint}
	switch b.random.IntN(8) {
	case 0:
		now = nil
	case 1:
		now = append(now, hint)
	case 2:
		now, b.delayed = nil, append(b.delayed, hint)
	case 3:
		now, b.delayed = append(now, b.delayed...), nil
	}
	b.mu.Unlock()
	for _, h := range now {
		b.LocalBus.Publish(h)
	}
}

// personalView describes what only this user sees of a state: their likes and songs, and whether their song is next or
// plays.
func (p *fixture) personalView(who context.Context, state *party.State) string {
	p.Helper()
	likes, err := p.LikedItems(who, p.room.ID)
	p.must(err)
	var mine []string
	for i, item := range state.Queue {
		added := item.AddedBy != nil && item.AddedBy.User.ID == idOf(who)
		if likes[item.ID] || added {
			mine = append(mine, fmt.Sprint(item.ID, " liked:", likes[item.ID], " added:", added, " first:", added && i == 0))
		}
	}
	slices.Sort(mine) // by id, because the order of the queue is the same for all users
	return fmt.Sprint(mine, " playing: ", state.NowPlaying != nil && state.NowPlaying.AddedBy.User.ID == idOf(who))
}

// A user whose personal view has changed since an earlier state is always among the affected users, whatever happened
// to the hints in between.
func TestAffectedUsersAreCompleteWhenHintsAreLost(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		seed := rand.Uint64()
		p.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		guests := []context.Context{p.host, p.join("A"), p.join("B"), p.join("C")}
		p.settle(party.SettingsChange{CooldownMinutes: pointer(0)}) // so that what was played can be added again
		replica := p.replica(&unreliableBus{LocalBus: p.bus, random: random})
		watcher, err := p.Watch(guests[1], p.room.ID)
		p.must(err)
		defer watcher.Close()

		type view struct {
			version  int64
			personal []string // by guest
		}
		var earlier []view
		unaffected := 0
		for range 60 {
			for range random.IntN(4) {
				replica.randomChange(random, guests)
			}
			p.bus.Publish(live.VersionHint(p.room.ID, p.version())) // otherwise the test would wait until the hub reconciles
			state := p.upTo(watcher, p.version())
			now := view{version: state.Version}
			for i, who := range guests {
				personal := p.personalView(who, state)
				now.personal = append(now.personal, personal)
				affected := state.AffectedSince(idOf(who))
				for _, old := range earlier {
					if old.personal[i] != personal && affected <= old.version {
						p.Fatalf("between versions %d and %d the view of guest %d changed from %s to %s, but was affected at %d",
							old.version, state.Version, i, old.personal[i], personal, affected)
					}
				}
				if affected < state.Version {
					unaffected++
				}
			}
			earlier = append(earlier, now)
		}
		if unaffected == 0 {
			p.Error("every change affected everybody")
		}
	})
}

// upTo waits until the watcher's state has at least this version, and returns it.
func (p *fixture) upTo(watcher *live.Watcher[*party.State], version int64) *party.State {
	p.Helper()
	for {
		state, replaced := watcher.Newest()
		if state.StateVersion() >= version {
			return state
		}
		select {
		case <-replaced:
		case <-p.Context().Done():
			p.Fatalf("version %d was not loaded", version)
		}
	}
}
