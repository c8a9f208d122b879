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
			ID: "item " + s.URI, Song: s, State: party.Queued, Age: p.version, AddedBy: &party.Participant{User: party.User{ID: "guest"}},
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

// The following methods implement playback.Rooms.

func (p *fixture) RenewNode(_ context.Context, nodeID string, life time.Duration) (int, error) {
	p.awaitResumption(nodeID)
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

// awaitResumption blocks a suspended node until it resumes.
func (p *fixture) awaitResumption(nodeID string) {
	p.mu.Lock()
	suspended := p.suspendedNode == nodeID
	until := p.suspendedUntil
	p.mu.Unlock()
	if suspended {
		time.Sleep(time.Until(until))
	}
}

// held reports whether a live node holds the room's lease.
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

func (p *fixture) ApplyPlayback(
	_ context.Context, lease party.Lease, step party.PlaybackStep,
) (version int64, err error) {
	p.mu.Lock()
	lost := p.lease != lease
	p.mu.Unlock()
	if lost {
		return 0, party.ErrLeaseLost
	}
	defer p.awaitResumption(lease.NodeID)
	if p.suspends != nil && p.suspends(step) {
		p.mu.Lock()
		p.suspendedNode, p.suspendedUntil, p.suspends = lease.NodeID, time.Now().Add(20*time.Second), nil
		p.mu.Unlock()
	}
	if p.failRecording != nil {
		if err := p.failRecording(step); err != nil {
			return 0, err
		}
	}
	p.change(func() {
		if err = p.apply(step); err != nil {
			p.conflicts++
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
	p.hasPlayed = p.hasPlayed || step.StartedItem != ""
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
		p.commands = slices.DeleteFunc(p.commands, func(w party.HostCommand) bool { return w.ID == a.CommandID })
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

// checkOne fails the test if several items are in a state in which only one may be.
func (p *fixture) checkOne(state party.QueueItemState) {
	var found []string
	for _, i := range p.items {
		if i.State == state {
			found = append(found, i.ID)
		}
	}
	if len(found) > 1 {
		p.t.Errorf("at %v, several items are in one state: %v are %s", time.Now(), found, state)
	}
}

// fakePlayer is a playback.Player whose songs play for their whole duration.
type fakePlayer struct {
	mu sync.Mutex
	loaded
	queue            []party.Song
	away             bool // no device is active
	shown            bool // while away, State shows the inactive device and its song
	songs            map[string]party.Song
	started          []start
	stale            time.Duration // how long after a command State shows what was before
	before           loaded        // what was loaded before the last command
	changed          time.Time     // when the last command was carried out
	calls            map[string]int
	device           string   // the active one, unless away
	devices          []string // all that exist
	repeat           bool
	list             []party.Song // the songs of the playlist
	listAt           int          // the index of the next song of the playlist; 0: the playlist does not play
	ignoresAdditions bool         // the player does not notice additions to the playlist

	suggestions []party.Song
	gone        string // the URI of a song that Spotify does not have
	neverPlays  string // the URI of a song that Spotify accepts and never plays

	// fail may fail a call, with or without carrying it out; may be nil.
	fail func(call string) (fault *playback.Fault, applied bool)
}

// loaded is the song in a fakePlayer and how far it has played.
type loaded struct {
	song    *party.Song
	playing bool
	at      time.Duration
	since   time.Time
}

type start struct {
	uri  string
	at   time.Time
	full bool // it was played to its end
}

func newFakePlayer() *fakePlayer {
	return &fakePlayer{
		songs: make(map[string]party.Song), calls: make(map[string]int), device: "speaker", devices: []string{"speaker"},
	}
}

// newSong makes a song that the fakePlayer can play.
func (t *fakePlayer) newSong(name string, d time.Duration) party.Song {
	s := party.Song{
		URI: "spotify:track:" + name, Name: name, Artists: []string{"Artist of " + name}, DurationMS: int(d.Milliseconds()),
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.songs[s.URI] = s
	return s
}

// threeSongs makes the songs a, b and c of one minute each.
func (p *fixture) threeSongs() (a, b, c party.Song) {
	return p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute), p.player.newSong("c", time.Minute)
}

// call carries out one call of the player. It takes 100 ms and may fail.
func (t *fakePlayer) call(name string, do func()) error {
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
	needsNone := []string{
		"look", "devices", "transfer", "create_playlist", "append", "playlist", "forget_playlist", "suggest",
	}
	if t.away && !slices.Contains(needsNone, name) {
		return &playback.Fault{Kind: playback.NoDevice}
	}
	do()
	return nil
}

func (t *fakePlayer) advance() {
	for t.playing {
		end := t.since.Add(time.Duration(t.song.DurationMS)*time.Millisecond - t.at)
		if time.Now().Before(end) {
			return
		}
		t.started[len(t.started)-1].full = true
		t.next(end)
	}
}

func (t *fakePlayer) next(at time.Time) {
	if len(t.queue) == 0 && t.listAt > 0 && t.listAt < len(t.list) && !t.ignoresAdditions {
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

func (t *fakePlayer) start(s party.Song, at time.Time) {
	t.song, t.playing, t.at, t.since = &s, true, 0, at
	t.started = append(t.started, start{uri: s.URI, at: at})
}

func (t loaded) progress() time.Duration {
	if !t.playing {
		return t.at
	}
	return t.at + time.Since(t.since)
}

func (t *fakePlayer) State(context.Context, string) (s playback.Observation, err error) {
	err = t.call("look", func() {
		s.At = time.Now()
		now := t.loaded
		if time.Since(t.changed) < t.stale {
			now = t.before
		}
		if t.away && t.shown && now.song != nil {
			s = playback.Observation{At: s.At, Song: now.song, Progress: now.progress(), Device: &party.Device{ID: t.device}}
		}
		if now.song != nil && !t.away {
			s = playback.Observation{
				At: s.At, Song: now.song, Progress: now.progress(), Playing: now.playing,
				Device: &party.Device{ID: t.device, IsActive: true}, Repeat: t.repeat,
			}
		}
		if t.listAt > 0 {
			s.Context = partyList
		}
	})
	return s, err
}

func (t *fakePlayer) Play(_ context.Context, _, uri, deviceID string) error {
	if uri == t.gone {
		return errors.Join(t.call("play", func() {}), &playback.Fault{Kind: playback.Gone})
	}
	t.wake(deviceID)
	return t.call("play", func() {
		if uri == t.neverPlays {
			t.playing, t.at = false, 0
			return
		}
		t.device = cmp.Or(deviceID, t.device)
		t.before, t.changed = t.loaded, time.Now()
		t.start(t.songs[uri], time.Now())
	})
}

// wake makes a device active that exists and is named by a command.
func (t *fakePlayer) wake(deviceID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away && slices.Contains(t.devices, deviceID) {
		t.advance()
		t.away, t.device = false, deviceID
	}
}

func (t *fakePlayer) Enqueue(_ context.Context, _, uri string) error {
	if uri == t.gone {
		return errors.Join(t.call("enqueue", func() {}), &playback.Fault{Kind: playback.Gone})
	}
	if uri == t.neverPlays {
		return t.call("enqueue", func() {})
	}
	return t.call("enqueue", func() { t.queue = append(t.queue, t.songs[uri]) })
}

func (t *fakePlayer) Queue(context.Context, string) (songs []party.Song, err error) {
	err = t.call("queue", func() {
		if t.song != nil {
			songs = append(songs, *t.song)
		}
		songs = append(songs, t.queue...)
	})
	return songs, err
}

func (t *fakePlayer) Next(context.Context, string) error {
	return t.call("next", func() {
		t.before, t.changed = t.loaded, time.Now()
		t.next(time.Now())
	})
}

func (t *fakePlayer) Pause(context.Context, string) error {
	return t.call("pause", func() {
		t.before, t.changed = t.loaded, time.Now()
		t.pause()
	})
}

func (t *fakePlayer) Resume(context.Context, string, string) error {
	return t.call("resume", func() {
		t.before, t.changed = t.loaded, time.Now()
		t.resume()
	})
}

func (t *fakePlayer) Transfer(_ context.Context, _, deviceID string, play bool) error {
	return t.call("transfer", func() {
		t.away, t.device = false, deviceID
		if play {
			t.resume()
		}
	})
}

func (t *fakePlayer) Devices(context.Context, string) (devices []party.Device, err error) {
	err = t.call("devices", func() {
		for _, id := range t.devices {
			devices = append(devices, party.Device{ID: id, IsActive: !t.away && id == t.device})
		}
	})
	return devices, err
}

func (t *fakePlayer) ResetShuffleAndRepeat(context.Context, string) error {
	return t.call("straighten", func() { t.repeat = false })
}

const partyList = "spotify:playlist:party"

func (t *fakePlayer) CreatePlaylist(context.Context, string, string, string) (uri string, err error) {
	err = t.call("create_playlist", func() { uri = partyList })
	return uri, err
}

func (t *fakePlayer) Append(_ context.Context, _, _, uri string) error {
	return t.call("append", func() { t.list = append(t.list, t.songs[uri]) })
}

func (t *fakePlayer) PlaylistSongs(context.Context, string, string) (songs []party.Song, err error) {
	err = t.call("playlist", func() { songs = slices.Clone(t.list) })
	return songs, err
}

func (t *fakePlayer) PlayPlaylist(_ context.Context, _, _, uri, _ string) error {
	return t.call("play_playlist", func() { t.playList(uri) })
}

// playList plays the playlist from a song on, including the songs that are appended later.
func (t *fakePlayer) playList(uri string) {
	for i, s := range t.list {
		if s.URI == uri {
			t.at = 0
			t.start(s, time.Now())
			t.listAt = i + 1
			return
		}
	}
}

func (t *fakePlayer) ForgetPlaylist(context.Context, string, string) error {
	return t.call("forget_playlist", func() { t.list = nil })
}

func (t *fakePlayer) Suggest(context.Context, string, playback.Seeds) (songs []party.Song, err error) {
	err = t.call("suggest", func() { songs = slices.Clone(t.suggestions) })
	return songs, err
}

// asHost does something as the host does in Spotify's app.
func (t *fakePlayer) asHost(use func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	use()
}

func (t *fakePlayer) pause() {
	if t.playing {
		t.at, t.playing = t.progress(), false
	}
}

func (t *fakePlayer) resume() {
	if t.song != nil && !t.playing {
		t.since, t.playing = time.Now(), true
	}
}

// called returns the number of calls of a kind so far, or of all kinds for "".
func (t *fakePlayer) called(kind string) (n int) {
	t.asHost(func() {
		for name, times := range t.calls {
			if kind == "" || kind == name {
				n += times
			}
		}
	})
	return n
}

// heard returns the names of the songs that started, in order.
func (t *fakePlayer) heard() string {
	var names []string
	t.asHost(func() {
		for _, s := range t.started {
			names = append(names, strings.TrimPrefix(s.uri, "spotify:track:"))
		}
	})
	return strings.Join(names, " ")
}
