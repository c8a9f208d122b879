package sim

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

var startTime = time.Date(2026, time.November, 21, 20, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return startTime.Add(time.Duration(seconds) * time.Second) }

// lasts returns the length of a track's ID in seconds: "aaa" lasts three seconds.
func lasts(id string) time.Duration { return time.Duration(len(id)) * time.Second }

func noAutoplay() playerOptions { return playerOptions{length: lasts} }

func TestPlayerAdvancesWithTime(t *testing.T) {
	playing := player{Track: "aaaaa", By: ByContext, Playing: true, Since: startTime, Queue: []string{"qqq"},
		List: []string{"bb", "cccc"}}
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
		{"at its end the queued song starts", playing, 5, "qqq", 0, true, 2},
		{"the queue goes before the list", playing, 7, "qqq", 2 * time.Second, true, 2},
		{"then the list goes on", playing, 9, "bb", time.Second, true, 1},
		{"several songs end in one step", playing, 13, "cccc", 3 * time.Second, true, 0},
		{"after the last the player stops at its beginning", playing, 14, "cccc", 0, false, 0},
		{"it stays stopped", playing, 9999, "cccc", 0, false, 0},
		{"a paused player stands still", paused, 9999, "aaaaa", 2 * time.Second, false, 3},
		{"a resumed one goes on from there", paused.resume(after(100), ByHost, noAutoplay()),
			102, "aaaaa", 4 * time.Second, true, 3},
		{"a clock set back does not rewind", playing, -60, "aaaaa", 0, true, 3},
		{"a track of no length is skipped", player{Track: "a", Playing: true, Since: startTime, List: []string{"", "bb"}},
			2, "bb", time.Second, true, 0},
		{"a player with nothing does nothing", player{}, 9999, "", 0, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := advance(tt.from, after(tt.at), noAutoplay())
			if p.Track != tt.track || p.progress(after(tt.at)) != tt.progress || p.Playing != tt.playing ||
				len(p.upcoming(noAutoplay())) != tt.upcoming {
				t.Errorf("got %+v, progress %v", p, p.progress(after(tt.at)))
			}
		})
	}
}

func TestEnqueueDoesNotShareQueues(t *testing.T) {
	p := player{Queue: make([]string, 0, 8)}.enqueue("a")
	first, second := p.enqueue("b"), p.enqueue("c")
	if first.Queue[1] != "b" || second.Queue[1] != "c" {
		t.Errorf("copies share a queue: %v and %v", first.Queue, second.Queue)
	}
}

// FuzzAdvance checks that a player's state does not depend on how often it is advanced on the way.
func FuzzAdvance(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed, uint16(seed*7))
	}
	f.Fuzz(func(t *testing.T, seed uint64, milliseconds uint16) {
		random := rand.New(rand.NewPCG(seed, seed))
		l := playerOptions{length: func(id string) time.Duration { return time.Duration(id[0]+1) * 100 * time.Millisecond },
			freezeAtEnd: random.IntN(3) == 0}
		anyOptions(&l, random)
		if random.IntN(3) == 0 {
			l.similar = func(id string) []string { return []string{id + "a", "Z", id[:1]} }
		}
		songs := func() []string {
			ids := make([]string, random.IntN(5))
			for i := range ids {
				ids[i] = string(rune(random.IntN(100)))
			}
			return ids
		}
		p := player{Track: "x", Playing: random.IntN(4) > 0, Position: time.Duration(random.IntN(20_000)) * time.Millisecond,
			Since: startTime, Queue: songs(), List: songs(), All: songs(), By: ByAPI,
			Repeat: []string{"", "track", "context"}[random.IntN(3)], Shuffle: random.IntN(2) == 0}
		if p.Playing && random.IntN(4) == 0 {
			p = p.interrupt("ad", time.Duration(random.IntN(5000))*time.Millisecond, startTime)
		}
		end := startTime.Add(time.Duration(milliseconds) * time.Millisecond)

		steps := p
		for now := startTime; now.Before(end); now = now.Add(time.Duration(random.IntN(3000)) * time.Millisecond) {
			steps = advance(steps, now, l)
		}
		steps = advance(steps, end, l)
		if once := advance(p, end, l); !reflect.DeepEqual(steps, once) {
			t.Errorf("from %+v\nin steps %+v\nat once  %+v", p, steps, once)
		}
	})
}

// FuzzCommands checks that a player stays consistent under any commands, and so does its event log.
func FuzzCommands(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		random := rand.New(rand.NewPCG(seed, seed))
		l := playerOptions{length: lasts, freezeAtEnd: random.IntN(4) == 0}
		anyOptions(&l, random)
		p, now, log := player{}, startTime, eventLog{}
		for range 60 {
			now = now.Add(time.Duration(random.IntN(3000)) * time.Millisecond)
			p = anyCommand(advance(p, now, l), random, now, l)
			log.add("a", p.events)
			p.events = nil
			if p.Playing && p.Track == "" || p.Shuffle && p.Auto || p.progress(now) < 0 {
				t.Fatalf("inconsistent player: %+v", p)
			}
		}
		all := playsFrom(log["a"], now)
		for i, h := range all {
			if i < len(all)-1 && (h.Ended.IsZero() || all[i+1].Started.Before(h.Ended)) ||
				!h.Ended.IsZero() && h.Paused > h.Ended.Sub(h.Started) {
				t.Fatalf("track %d of %+v", i, all)
			}
		}
		quiet := silencesFrom(log["a"], now)
		for i, s := range quiet {
			if !s.To.After(s.From) || i > 0 && s.From.Before(quiet[i-1].To) {
				t.Fatalf("silence %d of %+v", i, quiet)
			}
		}
	})
}

// anyOptions makes tracks overlap, be interrupted by advertisements, or be broken, each in some cases.
func anyOptions(l *playerOptions, random *rand.Rand) {
	some := func() time.Duration { return time.Duration(random.IntN(2)*random.IntN(2000)) * time.Millisecond }
	l.crossfade, l.automix, l.adBetween = some(), some(), some()
	if random.IntN(2) == 0 {
		l.broken = func(id string) string {
			return append(BrokenKinds(), "", "", "")[(len(id)+int(id[0]))%7]
		}
	}
}

// anyCommand executes a random command.
func anyCommand(p player, random *rand.Rand, now time.Time, l playerOptions) player {
	list := []string{"a", "bb", "ccc", "dddd"}[:1+random.IntN(4)]
	switch random.IntN(11) {
	case 0:
		return p.play(list, random.IntN(len(list)), "", ByAPI, now, l)
	case 1:
		return p.enqueue(list[0])
	case 2:
		return p.shuffle(random.IntN(2) == 0)
	case 3:
		return p.next(now, l)
	case 4:
		back, _ := p.previous(now, l)
		return back
	case 5:
		if len(p.Done) > 0 {
			return p.replaceContext(list)
		}
	case 6:
		if p.By != "" {
			return p.seek(min(time.Second, l.length(p.Track)), now)
		}
	case 7:
		if p.Track != "" && !p.isAudible() {
			return p.resume(now, ByHost, l)
		}
	case 8:
		if p.Playing {
			return p.pause(now, "paused")
		}
	case 9:
		if p.isAudible() {
			return p.stall("frozen", now)
		}
	case 10:
		if p.isAudible() {
			return p.interrupt("ad", time.Second, now)
		}
	}
	return p
}

func TestEventLogIsBounded(t *testing.T) {
	j := eventLog{}
	for i := range maxEvents + 500 {
		j.add("a", []event{{at: after(i), kind: resumed}})
	}
	if all := j["a"]; len(all) != maxEvents || !all[len(all)-1].at.Equal(after(maxEvents+499)) {
		t.Errorf("%d events", len(all))
	}
}

func FuzzFields(f *testing.F) {
	for _, text := range []string{"total", "items(item(name,uri)),next", "a.b.c,d", "a.b(c,d.e),f", "((", "a.(b)", "a()",
		",", "a.b)"} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		wanted, _, ok := parseFields(text)
		if ok {
			wanted.pick(map[string]any{"a": []any{map[string]any{"b": 1}}})
		}
	})
}
