package jukebox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// A change tells whom it concerns, also when it shares its transaction with others.
func TestHintsNameWhomAChangeConcerns(t *testing.T) {
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
			want := []live.Hint{{Topic: p.room.ID, Since: version, Version: version + 1, Users: users}}
			if got := fmt.Sprintf("%+v", hints); got != fmt.Sprintf("%+v", want) || (hints[0].Users == nil) != (users == nil) {
				t.Fatalf("%s: got %s, want %+v", what, got, want)
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
			t.Fatalf("a repeated like: %v", hints)
		}
		p.add(gina, 1)
		wants("an add that became a like", ginaID)
		_, err := p.UnlikeQueueItem(otto, one.ID, nil)
		p.must(err)
		wants("unlike", ottoID)
		_, err = p.UpdateRoom(p.host, p.room.ID, jukebox.RoomChange{Name: pointer("Party")}, nil)
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
		if len(hints) != 1 || hints[0].Since != version || hints[0].Version != version+2 || !slices.Equal(hints[0].Users, users) {
			t.Errorf("two likes in one transaction after version %d: %+v, want both likers", version, hints)
		}
	})
}

func idOf(who context.Context) string {
	viewer, err := jukebox.ViewerFrom(who)
	if err != nil {
		panic(err)
	}
	return viewer.UserID
}

// forgetfulBus loses, doubles and delays hints.
type forgetfulBus struct {
	*live.LocalBus
	mu     sync.Mutex
	random *rand.Rand
	late   []live.Hint
}

func (b *forgetfulBus) Publish(hint live.Hint) {
	b.mu.Lock()
	now := []live.Hint{hint}
	switch b.random.IntN(8) {
	case 0:
		now = nil
	case 1:
		now = append(now, hint)
	case 2:
		now, b.late = nil, append(b.late, hint)
	case 3:
		now, b.late = append(now, b.late...), nil
	}
	b.mu.Unlock()
	for _, h := range now {
		b.LocalBus.Publish(h)
	}
}

// whatIsMine is what a room's state means to somebody in particular.
func (p *fixture) whatIsMine(who context.Context, state *party.State) string {
	p.Helper()
	likes, err := p.LikedItems(who, p.room.ID)
	p.must(err)
	var mine []string
	for i, item := range state.Queue {
		added := item.AddedBy != nil && item.AddedBy.ID == idOf(who)
		if likes[item.ID] || added {
			mine = append(mine, fmt.Sprint(item.ID, " liked:", likes[item.ID], " added:", added, " first:", added && i == 0))
		}
	}
	slices.Sort(mine) // by id: the order among others is nothing of theirs
	return fmt.Sprint(mine, " playing: ", state.NowPlaying != nil && state.NowPlaying.AddedBy.ID == idOf(who))
}

// Whatever happens to hints, nobody is left out for whom something changed since a state that they have seen.
func TestNobodyIsForgottenForWhomSomethingChanged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		guests := []context.Context{p.host, p.join("A"), p.join("B"), p.join("C")}
		p.settle(party.SettingsChange{CooldownMinutes: pointer(0)}) // so that what was played can be added again
		replica := p.replica(&forgetfulBus{LocalBus: p.bus, random: random})
		watcher, err := p.Watch(guests[1], p.room.ID)
		p.must(err)
		defer watcher.Close()

		type sight struct {
			version int64
			mine    []string
		}
		var seen []sight
		spared := 0
		for range 60 {
			for range random.IntN(4) {
				replica.randomChange(random, guests)
			}
			p.bus.Publish(live.VersionHint(p.room.ID, p.version())) // so that nobody has to wait for reconciling
			state := p.upTo(watcher, p.version())
			now := sight{version: state.Version}
			for i, who := range guests {
				mine := p.whatIsMine(who, state)
				now.mine = append(now.mine, mine)
				for _, old := range seen {
					if concerned := state.Concerned(idOf(who)); old.mine[i] != mine && concerned <= old.version {
						t.Fatalf("between versions %d and %d guest %d's own changed from %s to %s, but was concerned at %d",
							old.version, state.Version, i, old.mine[i], mine, concerned)
					}
				}
				if state.Concerned(idOf(who)) < state.Version {
					spared++
				}
			}
			seen = append(seen, now)
		}
		if spared == 0 {
			t.Error("everybody was told of everything")
		}
	})
}

// upTo waits until the watcher's state has this version.
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
			p.Fatal("the state does not come")
		}
	}
}
