package main_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
)

// oddParty is a party with short songs, in real time. Its simulated Spotify, in a process of its own, gives odd
// answers.
type oddParty struct {
	*browser // the host
	spotify  *outside
	account  string
	roomID   string
	names    map[string]string // of songs, by the URI of each release
	songs    []item            // the songs to be heard, in order

	mu     sync.Mutex
	health []string // the health states that the room has shown, in order, without repetitions; guarded by mu
}

// startOddParty starts a party with a number of songs, each so many seconds long. The first one plays.
func startOddParty(t *testing.T, songs, seconds int) *oddParty {
	t.Helper()
	o := startSpotify(t, "ANTWON_DEMO_SONG_SECONDS="+strconv.Itoa(seconds))
	s := startServer(t, testdb.EmptySQLite(t), o.app()...)
	p := &oddParty{browser: newBrowser(t, s.login("Hanna")), spotify: o, names: o.catalogue()}
	p.account = o.newAccount("Hanna's account")
	p.browser.connect(p.account)
	p.roomID = p.openRoom("EVIDENCE")
	p.user.connect().subscribe("health", `subscription($r: ID!) { playback(roomId: $r) { health { state reason } } }`,
		map[string]any{"r": p.roomID}, p.onHealth)
	for _, uri := range p.search(p.roomID, "the", 3*songs) { // a second release of a song is the same item
		known := slices.ContainsFunc(p.songs, func(i item) bool { return i.Song.Name == p.names[uri] })
		if len(p.songs) < songs && !known {
			p.songs = append(p.songs, p.add(p.roomID, uri))
		}
	}
	p.untilHeard(1)
	return p
}

func (p *oddParty) onHealth(data json.RawMessage) {
	var event struct {
		Playback struct {
			Health struct{ State, Reason string }
		}
	}
	if err := json.Unmarshal(data, &event); err != nil {
		p.t.Errorf("%s: %v", data, err)
	}
	shown := strings.TrimSuffix(event.Playback.Health.State+"/"+event.Playback.Health.Reason, "/")
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.health) == 0 || p.health[len(p.health)-1] != shown {
		p.health = append(p.health, shown)
	}
}

// told reports whether the room has shown a health.
func (p *oddParty) told(health string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.health, health)
}

// untilHeard waits until so many songs have started.
func (p *oddParty) untilHeard(n int) {
	p.t.Helper()
	p.eventually("song "+strconv.Itoa(n), func() bool { return len(p.spotify.heard(p.account)) >= n })
}

// injected returns how often each kind of fault and look occurred.
func (p *oddParty) injected() map[string]int {
	p.t.Helper()
	var journal struct{ Injected map[string]int }
	p.spotify.control(http.MethodGet, "journal", nil, &journal)
	return journal.Injected
}

// fault injects a fault into the simulated Spotify, look makes its responses differ from what plays, and act lets the
// host do something in Spotify's app.
func (p *oddParty) fault(f map[string]any) {
	p.t.Helper()
	p.spotify.control(http.MethodPost, "faults", f, nil)
}

func (p *oddParty) look(l map[string]any) {
	p.t.Helper()
	p.spotify.control(http.MethodPost, "looks", l, nil)
}

func (p *oddParty) act(a map[string]any) {
	p.t.Helper()
	p.spotify.control(http.MethodPost, "accounts/"+p.account+"/host", a, nil)
}

// end waits until all songs have been heard, and checks that each was heard once, in order and to its end, and that the
// room showed no other health than OK, "nothing to play", and those given.
func (p *oddParty) end(alsoShown ...string) {
	p.t.Helper()
	for n := range p.songs {
		p.untilHeard(n + 1)
	}
	p.eventually("the last song to end", func() bool { return p.hears(p.roomID) == "" })
	if n := len(p.expectHeardSoFar()); n != len(p.songs) {
		p.t.Errorf("heard %d songs, want %d", n, len(p.songs))
	}
	p.expectHealth(alsoShown...)
	p.printSilence()
}

// expectHeardSoFar returns the songs that were heard so far. It checks that they are the first ones of those to be
// heard, and that none was cut off.
func (p *oddParty) expectHeardSoFar() (heard []heard) {
	p.t.Helper()
	var names, want []string
	for _, song := range p.songs {
		want = append(want, song.Song.Name)
	}
	heard = p.spotify.heard(p.account)
	for _, h := range heard {
		names = append(names, p.names[h.URI])
		if !h.Full && !h.Ended.IsZero() {
			p.t.Errorf("%s was cut after %v", p.names[h.URI], h.Ended.Sub(h.Started))
		}
	}
	if !slices.Equal(names, want[:min(len(names), len(want))]) {
		p.t.Errorf("heard %q, want %q", names, want)
	}
	return heard
}

// expectHealth checks that the room has shown no health but OK, "nothing to play" and these.
func (p *oddParty) expectHealth(alsoShown ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, shown := range p.health {
		if !slices.Contains([]string{"OK", "NOTHING_TO_PLAY"}, shown) && !slices.Contains(alsoShown, shown) {
			p.t.Errorf("the room's health was %s: %v", shown, p.health)
		}
	}
}

// expectInjected checks that a fault or look occurred this number of times.
func (p *oddParty) expectInjected(kind string, times int) {
	p.t.Helper()
	if got := p.injected(); got[kind] < times {
		p.t.Errorf("injected were %v, want %d times %q", got, times, kind)
	}
}

// printSilence prints how long the longest silence between two songs was. It is not judged: machines differ.
func (p *oddParty) printSilence() {
	p.t.Helper()
	var longest time.Duration
	heard := p.spotify.heard(p.account)
	for i := range heard[1:] {
		longest = max(longest, heard[i+1].Started.Sub(heard[i].Ended))
	}
	p.t.Logf("the longest silence between two songs was %v", longest.Round(100*time.Millisecond))
}

// expectPlayback checks a field of what the room shows of its player.
func (p *oddParty) expectPlayback(field, want string) {
	p.t.Helper()
	var got struct {
		Room struct{ Playback map[string]string }
	}
	p.ask(&got, `query($r: ID!) { room(id: $r) { playback { status delivery } } }`, map[string]any{"r": p.roomID})
	if got.Room.Playback[field] != want {
		p.t.Errorf("the room's %s is %s, want %s", field, got.Room.Playback[field], want)
	}
}

// refused reports whether the room's log lists a song as refused by Spotify.
func (p *oddParty) refused(song item) bool {
	p.t.Helper()
	var got struct {
		Room struct {
			Log struct {
				Nodes []struct {
					Kind string
					Item *item
				}
			}
		}
	}
	p.ask(&got, `query($r: ID!) { room(id: $r) { log { nodes { kind item { id state } } } } }`,
		map[string]any{"r": p.roomID})
	for _, event := range got.Room.Log.Nodes {
		if event.Kind == "REFUSED" && event.Item.ID == song.ID && event.Item.State == "SKIPPED" {
			return true
		}
	}
	return false
}

// fallAsleep lets the host pause in Spotify's app, until the device sleeps, and checks that the pause is obeyed.
func (p *oddParty) fallAsleep(switches map[string]any) {
	p.t.Helper()
	p.spotify.control(http.MethodPost, "accounts/"+p.account+"/switches", switches, nil)
	time.Sleep(3 * time.Second)
	p.act(map[string]any{"action": "pause"})
	time.Sleep(25 * time.Second)
	if heard := p.spotify.heard(p.account); len(heard) != 1 || !heard[0].Ended.IsZero() {
		p.t.Errorf("heard %v after a pause, want one song that has not ended", heard)
	}
	p.expectPlayback("status", "PAUSED")
}

// resume sends resumePlayback, prints how long it took, and returns the code of the error that it fails with.
func (p *oddParty) resume() (code string) {
	p.t.Helper()
	began := time.Now()
	got := p.post(p.t, `mutation($r: ID!) { resumePlayback(roomId: $r) { status } }`, map[string]any{"r": p.roomID})
	if len(got.Errors) > 0 {
		code = got.Errors[0].Extensions.Code
	}
	p.t.Logf("resumePlayback took %v, error %q", time.Since(began).Round(10*time.Millisecond), code)
	return code
}
