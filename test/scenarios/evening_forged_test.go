package scenarios_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// TestJudgeOfEveningsObjects forges the evidence of a calm evening, and checks that the judge notices it. Without this
// test, random evenings without violations would prove nothing.
func TestJudgeOfEveningsObjects(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.oneServer = true
		e := &evening{
			fixture: w.open(w.start("0"), options{}), dice: rand.New(rand.NewPCG(1, 2)), removed: map[int]time.Time{},
			kinds: map[string]int{}, acts: map[string]int{},
		}
		e.guests = append(e.guests, e.join("Gina"))
		e.fill(5)
		e.finish()
		for kind, forge := range forgeries() {
			v := e.evidence()
			forge(v)
			v.decide()
			objects := slices.ContainsFunc(v.violations, func(w violation) bool { return w.kind == kind })
			if honest := kind == ""; honest && len(v.violations) > 0 || !honest && !objects {
				t.Errorf("of %q the judge finds %+v", kind, v.violations)
			}
		}
	})
}

// forgeries returns functions that forge the evidence of an evening, by the kind of violation that the judge has to
// find then. The one with an empty kind changes nothing, and the judge must find nothing.
func forgeries() map[string]func(*verdict) {
	third := func(v *verdict) *sim.Play { return &v.plays[2] }
	return map[string]func(*verdict){
		"": func(*verdict) {},
		"cut by the server": func(v *verdict) {
			third(v).Ended, third(v).Full = third(v).Started.Add(time.Minute), false
			v.requests = append(v.requests, request{
				at: third(v).Ended.Add(-latency), name: "PUT me/player/play", status: 200,
			})
		},
		"heard twice": func(v *verdict) {
			again := *third(v)
			again.Started, again.Ended = again.Started.Add(time.Hour), again.Ended.Add(time.Hour)
			v.plays = append(v.plays, again)
		},
		"never heard": func(v *verdict) { v.plays = slices.Delete(v.plays, 2, 3) },
		"silence: ended": func(v *verdict) {
			from := third(v).Started.Add(-30 * time.Second)
			v.silences = append(v.silences, sim.Silence{From: from, To: third(v).Started, Why: "ended"})
		},
		"silence: frozen": func(v *verdict) {
			from := third(v).Started.Add(-time.Minute)
			v.silences = append(v.silences, sim.Silence{From: from, To: third(v).Started, Why: "frozen"})
		},
		"paused by the server": func(v *verdict) {
			from := third(v).Started.Add(time.Minute)
			v.silences = append(v.silences, sim.Silence{From: from, To: from.Add(time.Second), Why: "paused"})
			v.requests = append(v.requests, request{at: from.Add(-latency), name: "PUT me/player/pause", status: 200})
		},
		"health UNREACHABLE": func(v *verdict) {
			v.shown = append(v.shown, "UNREACHABLE", "OK")
			v.since = append(v.since, third(v).Started.Add(20*time.Second), third(v).Started.Add(2*time.Minute))
		},
		"history: missing": func(v *verdict) { v.past = slices.Delete(slices.Clone(v.history()), 2, 3) },
		"history: skipped": func(v *verdict) {
			v.past = slices.Clone(v.history())
			v.past[2].Skipped = true
		},
		"too many calls": func(v *verdict) { v.calls = slices.Repeat([]time.Time{third(v).Started}, maxHourlyCalls+1) },
	}
}
