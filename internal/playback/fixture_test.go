package playback_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// fixture is an open room in memory and its host's player, both in the fake time of a synctest bubble.
type fixture struct {
	t      *testing.T
	player *fakePlayer
	bus    *live.LocalBus
	hub    *live.Hub[*party.State]
	logged *strings.Builder

	mu             sync.Mutex
	version        int64
	status         party.RoomStatus
	items          []party.QueueItem
	playback       party.Playback
	settings       party.RoomSettings
	playlist       string
	hasPlayed      bool
	unasked        int // songs in a row that nobody asked for
	commands       []party.HostCommand
	answers        []party.Answer
	nodes          map[string]time.Time // the end of each node's life
	lease          party.Lease
	drivers        int    // how often the lease was asked for
	suspendedNode  string // the id of a node whose process is suspended until suspendedUntil
	suspendedUntil time.Time
	suspends       func(party.PlaybackStep) bool  // whether recording this step suspends the node for 20 s; may be nil
	failRecording  func(party.PlaybackStep) error // fails the recording of steps; may be nil
	conflicts      int                            // steps that did not fit the room's state
}

// inFixture runs a story with a new fixture in a synctest bubble. Nothing drives the room before the story calls drive.
func inFixture(t *testing.T, story func(*testing.T, *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &fixture{
			t: t, player: newFakePlayer(), bus: live.NewLocalBus(), logged: &strings.Builder{},
			version: 1, status: party.Open, nodes: map[string]time.Time{},
			playback: party.Playback{Status: party.Idle, Health: party.HealthNothingToPlay, ObservedAt: time.Now()},
		}
		p.hub = live.NewHub(p.bus, p, live.Options{Interval: 50 * time.Millisecond})
		defer p.hub.Close()
		story(t, p)
	})
}

// drive runs a supervisor and returns a function that stops it and waits for it.
func (p *fixture) drive() (stop func()) { return p.driveWith(p.player) }

// driveWith is drive with another player.
func (p *fixture) driveWith(player playback.Player) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	supervisor := playback.New(p, player, playback.Options{Log: slog.New(slog.NewTextHandler(p.logged, nil))})
	done := make(chan error)
	go func() { done <- supervisor.Run(ctx) }()
	unsubscribe := p.bus.Subscribe(func(h live.Hint) { supervisor.Wake(h.Topic) })
	return func() {
		unsubscribe()
		cancel()
		if err := <-done; err != nil {
			p.t.Errorf("Run: %v", err)
		}
	}
}

// change changes the room, raises its version and publishes a hint.
func (p *fixture) change(fn func()) {
	p.mu.Lock()
	fn()
	p.version++
	version := p.version
	p.mu.Unlock()
	p.bus.Publish(live.Hint{Topic: "room", Version: version})
}

func (p *fixture) add(s party.Song) {
	p.change(func() {
		p.items = append(p.items, party.QueueItem{
			ID: "item " + s.URI, Song: s, State: party.Queued, Age: p.version,
			AddedBy: &party.Participant{User: party.User{ID: "guest"}},
		})
	})
}

func (p *fixture) addAll(songs ...party.Song) {
	for _, s := range songs {
		p.add(s)
	}
}

func (p *fixture) like(s party.Song) {
	p.change(func() {
		if i := p.item("item " + s.URI); i != nil && i.State == party.Queued {
			i.LikeCount++
		}
	})
}

func (p *fixture) remove(s party.Song) {
	p.change(func() {
		i := p.item("item " + s.URI)
		switch {
		case i != nil && i.State == party.Queued:
			i.State = party.Removed
		case i != nil && i.State == party.Committed:
			i.SkipOnStart = true
		}
	})
}

func (p *fixture) close() { p.change(func() { p.status = party.Closed }) }

// put sets an item's state, as if an earlier run of the server had left it so.
func (p *fixture) put(s party.Song, state party.QueueItemState, commit party.CommitState) {
	p.change(func() {
		i := p.item("item " + s.URI)
		i.State, i.Commit, i.CommittedAt = state, commit, time.Now()
	})
}

func (p *fixture) item(id string) *party.QueueItem {
	for i := range p.items {
		if p.items[i].ID == id {
			return &p.items[i]
		}
	}
	return nil
}

// states lists the items' states in the order in which they were added.
func (p *fixture) states() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, i := range p.items {
		all = append(all, string(i.State))
	}
	return strings.Join(all, " ")
}

func (p *fixture) health() party.HealthState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.playback.Health
}

// Load and Versions implement live.Source.
func (p *fixture) Load(context.Context, string, *party.State, live.AffectedUsers) (*party.State, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &party.State{
		RoomID: "room", Code: "PARTY", HostID: "host", Version: p.version, Status: p.status, Playback: p.playback,
		Settings: p.settings, PlaylistURI: p.playlist, HasPlayed: p.hasPlayed, PendingCommands: slices.Clone(p.commands),
		FallbackStreak: p.unasked,
	}
	for _, i := range p.items {
		switch i.State {
		case party.NowPlaying:
			s.NowPlaying = &i
		case party.Queued, party.Committed:
			s.Queue = append(s.Queue, &i)
		case party.AwaitingApproval:
			s.Awaiting = append(s.Awaiting, &i)
		}
	}
	s.Queue = party.Rank(s.Queue, s.Ranking())
	return s, nil
}

func (p *fixture) Versions(context.Context, []string) (map[string]int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]int64{"room": p.version}, nil
}

// threeSongs makes the songs a, b and c of one minute each.
func (p *fixture) threeSongs() (a, b, c party.Song) {
	return p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute), p.player.newSong("c", time.Minute)
}
