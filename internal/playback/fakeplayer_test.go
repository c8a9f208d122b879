package playback_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// fakePlayer is a playback.Player whose songs play for their whole duration.
type fakePlayer struct {
	mu sync.Mutex
	loaded
	queue            []party.Song
	away             bool // no device is active
	shown            bool // while away, State shows the inactive device and its song
	songs            map[string]party.Song
	started          []start
	stale            time.Duration // how long after a command State shows the state before it
	before           loaded        // what was loaded before the last command
	changed          time.Time     // when the last command was carried out
	calls            map[string]int
	device           string   // the active one, unless away
	devices          []string // all that exist
	volume           int      // in percent
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
				Device: t.activeDevice(), Repeat: t.repeat,
			}
		}
		if t.listAt > 0 {
			s.Context = partyList
		}
	})
	return s, err
}

func (t *fakePlayer) Play(_ context.Context, _, uri, deviceID string, position time.Duration) error {
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
		t.at = position
	})
}

// wake makes the device that a command names the active one, if it exists.
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

func (t *fakePlayer) Queue(context.Context, string) (queue playback.Queue, err error) {
	err = t.call("queue", func() {
		queue = playback.Queue{Current: t.song, Next: slices.Clone(t.queue)}
	})
	return queue, err
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

func (t *fakePlayer) activeDevice() *party.Device {
	volume := t.volume
	return &party.Device{ID: t.device, IsActive: true, VolumePercent: &volume}
}

func (t *fakePlayer) SetVolume(_ context.Context, _ string, percent int) error {
	return t.call("volume", func() { t.volume = percent })
}

func (t *fakePlayer) ResetShuffleAndRepeat(context.Context, string) error {
	return t.call("reset_modes", func() { t.repeat = false })
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
