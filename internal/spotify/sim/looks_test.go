package sim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/spotify/sim"
)

// seenPlayer is a response about the player, and seenQueue one about its queue.
type (
	seenPlayer struct {
		Device, Context *struct{}
		Item            *struct{ URI, Name, Type string }
		Progress        *int64 `json:"progress_ms"`
		Timestamp       int64
		Playing         *bool  `json:"is_playing"`
		Type            string `json:"currently_playing_type"`
	}
	seenQueue struct {
		Current *struct{ URI string } `json:"currently_playing"`
		Queue   []struct{ URI string }
	}
)

func (p *playerTest) look(l sim.Look) {
	p.Helper()
	must(p.T, p.sim.InjectLook(l))
}

func (p *playerTest) seen() (seen seenPlayer) {
	p.Helper()
	must(p.T, json.Unmarshal([]byte(p.raw().body), &seen))
	return seen
}

func (p *playerTest) seenQueue() (seen seenQueue) {
	p.Helper()
	must(p.T, json.Unmarshal([]byte(ask(p.T, "GET", p.url+"/queue", p.bearer, "").body), &seen))
	return seen
}

// position returns what a response shows, as "song number progress".
func (p *playerTest) position(seen seenPlayer) string {
	for i, song := range p.songs {
		if seen.Item != nil && seen.Item.URI == song.URI {
			return fmt.Sprint(i, " ", time.Duration(*seen.Progress)*time.Millisecond)
		}
	}
	return "nothing"
}

func TestLooksAtThePast(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	must(t, p.client.QueueSong(t.Context(), spotify.ID(p.songs[1].ID)))
	p.clock.pass(50 * time.Second)
	must(t, p.host.Seek(100*time.Second))
	p.clock.pass(102 * time.Second) // 2 seconds into the second song

	for _, tt := range []struct {
		look sim.Look
		want string
	}{
		{sim.Look{Kind: sim.LookStale, Age: time.Second}, "1 1s"},
		{sim.Look{Kind: sim.LookStale, Age: 5 * time.Second}, "0 3m17s"},
		{sim.Look{Kind: sim.LookStale, Age: 103 * time.Second}, "0 49s"}, // before the host's seek
		{sim.Look{Kind: sim.LookStale, Age: time.Hour}, "nothing"},
		{sim.Look{Kind: sim.LookPreviousTrack}, "0 3m19.999s"},
		{sim.Look{Kind: sim.LookRepeated}, "0 3m19.999s"},
		{sim.Look{Kind: sim.LookNothing}, "nothing"},
		{sim.Look{Kind: sim.LookRepeated}, "nothing"},
	} {
		p.look(tt.look)
		if got := p.raw(); got.status == 204 {
			if tt.want != "nothing" {
				t.Errorf("%+v: 204", tt.look)
			}
			continue
		} else if seen := (seenPlayer{}); json.Unmarshal([]byte(got.body), &seen) != nil || p.position(seen) != tt.want {
			t.Errorf("%+v: %s instead of %s", tt.look, p.position(seen), tt.want)
		}
	}
	wantPlaying(t, p.client, p.songs[1], 2*time.Second) // and it has been playing all the time
	if got := p.sim.Injected(); got["look stale"] != 4 || got["look repeated"] != 2 {
		t.Errorf("injected: %v", got)
	}
}

func TestLooksLastForATimeOrForAShareOfRequests(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	p.clock.pass(20 * time.Second)
	p.look(sim.Look{Kind: sim.LookStale, Age: 10 * time.Second, Times: -1, Probability: 0.2})
	stale := 0
	for range 200 {
		if p.position(p.seen()) == "0 10s" {
			stale++
		}
	}
	if stale < 20 || stale > 60 {
		t.Errorf("%d of 200 responses were stale with a probability of 0.2", stale)
	}
	p.sim.ClearLooks()
	p.look(sim.Look{Kind: sim.LookNothing, For: 10 * time.Second, Account: p.account.ID})
	p.look(sim.Look{Kind: sim.LookNothing, Account: "another"})
	for _, want := range []int{204, 204, 200} {
		if got := p.raw(); got.status != want {
			t.Errorf("%d instead of %d", got.status, want)
		}
		p.clock.pass(5 * time.Second)
	}
}

func TestLooksWithoutPartsOfTheState(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	p.clock.pass(30 * time.Second)
	for _, field := range []string{"device", "item", "progress_ms", "context", "timestamp", "is_playing"} {
		p.look(sim.Look{Kind: sim.LookNull, Field: field})
		if got := p.raw().body; !strings.Contains(got, `"`+field+`":null`) || !json.Valid([]byte(got)) {
			t.Errorf("%s null: %s", field, got)
		}
		p.look(sim.Look{Kind: sim.LookMissing, Field: field})
		fields := map[string]any{}
		must(t, json.Unmarshal([]byte(p.raw().body), &fields))
		if _, ok := fields[field]; ok || len(fields) < 8 {
			t.Errorf("%s missing: %v", field, fields)
		}
	}
	before := p.seen()
	p.clock.pass(time.Second)
	for _, tt := range []struct {
		look  sim.Look
		holds func(seenPlayer) bool
	}{
		{sim.Look{Kind: sim.LookStuckProgress}, func(s seenPlayer) bool { return *s.Progress == *before.Progress }},
		{sim.Look{Kind: sim.LookZeroProgress}, func(s seenPlayer) bool { return *s.Progress == 0 }},
		{sim.Look{Kind: sim.LookNotPlaying}, func(s seenPlayer) bool { return !*s.Playing && s.Item != nil }},
		{
			sim.Look{Kind: sim.LookOldTimestamp, Age: time.Hour},
			func(s seenPlayer) bool { return s.Timestamp == before.Timestamp-time.Hour.Milliseconds() },
		},
		{
			sim.Look{Kind: sim.LookUnknownType},
			func(s seenPlayer) bool { return s.Type == "unknown" && s.Item.Type == "audiobook" },
		},
		{sim.Look{Kind: sim.LookGhost}, func(s seenPlayer) bool { return s.Item != nil }}, // something plays
	} {
		p.look(tt.look)
		if got := p.seen(); !tt.holds(got) {
			t.Errorf("%s: %+v", tt.look.Kind, got)
		}
	}
	must(t, p.host.CloseApp())
	p.look(sim.Look{Kind: sim.LookGhost})
	if got := p.seen(); got.Playing == nil || !*got.Playing || got.Item != nil || got.Device == nil {
		t.Errorf("a ghost: %+v", got)
	}
	if got := p.raw(); got.status != 204 {
		t.Errorf("after the ghost: %+v", got)
	}
}

func TestLooksAtTheQueue(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	p.clock.pass(10 * time.Second)
	must(t, p.client.QueueSong(t.Context(), spotify.ID(p.songs[1].ID)))
	for _, tt := range []struct {
		look    sim.Look
		queued  int
		current bool
		first   int
	}{
		{sim.Look{Kind: sim.LookStale, Age: 3 * time.Second}, 0, true, 0},
		{sim.Look{Kind: sim.LookRepeated}, 0, true, 0},
		{sim.Look{Kind: sim.LookRepeatedItems}, 20, true, 1},
		{sim.Look{Kind: sim.LookListsCurrent}, 2, true, 0},
		{sim.Look{Kind: sim.LookNull, Field: "currently_playing"}, 1, false, 1},
		{sim.Look{Kind: sim.LookMissing, Field: "queue"}, 0, true, 0},
		{sim.Look{Kind: sim.LookNothing}, 0, false, 0},
		{sim.Look{}, 1, true, 1},
	} {
		tt.look.Queue = true
		if tt.look.Kind != "" {
			p.look(tt.look)
		}
		got := p.seenQueue()
		if len(got.Queue) != tt.queued || (got.Current != nil) != tt.current ||
			tt.queued > 0 && got.Queue[0].URI != p.songs[tt.first].URI {
			t.Errorf("%+v: %+v", tt.look, got)
		}
	}
	p.clock.pass(195 * time.Second) // the second song plays, and none waits
	p.look(sim.Look{Kind: sim.LookRepeatedItems, Queue: true})
	if got := p.seenQueue(); len(got.Queue) != 20 || got.Queue[19].URI != p.songs[1].URI {
		t.Errorf("the repeated current song: %+v", got)
	}
}

func TestInvalidLooksAreRefused(t *testing.T) {
	s := open(t)
	for _, wrong := range []sim.Look{
		{}, {Kind: "blurred"}, {Kind: sim.LookStale}, {Kind: sim.LookNull}, {Kind: sim.LookNothing, Probability: 2},
		{Kind: sim.LookGhost, Queue: true}, {Kind: sim.LookListsCurrent},
	} {
		if err := s.InjectLook(wrong); err == nil {
			t.Errorf("%+v was accepted", wrong)
		}
	}
}
