package playback_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

// party is a room in memory, with a host's player, both driven by the clock of a synctest bubble.
type fixture struct {
	t      *testing.T
	player *turntable
	bus    *live.LocalBus
	hub    *live.Hub[*party.State]
	logged *strings.Builder

	mu       sync.Mutex
	version  int64
	status   party.RoomStatus
	items    []party.QueueItem
	playback party.Playback
	settings party.RoomSettings
	playlist string
	begun    bool
	unasked  int // songs in a row that nobody had asked for
	wishes   []party.HostCommand
	answers  []party.Answer
	nodes    map[string]time.Time // until when they live
	lease    party.Lease
	sleeper  string // a node that does nothing until it wakes
	wakes    time.Time
	sleeps   func(party.PlaybackStep) bool  // whether the node that records this falls asleep, for 20 s; may be nil
	unsaved  func(party.PlaybackStep) error // fails the recording of steps; may be nil
	refused  int                            // steps that did not fit the room's state
}

// inParty runs a story in a bubble. Its rooms are driven from drive on, until the story ends.
func inParty(t *testing.T, story func(*testing.T, *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &fixture{
			t: t, player: newTurntable(), bus: live.NewLocalBus(), logged: &strings.Builder{}, version: 1, status: party.Open, nodes: map[string]time.Time{},
			playback: party.Playback{Status: party.Idle, Health: party.HealthNothingToPlay, ObservedAt: time.Now()},
		}
		p.hub = live.NewHub(p.bus, p, live.Options{Interval: 50 * time.Millisecond})
		defer p.hub.Close()
		story(t, p)
	})
}

// drive runs a supervisor and returns a function that stops it.
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

// change makes the room's next version.
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
			ID: "item " + s.URI, Song: s, State: party.Queued, Age: p.version, AddedBy: &party.User{ID: "guest"},
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

// put sets an item's state, as an earlier run of the server left it.
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

// Load and Versions make a party a live.Source.
func (p *fixture) Load(context.Context, string, *party.State, live.AffectedUsers) (*party.State, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &party.State{
		RoomID: "room", Code: "PARTY", HostID: "host", Version: p.version, Status: p.status, Playback: p.playback,
		Settings: p.settings, PlaylistURI: p.playlist, HasPlayed: p.begun, PendingCommands: slices.Clone(p.wishes), FallbackStreak: p.unasked,
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

// What follows makes a party a playback.Rooms.

func (p *fixture) RenewNode(_ context.Context, nodeID string, life time.Duration) (int, error) {
	p.doze(nodeID)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodes[nodeID] = time.Now().Add(life)
	return len(p.nodes), nil
}

func (p *fixture) RetireNode(_ context.Context, nodeID string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.nodes, nodeID)
	return nil
}

func (p *fixture) OpenRooms(context.Context) ([]party.OpenRoom, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status != party.Open {
		return nil, nil
	}
	room := party.OpenRoom{ID: "room", Version: p.version}
	if p.held() {
		room.NodeID = p.lease.NodeID
	}
	return []party.OpenRoom{room}, nil
}

// doze holds up a node that is asleep.
func (p *fixture) doze(nodeID string) {
	p.mu.Lock()
	asleep := p.sleeper == nodeID
	until := p.wakes
	p.mu.Unlock()
	if asleep {
		time.Sleep(time.Until(until))
	}
}

// held says that the room's lease is that of a node that lives.
func (p *fixture) held() bool { return time.Now().Before(p.nodes[p.lease.NodeID]) }

func (p *fixture) TakeLease(_ context.Context, roomID, nodeID string) (party.Lease, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lease.NodeID == nodeID {
		return p.lease, nil
	}
	if p.held() {
		return p.lease, party.ErrLeaseLost
	}
	p.lease = party.Lease{RoomID: roomID, NodeID: nodeID, Epoch: p.lease.Epoch + 1}
	return p.lease, nil
}

func (p *fixture) CountWatchers(roomID string) int { return p.hub.TopicWatcherCount(roomID) }

func (p *fixture) RecentlyPlayed(context.Context, string) (songs []party.Song, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range slices.Backward(p.items) {
		if i.State == party.Played || i.State == party.Skipped || i.State == party.NowPlaying {
			songs = append(songs, i.Song)
		}
	}
	return songs, nil
}

func (p *fixture) Declined(context.Context, string) (songs []party.Song, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range p.items {
		if i.State == party.Removed && i.IsFallback() {
			songs = append(songs, i.Song)
		}
	}
	return songs, nil
}

func (p *fixture) Watch(ctx context.Context, roomID string) (*live.Watcher[*party.State], error) {
	return p.hub.Watch(ctx, roomID)
}

func (p *fixture) ApplyPlayback(_ context.Context, lease party.Lease, step party.PlaybackStep) (version int64, err error) {
	p.mu.Lock()
	lost := p.lease != lease
	p.mu.Unlock()
	if lost {
		return 0, party.ErrLeaseLost
	}
	defer p.doze(lease.NodeID)
	if p.sleeps != nil && p.sleeps(step) {
		p.mu.Lock()
		p.sleeper, p.wakes, p.sleeps = lease.NodeID, time.Now().Add(20*time.Second), nil
		p.mu.Unlock()
	}
	if p.unsaved != nil {
		if err := p.unsaved(step); err != nil {
			return 0, err
		}
	}
	p.change(func() {
		if err = p.apply(step); err != nil {
			p.refused++
		}
		version = p.version + 1
	})
	return version, err
}

func (p *fixture) apply(step party.PlaybackStep) error {
	if p.status != party.Open {
		return &party.Error{Code: party.Conflict, Message: "closed"}
	}
	ended := party.Played
	if step.Skipped {
		ended = party.Skipped
	}
	for _, way := range []struct {
		id     string
		from   []party.QueueItemState
		to     party.QueueItemState
		commit party.CommitState
	}{
		{step.EndedItem, []party.QueueItemState{party.NowPlaying}, ended, ""},
		{step.StartedItem, []party.QueueItemState{party.Queued, party.Committed}, party.NowPlaying, ""},
		{step.CommitItem, []party.QueueItemState{party.Queued}, party.Committed, party.CommitPending},
		{step.SentItem, []party.QueueItemState{party.Committed}, party.Committed, party.CommitSent},
		{step.UnknownItem, []party.QueueItemState{party.Committed}, party.Committed, party.CommitUnknown},
		{step.ReturnedItem, []party.QueueItemState{party.Committed}, party.Queued, ""},
		{step.RefusedItem, []party.QueueItemState{party.Committed}, party.Skipped, ""},
	} {
		if way.id == "" {
			continue
		}
		i := p.item(way.id)
		if !slices.Contains(way.from, i.State) {
			return &party.Error{Code: party.Conflict, Message: fmt.Sprintf("%s is %s", i.ID, i.State)}
		}
		i.State, i.Commit = way.to, way.commit
		if way.id == step.CommitItem {
			i.CommittedAt, i.Via = time.Now(), step.CommitVia
		}
	}
	p.begun = p.begun || step.StartedItem != ""
	p.playlist = cmp.Or(step.PlaylistURI, p.playlist)
	if i := p.item(step.StartedItem); i != nil && i.IsUnlikedFallback() {
		p.unasked++
	} else if i != nil {
		p.unasked = 0
	}
	for _, s := range step.Fallback {
		if i := p.item("item " + s.URI); i != nil && i.State == party.AwaitingApproval { // as the real one does
			continue
		}
		p.items = append(p.items, party.QueueItem{ID: "item " + s.URI, Song: s, State: party.Queued, Age: p.version})
	}
	if a := step.Answered; a != nil {
		p.answers = append(p.answers, *a)
		p.wishes = slices.DeleteFunc(p.wishes, func(w party.HostCommand) bool { return w.ID == a.CommandID })
	}
	if step.Playback != nil {
		version := p.playback.Version
		p.playback = *step.Playback
		p.playback.Version = version + 1
	}
	p.checkOne(party.Committed)
	p.checkOne(party.NowPlaying)
	return nil
}

// checkOne reports that two items are in a state in which only one may be.
func (p *fixture) checkOne(state party.QueueItemState) {
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
	queue   []party.Song
	away    bool
	shown   bool // an inactive device, with its song
	songs   map[string]party.Song
	started []start
	stale   time.Duration // for so long after a command State shows what was before
	before  turn
	changed time.Time
	calls   map[string]int
	device  string   // the one that is active, unless away
	devices []string // those that there are
	repeat  bool
	list    []party.Song // the playlist's
	listAt  int          // the next of it to be played; 0: it is not what plays
	deaf    bool         // additions to the playlist are not noticed

	suggestions []party.Song
	gone, mute  string // URIs of songs that Spotify does not have, and that it takes and does not play

	// fail answers a call with a failure, carried out or not; may be nil.
	fail func(call string) (fault *playback.Fault, applied bool)
}

// turn is what is on the turntable.
type turn struct {
	song    *party.Song
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
	return &turntable{songs: make(map[string]party.Song), calls: make(map[string]int), device: "speaker", devices: []string{"speaker"}}
}

// record makes a song that a turntable can play.
func (t *turntable) record(name string, d time.Duration) party.Song {
	s := party.Song{URI: "spotify:track:" + name, Name: name, Artists: []string{"Artist of " + name}, DurationMS: int(d.Milliseconds())}
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
	needsNone := []string{"look", "devices", "transfer", "create_playlist", "append", "playlist", "forget_playlist", "suggest"}
	if t.away && !slices.Contains(needsNone, name) {
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
	if len(t.queue) == 0 && t.listAt > 0 && t.listAt < len(t.list) && !t.deaf {
		t.listAt++
		t.start(t.list[t.listAt-1], at)
		return
	}
	if len(t.queue) == 0 {
		t.playing, t.at = false, 0
		return
	}
	song := t.queue[0]
	t.queue = t.queue[1:]
	t.start(song, at)
}

func (t *turntable) start(s party.Song, at time.Time) {
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
		if t.away && t.shown && now.song != nil {
			s = playback.Snapshot{At: s.At, Song: now.song, Progress: now.progress(), Device: &party.Device{ID: t.device}}
		}
		if now.song != nil && !t.away {
			s = playback.Snapshot{At: s.At, Song: now.song, Progress: now.progress(), Playing: now.playing, Device: &party.Device{ID: t.device, IsActive: true}, Repeat: t.repeat}
		}
		if t.listAt > 0 {
			s.Context = partyList
		}
	})
	return s, err
}

func (t *turntable) Play(_ context.Context, _, uri, deviceID string) error {
	if uri == t.gone {
		return errors.Join(t.call("play", func() {}), &playback.Fault{Kind: playback.Gone})
	}
	t.wake(deviceID)
	return t.call("play", func() {
		if uri == t.mute {
			t.playing, t.at = false, 0
			return
		}
		t.device = cmp.Or(deviceID, t.device)
		t.before, t.changed = t.turn, time.Now()
		t.start(t.songs[uri], time.Now())
	})
}

// wake makes a device active that is there, and that a command names.
func (t *turntable) wake(deviceID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away && slices.Contains(t.devices, deviceID) {
		t.advance()
		t.away, t.device = false, deviceID
	}
}

func (t *turntable) Enqueue(_ context.Context, _, uri string) error {
	if uri == t.gone {
		return errors.Join(t.call("enqueue", func() {}), &playback.Fault{Kind: playback.Gone})
	}
	if uri == t.mute {
		return t.call("enqueue", func() {})
	}
	return t.call("enqueue", func() { t.queue = append(t.queue, t.songs[uri]) })
}

func (t *turntable) Queue(context.Context, string) (songs []party.Song, err error) {
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

func (t *turntable) Pause(context.Context, string) error {
	return t.call("pause", func() {
		t.before, t.changed = t.turn, time.Now()
		t.pause()
	})
}

func (t *turntable) Resume(context.Context, string, string) error {
	return t.call("resume", func() {
		t.before, t.changed = t.turn, time.Now()
		t.resume()
	})
}

func (t *turntable) Transfer(_ context.Context, _, deviceID string, play bool) error {
	return t.call("transfer", func() {
		t.away, t.device = false, deviceID
		if play {
			t.resume()
		}
	})
}

func (t *turntable) Devices(context.Context, string) (devices []party.Device, err error) {
	err = t.call("devices", func() {
		for _, id := range t.devices {
			devices = append(devices, party.Device{ID: id, IsActive: !t.away && id == t.device})
		}
	})
	return devices, err
}

func (t *turntable) Straighten(context.Context, string) error {
	return t.call("straighten", func() { t.repeat = false })
}

const partyList = "spotify:playlist:party"

func (t *turntable) CreatePlaylist(context.Context, string, string, string) (uri string, err error) {
	err = t.call("create_playlist", func() { uri = partyList })
	return uri, err
}

func (t *turntable) Append(_ context.Context, _, _, uri string) error {
	return t.call("append", func() { t.list = append(t.list, t.songs[uri]) })
}

func (t *turntable) PlaylistSongs(context.Context, string, string) (songs []party.Song, err error) {
	err = t.call("playlist", func() { songs = slices.Clone(t.list) })
	return songs, err
}

func (t *turntable) PlayPlaylist(_ context.Context, _, _, uri, _ string) error {
	return t.call("play_playlist", func() { t.playList(uri) })
}

// playList plays the playlist from a song on; the player goes on to what is appended later.
func (t *turntable) playList(uri string) {
	for i, s := range t.list {
		if s.URI == uri {
			t.at = 0
			t.start(s, time.Now())
			t.listAt = i + 1
			return
		}
	}
}

func (t *turntable) ForgetPlaylist(context.Context, string, string) error {
	return t.call("forget_playlist", func() { t.list = nil })
}

func (t *turntable) Suggest(context.Context, string, playback.Seeds) (songs []party.Song, err error) {
	err = t.call("suggest", func() { songs = slices.Clone(t.suggestions) })
	return songs, err
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
