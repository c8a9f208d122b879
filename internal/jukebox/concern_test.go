package jukebox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
)

// by is a song in some state, added by somebody whose id is their name.
func by(name string, state jukebox.QueueItemState, likes int) *jukebox.QueueItem {
	item := &jukebox.QueueItem{ID: "song of " + name, State: state, LikeCount: likes}
	if name != "" {
		item.AddedBy = &jukebox.User{ID: name}
	}
	return item
}

func TestWhomAChangeConcerns(t *testing.T) {
	const queued, committed, playing, removed = jukebox.Queued, jukebox.Committed, jukebox.NowPlaying, jukebox.Removed
	type items = []*jukebox.QueueItem
	for name, c := range map[string]struct {
		before, changed items
		closes          bool
		hinted          []string
		unknown         bool // hints were lost
		want            string
	}{
		"whom the hints name":                  {before: items{by("ann", queued, 2), by("bob", queued, 0)}, changed: items{by("bob", queued, 1)}, hinted: []string{"cleo"}, want: "cleo"},
		"nobody":                               {before: items{by("ann", queued, 2)}, hinted: []string{}},
		"everybody, when hints were lost":      {before: items{by("ann", queued, 2)}, unknown: true, want: "ann bob cleo dave"},
		"who stands first now, and who did":    {before: items{by("ann", queued, 2), by("bob", queued, 0)}, changed: items{by("bob", queued, 3)}, hinted: []string{"cleo"}, want: "ann bob cleo"},
		"who is the first in an empty queue":   {changed: items{by("ann", queued, 0)}, hinted: []string{"ann"}, want: "ann"},
		"who was the last in the queue":        {before: items{by("ann", queued, 0)}, changed: items{by("ann", removed, 0)}, hinted: []string{}, want: "ann"},
		"nobody, when fallback music is first": {changed: items{by("", queued, 0)}, hinted: []string{}},
		"everybody, when a song is committed":  {before: items{by("ann", queued, 0)}, changed: items{by("ann", committed, 0)}, hinted: []string{}, want: "ann bob cleo dave"},
		"everybody, when it is returned":       {before: items{by("ann", committed, 0)}, changed: items{by("ann", queued, 0)}, hinted: []string{}, want: "ann bob cleo dave"},
		"everybody, when a song starts":        {before: items{by("ann", queued, 0)}, changed: items{by("ann", playing, 0)}, hinted: []string{}, want: "ann bob cleo dave"},
		"everybody, when the room closes":      {before: items{by("ann", queued, 0)}, closes: true, hinted: []string{}, want: "ann bob cleo dave"},
	} {
		t.Run(name, func(t *testing.T) {
			status := jukebox.Open
			if c.closes {
				status = jukebox.Closed
			}
			before := jukebox.NextState(nil, 4, jukebox.Open, c.before, nil)
			after := jukebox.NextState(before, 7, status, c.changed, func(from, to int64) ([]string, bool) {
				if from != 4 || to != 7 {
					t.Errorf("asked about (%d, %d]", from, to)
				}
				return c.hinted, c.unknown
			})
			var concerned []string
			for _, user := range []string{"ann", "bob", "cleo", "dave"} {
				if before.Concerned(user) != 4 {
					t.Errorf("the first state says %d to %s, want its version", before.Concerned(user), user)
				}
				switch after.Concerned(user) {
				case 7:
					concerned = append(concerned, user)
				case 4:
				default:
					t.Errorf("%s: %d", user, after.Concerned(user))
				}
			}
			if got := strings.Join(concerned, " "); got != c.want {
				t.Errorf("it concerns %q, want %q", got, c.want)
			}
		})
	}
}

func TestStateRemembersOnlySoManyConcerns(t *testing.T) {
	concerning := func(users ...string) live.Touched {
		return func(int64, int64) ([]string, bool) { return users, false }
	}
	state := jukebox.NextState(nil, 1, jukebox.Open, nil, nil)
	state = jukebox.NextState(state, 2, jukebox.Open, nil, concerning("ann"))
	for version := int64(3); version <= 65; version++ {
		state = jukebox.NextState(state, version, jukebox.Open, nil, concerning("bob"))
	}
	check := func(s *jukebox.State, ann, bob, other int64) {
		t.Helper()
		if s.Concerned("ann") != ann || s.Concerned("bob") != bob || s.Concerned("other") != other {
			t.Errorf("ann %d, bob %d, other %d; want %d, %d, %d", s.Concerned("ann"), s.Concerned("bob"), s.Concerned("other"), ann, bob, other)
		}
	}
	check(state, 2, 65, 1)
	quiet := jukebox.NextState(state, 66, jukebox.Open, nil, concerning())
	check(quiet, 2, 65, 1)
	one := jukebox.NextState(quiet, 67, jukebox.Open, nil, concerning("cleo"))
	other := jukebox.NextState(quiet, 68, jukebox.Open, nil, concerning("bob"))
	check(one, 2, 65, 2) // ann's is forgotten: everybody may have been concerned at 2
	check(other, 2, 68, 2)
	check(state, 2, 65, 1)
	check(jukebox.NextState(other, 70, jukebox.Open, nil, nil), 70, 70, 70)
}

// A change tells whom it concerns, also when it shares its transaction with others.
func TestHintsNameWhomAChangeConcerns(t *testing.T) {
	onBothDatabases(t, func(p *party) {
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
		p.step(jukebox.PlaybackStep{CommitItem: one.ID})
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
func (p *party) whatIsMine(who context.Context, state *jukebox.State) string {
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
	onBothDatabases(t, func(p *party) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		guests := []context.Context{p.host, p.join("A"), p.join("B"), p.join("C")}
		p.settle(jukebox.SettingsChange{CooldownMinutes: pointer(0)}) // so that what was played can be added again
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
			p.bus.Publish(live.Claim(p.room.ID, p.version())) // so that nobody has to wait for reconciling
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
func (p *party) upTo(watcher *live.Watcher[*jukebox.State], version int64) *jukebox.State {
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

// BenchmarkConcerned asks a state that remembers as much as it can on behalf of somebody whom none of it concerned.
func BenchmarkConcerned(b *testing.B) {
	state := jukebox.NextState(nil, 1, jukebox.Open, nil, nil)
	for version := int64(2); version <= 65; version++ {
		var users []string
		for range 32 {
			users = append(users, uuid.Must(uuid.NewV7()).String())
		}
		slices.Sort(users)
		state = jukebox.NextState(state, version, jukebox.Open, nil, func(int64, int64) ([]string, bool) { return users, false })
	}
	other := uuid.Must(uuid.NewV7()).String()
	b.ReportAllocs()
	for b.Loop() {
		if state.Concerned(other) != 1 {
			b.Fatal(state.Concerned(other))
		}
	}
}
