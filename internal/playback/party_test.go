package playback_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/playback"
)

// party is a room in memory, with a host's player, both driven by the clock of a synctest bubble.
type party struct {
	t      *testing.T
	player *turntable
	bus    *live.LocalBus
	hub    *live.Hub[*jukebox.State]
	logged *strings.Builder

	mu       sync.Mutex
	version  int64
	status   jukebox.RoomStatus
	items    []jukebox.QueueItem
	playback jukebox.Playback
	unsaved  func(jukebox.PlaybackStep) error // fails the recording of steps; may be nil
	refused  int                              // steps that did not fit the room's state
}

// inParty runs a story in a bubble. Its rooms are driven from drive on, until the story ends.
func inParty(t *testing.T, story func(*testing.T, *party)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &party{
			t: t, player: newTurntable(), bus: live.NewLocalBus(), logged: &strings.Builder{}, version: 1, status: jukebox.Open,
			playback: jukebox.Playback{Status: jukebox.Idle, Health: jukebox.HealthNothingToPlay},
		}
		p.hub = live.NewHub(p.bus, p, live.Options{Interval: 50 * time.Millisecond})
		defer p.hub.Close()
		story(t, p)
	})
}

// drive runs a supervisor and returns a function that stops it.
func (p *party) drive() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	supervisor := playback.New(p, p.player, playback.Options{Log: slog.New(slog.NewTextHandler(p.logged, nil))})
	done := make(chan error)
	go func() { done <- supervisor.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			p.t.Errorf("Run: %v", err)
		}
	}
}

// change makes the room's next version.
func (p *party) change(fn func()) {
	p.mu.Lock()
	fn()
	p.version++
	version := p.version
	p.mu.Unlock()
	p.bus.Publish(live.Hint{Topic: "room", Version: version})
}

func (p *party) add(s jukebox.Song) {
	p.change(func() {
		p.items = append(p.items, jukebox.QueueItem{ID: "item " + s.URI, Song: s, State: jukebox.Queued, Age: p.version})
	})
}

func (p *party) addAll(songs ...jukebox.Song) {
	for _, s := range songs {
		p.add(s)
	}
}

func (p *party) like(s jukebox.Song) {
	p.change(func() {
		if i := p.item("item " + s.URI); i != nil && i.State == jukebox.Queued {
			i.LikeCount++
		}
	})
}

func (p *party) remove(s jukebox.Song) {
	p.change(func() {
		i := p.item("item " + s.URI)
		switch {
		case i != nil && i.State == jukebox.Queued:
			i.State = jukebox.Removed
		case i != nil && i.State == jukebox.Committed:
			i.SkipOnStart = true
		}
	})
}

func (p *party) close() { p.change(func() { p.status = jukebox.Closed }) }

// put sets an item's state, as an earlier run of the server left it.
func (p *party) put(s jukebox.Song, state jukebox.QueueItemState, commit jukebox.CommitState) {
	p.change(func() {
		i := p.item("item " + s.URI)
		i.State, i.Commit, i.CommittedAt = state, commit, time.Now()
	})
}

func (p *party) item(id string) *jukebox.QueueItem {
	for i := range p.items {
		if p.items[i].ID == id {
			return &p.items[i]
		}
	}
	return nil
}

// states lists the items' states in the order in which they were added.
func (p *party) states() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, i := range p.items {
		all = append(all, string(i.State))
	}
	return strings.Join(all, " ")
}

func (p *party) health() jukebox.HealthState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.playback.Health
}

// Load and Versions make a party a live.Source.
func (p *party) Load(context.Context, string, *jukebox.State, live.Touched) (*jukebox.State, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &jukebox.State{RoomID: "room", HostID: "host", Version: p.version, Status: p.status, Playback: p.playback}
	for _, i := range p.items {
		switch i.State {
		case jukebox.NowPlaying:
			s.NowPlaying = &i
		case jukebox.Queued, jukebox.Committed:
			s.Queue = append(s.Queue, &i)
		}
	}
	slices.SortStableFunc(s.Queue, func(a, b *jukebox.QueueItem) int {
		if a.State != b.State {
			return cmp.Compare(a.State, b.State) // COMMITTED before QUEUED
		}
		return cmp.Or(cmp.Compare(b.LikeCount, a.LikeCount), cmp.Compare(a.Age, b.Age))
	})
	return s, nil
}

func (p *party) Versions(context.Context, []string) (map[string]int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]int64{"room": p.version}, nil
}

// OpenRooms, Watch and ApplyPlayback make a party a playback.Rooms.
func (p *party) OpenRooms(context.Context) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status != jukebox.Open {
		return nil, nil
	}
	return []string{"room"}, nil
}

func (p *party) Watch(ctx context.Context, roomID string) (*live.Watcher[*jukebox.State], error) {
	return p.hub.Watch(ctx, roomID)
}

func (p *party) ApplyPlayback(_ context.Context, _ string, step jukebox.PlaybackStep) error {
	if p.unsaved != nil {
		if err := p.unsaved(step); err != nil {
			return err
		}
	}
	var err error
	p.change(func() {
		if err = p.apply(step); err != nil {
			p.refused++
		}
	})
	return err
}

func (p *party) apply(step jukebox.PlaybackStep) error {
	if p.status != jukebox.Open {
		return &jukebox.Error{Code: jukebox.Conflict, Message: "closed"}
	}
	ended := jukebox.Played
	if step.Skipped {
		ended = jukebox.Skipped
	}
	for _, way := range []struct {
		id     string
		from   []jukebox.QueueItemState
		to     jukebox.QueueItemState
		commit jukebox.CommitState
	}{
		{step.EndedItem, []jukebox.QueueItemState{jukebox.NowPlaying}, ended, ""},
		{step.StartedItem, []jukebox.QueueItemState{jukebox.Queued, jukebox.Committed}, jukebox.NowPlaying, ""},
		{step.CommitItem, []jukebox.QueueItemState{jukebox.Queued}, jukebox.Committed, jukebox.CommitPending},
		{step.SentItem, []jukebox.QueueItemState{jukebox.Committed}, jukebox.Committed, jukebox.CommitSent},
		{step.UnknownItem, []jukebox.QueueItemState{jukebox.Committed}, jukebox.Committed, jukebox.CommitUnknown},
		{step.ReturnedItem, []jukebox.QueueItemState{jukebox.Committed}, jukebox.Queued, ""},
	} {
		if way.id == "" {
			continue
		}
		i := p.item(way.id)
		if !slices.Contains(way.from, i.State) {
			return &jukebox.Error{Code: jukebox.Conflict, Message: fmt.Sprintf("%s is %s", i.ID, i.State)}
		}
		i.State, i.Commit = way.to, way.commit
		if way.id == step.CommitItem {
			i.CommittedAt = time.Now()
		}
	}
	if step.Playback != nil {
		version := p.playback.Version
		p.playback = *step.Playback
		p.playback.Version = version + 1
	}
	p.checkOne(jukebox.Committed)
	p.checkOne(jukebox.NowPlaying)
	return nil
}

// checkOne reports that two items are in a state in which only one may be.
func (p *party) checkOne(state jukebox.QueueItemState) {
	var found []string
	for _, i := range p.items {
		if i.State == state {
			found = append(found, i.ID)
		}
	}
	if len(found) > 1 {
		p.t.Errorf("%v: %v are %s at once", time.Now(), found, state)
	}
}

// turntable is a player whose songs really take their time.
type turntable struct {
	mu sync.Mutex
	turn
	queue   []jukebox.Song
	away    bool
	songs   map[string]jukebox.Song
	started []start
	stale   time.Duration // for so long after a command State shows what was before
	before  turn
	changed time.Time
	calls   map[string]int

	// fail answers a call with a failure, carried out or not; may be nil.
	fail func(call string) (fault *playback.Fault, applied bool)
}

// turn is what is on the turntable.
type turn struct {
	song    *jukebox.Song
	playing bool
	at      time.Duration
	since   time.Time
}

type start struct {
	uri  string
	at   time.Time
	full bool // it was heard to its end
}

func newTurntable() *turntable {
	return &turntable{songs: make(map[string]jukebox.Song), calls: make(map[string]int)}
}

// record makes a song that a turntable can play.
func (t *turntable) record(name string, d time.Duration) jukebox.Song {
	s := jukebox.Song{URI: "spotify:track:" + name, Name: name, Artists: []string{"Artist of " + name}, DurationMS: int(d.Milliseconds())}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.songs[s.URI] = s
	return s
}

// call runs a call to the player: it takes a while, may fail, and is carried out at one moment.
func (t *turntable) call(name string, do func()) error {
	time.Sleep(100 * time.Millisecond)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	t.calls[name]++
	if t.fail != nil {
		if fault, applied := t.fail(name); fault != nil {
			if applied {
				do()
			}
			return fault
		}
	}
	if t.away && name != "look" {
		return &playback.Fault{Kind: playback.NoDevice}
	}
	do()
	return nil
}

func (t *turntable) advance() {
	for t.playing {
		end := t.since.Add(time.Duration(t.song.DurationMS)*time.Millisecond - t.at)
		if time.Now().Before(end) {
			return
		}
		t.started[len(t.started)-1].full = true
		t.next(end)
	}
}

func (t *turntable) next(at time.Time) {
	if len(t.queue) == 0 {
		t.playing, t.at = false, 0
		return
	}
	song := t.queue[0]
	t.queue = t.queue[1:]
	t.start(song, at)
}

func (t *turntable) start(s jukebox.Song, at time.Time) {
	t.song, t.playing, t.at, t.since = &s, true, 0, at
	t.started = append(t.started, start{uri: s.URI, at: at})
}

func (t turn) progress() time.Duration {
	if !t.playing {
		return t.at
	}
	return t.at + time.Since(t.since)
}

func (t *turntable) State(context.Context, string) (s playback.Snapshot, err error) {
	err = t.call("look", func() {
		s.At = time.Now()
		now := t.turn
		if time.Since(t.changed) < t.stale {
			now = t.before
		}
		if now.song != nil && !t.away {
			s = playback.Snapshot{At: s.At, Song: now.song, Progress: now.progress(), Playing: now.playing, Device: &jukebox.Device{ID: "speaker", IsActive: true}}
		}
	})
	return s, err
}

func (t *turntable) Play(_ context.Context, _, uri, _ string) error {
	return t.call("play", func() {
		t.before, t.changed = t.turn, time.Now()
		t.start(t.songs[uri], time.Now())
	})
}

func (t *turntable) Enqueue(_ context.Context, _, uri string) error {
	return t.call("enqueue", func() { t.queue = append(t.queue, t.songs[uri]) })
}

func (t *turntable) Queue(context.Context, string) (songs []jukebox.Song, err error) {
	err = t.call("queue", func() {
		if t.song != nil {
			songs = append(songs, *t.song)
		}
		songs = append(songs, t.queue...)
	})
	return songs, err
}

func (t *turntable) Next(context.Context, string) error {
	return t.call("next", func() {
		t.before, t.changed = t.turn, time.Now()
		t.next(time.Now())
	})
}

// host lets the host use their app.
func (t *turntable) host(use func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	use()
}

func (t *turntable) pause() {
	if t.playing {
		t.at, t.playing = t.progress(), false
	}
}

func (t *turntable) resume() {
	if t.song != nil && !t.playing {
		t.since, t.playing = time.Now(), true
	}
}

// called counts the calls of a kind so far, or of all kinds for "".
func (t *turntable) called(kind string) (n int) {
	t.host(func() {
		for name, times := range t.calls {
			if kind == "" || kind == name {
				n += times
			}
		}
	})
	return n
}

// heard lists the names of the songs that started, in order.
func (t *turntable) heard() string {
	var names []string
	t.host(func() {
		for _, s := range t.started {
			names = append(names, strings.TrimPrefix(s.uri, "spotify:track:"))
		}
	})
	return strings.Join(names, " ")
}
