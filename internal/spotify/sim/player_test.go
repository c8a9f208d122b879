package sim

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

var evening = time.Date(2026, time.November, 21, 20, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return evening.Add(time.Duration(seconds) * time.Second) }

// lasts gives every track the length of its name: "aaa" plays three seconds, "" none.
func lasts(id string) time.Duration { return time.Duration(len(id)) * time.Second }

func plainly() laws { return laws{length: lasts} }

func TestAdvance(t *testing.T) {
	playing := player{Track: "aaaaa", By: ByContext, Playing: true, Since: evening, Queue: []string{"qqq"}, List: []string{"bb", "cccc"}}
	paused := playing.pause(after(2), "paused")
	for _, tt := range []struct {
		name     string
		from     player
		at       int
		track    string
		progress time.Duration
		playing  bool
		upcoming int
	}{
		{"the song goes on", playing, 3, "aaaaa", 3 * time.Second, true, 3},
		{"at its very end the queued one starts", playing, 5, "qqq", 0, true, 2},
		{"the queue goes before the list", playing, 7, "qqq", 2 * time.Second, true, 2},
		{"then the list goes on", playing, 9, "bb", time.Second, true, 1},
		{"several songs end in one step", playing, 13, "cccc", 3 * time.Second, true, 0},
		{"after the last the player stops at its beginning", playing, 14, "cccc", 0, false, 0},
		{"and stays there", playing, 9999, "cccc", 0, false, 0},
		{"a paused player stands still", paused, 9999, "aaaaa", 2 * time.Second, false, 3},
		{"a resumed one goes on from there", paused.resume(after(100), ByHost), 102, "aaaaa", 4 * time.Second, true, 3},
		{"a clock set back takes nothing away", playing, -60, "aaaaa", 0, true, 3},
		{"a track of no length is passed over", player{Track: "a", Playing: true, Since: evening, List: []string{"", "bb"}}, 2, "bb", time.Second, true, 0},
		{"a player with nothing does nothing", player{}, 9999, "", 0, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := advance(tt.from, after(tt.at), plainly())
			if p.Track != tt.track || p.progress(after(tt.at)) != tt.progress || p.Playing != tt.playing || len(p.upcoming(plainly())) != tt.upcoming {
				t.Errorf("got %+v, progress %v", p, p.progress(after(tt.at)))
			}
		})
	}
}

func TestQueueingLeavesOtherCopiesAlone(t *testing.T) {
	p := player{Queue: make([]string, 0, 8)}.enqueue("a")
	first, second := p.enqueue("b"), p.enqueue("c")
	if first.Queue[1] != "b" || second.Queue[1] != "c" {
		t.Errorf("copies share a queue: %v and %v", first.Queue, second.Queue)
	}
}

// FuzzAdvance: however often a player is looked at on the way, it stands at the same place in the end.
func FuzzAdvance(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed, uint16(seed*7))
	}
	f.Fuzz(func(t *testing.T, seed uint64, milliseconds uint16) {
		random := rand.New(rand.NewPCG(seed, seed))
		l := laws{length: func(id string) time.Duration { return time.Duration(id[0]+1) * 100 * time.Millisecond }}
		songs := func() []string {
			ids := make([]string, random.IntN(5))
			for i := range ids {
				ids[i] = string(rune(random.IntN(100)))
			}
			return ids
		}
		p := player{Track: "x", Playing: random.IntN(4) > 0, Position: time.Duration(random.IntN(20_000)) * time.Millisecond,
			Since: evening, Queue: songs(), List: songs()}
		end := evening.Add(time.Duration(milliseconds) * time.Millisecond)

		steps := p
		for now := evening; now.Before(end); now = now.Add(time.Duration(random.IntN(3000)) * time.Millisecond) {
			steps = advance(steps, now, l)
		}
		steps = advance(steps, end, l)
		if once := advance(p, end, l); !reflect.DeepEqual(steps, once) {
			t.Errorf("from %+v\nin steps %+v\nat once  %+v", p, steps, once)
		}
	})
}
