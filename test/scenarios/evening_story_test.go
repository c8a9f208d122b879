package scenarios_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// storyLines is the largest number of lines that the story of a violation has.
const storyLines = 22

// line is a line of a story.
type line struct {
	at   time.Time
	text string
}

// story tells what led to a violation, so that a person can follow it.
func (v *verdict) story(w violation) string {
	var b strings.Builder
	lines := v.lines(w.at)
	for _, l := range lines[max(0, len(lines)-storyLines):] {
		fmt.Fprintf(&b, "  %s %s\n", v.clock(l.at), l.text)
	}
	fmt.Fprintf(&b, "  %s => %s\n", v.clock(w.at), w.text)
	return b.String()
}

// lines returns what happened in the six minutes before a time and shortly after.
func (v *verdict) lines(at time.Time) []line {
	from, to := at.Add(-6*time.Minute), at.Add(5*time.Second)
	var all []line
	tell := func(when time.Time, format string, args ...any) {
		if !when.IsZero() && !when.Before(from) && !when.After(to) {
			all = append(all, line{when, fmt.Sprintf(format, args...)})
		}
	}
	for _, d := range v.deeds {
		if text := fmt.Sprintf("%.160s", d.what); d.failed || strings.Contains(text, "like") {
			continue
		} else if d.uri != "" {
			tell(d.at, "%s: %s (song %s)", d.who, text, v.songName(d.uri))
		} else if d.song != 0 {
			tell(d.at, "%s: %s (song %d)", d.who, text, d.song)
		} else {
			tell(d.at, "%s: %s", d.who, text)
		}
	}
	for _, p := range v.plays {
		tell(p.Started, "song %s starts, by %s", v.songName(p.URI), p.ByWhom)
		if !p.Full {
			tell(p.Ended, "song %s ends early, after %v", v.songName(p.URI), v.audible(p).Round(time.Second))
		} else {
			tell(p.Ended, "song %s ends", v.songName(p.URI))
		}
	}
	v.tellMore(tell)
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	return all
}

// tellMore adds the silences, the healths and the server's commands to a story.
func (v *verdict) tellMore(tell func(when time.Time, format string, args ...any)) {
	for _, s := range v.silences {
		if s.To.Sub(s.From) > maxPause {
			tell(s.From, "silence for %v: %s", s.To.Sub(s.From).Round(time.Second), s.Why)
		}
	}
	for i, since := range v.since {
		tell(since, "health %s", v.shown[i])
	}
	for _, r := range v.requests {
		if strings.Contains(r.name, " me/player") && !strings.HasPrefix(r.name, "GET") {
			tell(r.done(), "%s: %d", r.name, r.status)
		}
	}
}

// clock returns a time as the hours, minutes and seconds since the evening began.
func (v *verdict) clock(at time.Time) string {
	d := at.Sub(v.room.CreatedAt)
	return fmt.Sprintf("%d:%02d:%04.1f", int(d.Hours()), int(d.Minutes())%60, d.Seconds()-60*float64(int(d.Minutes())))
}

// tally sums up many evenings.
type tally struct {
	mu          sync.Mutex
	kinds, acts map[string]int
	ends        map[string]int
	quiet       map[string]time.Duration
	plays       int
	busiest     int
	found       map[string][]failure
}

// failure is a violation with the seed of its evening.
type failure struct {
	seed   int
	story  string
	length int
}

func newTally() *tally {
	return &tally{
		kinds: map[string]int{}, acts: map[string]int{}, ends: map[string]int{}, quiet: map[string]time.Duration{},
		found: map[string][]failure{},
	}
}

// add judges an evening and adds the result to the tally.
func (t *tally) add(seed int, e *evening) {
	v := e.judge()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range e.deeds {
		if strings.HasPrefix(d.what, "fault ") {
			e.kinds[d.what]++
		}
	}
	sum(t.kinds, e.kinds)
	sum(t.acts, e.acts)
	sum(t.ends, v.ends)
	for why, d := range v.quiet {
		t.quiet[why] += d
	}
	t.plays += len(slices.DeleteFunc(slices.Clone(v.plays), func(p sim.Play) bool { return v.songName(p.URI) == other }))
	t.busiest = max(t.busiest, v.busiest)
	for _, w := range v.violations {
		t.found[w.kind] = append(t.found[w.kind], failure{seed, v.story(w), len(v.lines(w.at))})
	}
}

// groups returns the violations of each kind, with the shortest story.
func (t *tally) groups() (all []string) {
	for _, kind := range sortedKeys(t.found) {
		failures := t.found[kind]
		shortest := slices.MinFunc(failures, func(a, b failure) int { return cmp.Compare(a.length, b.length) })
		var in []int
		for _, f := range failures {
			in = append(in, f.seed)
		}
		slices.Sort(in)
		in = slices.Compact(in)
		all = append(all, fmt.Sprintf("%s: %d times, with the seeds %v; seed %d:\n%s", kind, len(failures),
			in[:min(len(in), 12)], shortest.seed, shortest.story))
	}
	return all
}

func (t *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d songs started; %d calls in the busiest hour", t.plays, t.busiest)
	fmt.Fprintf(&b, "\nsongs:%s\ntroubles:%s\nacts:%s\nsilence while songs waited:", counted(t.ends), counted(t.kinds),
		counted(t.acts))
	for _, why := range sortedKeys(t.quiet) {
		fmt.Fprintf(&b, "\n%10v  %s", t.quiet[why].Round(time.Second), why)
	}
	return b.String()
}

// sum adds the counts of more to into.
func sum(into, more map[string]int) {
	for kind, n := range more {
		into[kind] += n
	}
}

// counted returns the counts as a list, one a line.
func counted(counts map[string]int) string {
	var b strings.Builder
	for _, kind := range sortedKeys(counts) {
		fmt.Fprintf(&b, "\n%6d  %s", counts[kind], kind)
	}
	return b.String()
}
