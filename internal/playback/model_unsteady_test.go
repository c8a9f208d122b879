package playback

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var modelMixes = flag.Uint64("model-mixes", 60, "how many mixtures of troubles are played, for three hours each")

// unsteady is something that happens to a player and ends, again and again.
type unsteady struct {
	name          string
	happens, ends func(*modelPlayer)
	lasts, pauses time.Duration // how long it lasts, and how long everything works in between

	present bool
	changes time.Time // the next time that it happens or ends
}

func unsteadies() []unsteady {
	nothing := func(*modelPlayer) {}
	playsOn := func(p *modelPlayer) { p.active, p.playing = p.device, p.device && p.loaded != "" }
	sleeps := func(p *modelPlayer) { p.active, p.playing = false, false }
	goes := func(p *modelPlayer) { p.device, p.active, p.playing, p.queue = false, false, false, "" }
	return []unsteady{
		{name: "the device sleeps", happens: sleeps, ends: nothing},
		{name: "the device sleeps and is silent", happens: sleeps, ends: func(p *modelPlayer) { p.active = p.device }},
		{name: "the device sleeps and plays on", happens: sleeps, ends: playsOn},
		{name: "the device goes", happens: goes, ends: func(p *modelPlayer) { p.device = true }},
		{name: "the player pauses and plays on", happens: func(p *modelPlayer) { p.playing = false }, ends: playsOn},
		{
			name:    "the player gets stuck",
			happens: func(p *modelPlayer) { p.stuck = true }, ends: func(p *modelPlayer) { p.stuck = false },
		},
		{name: "the player stops", happens: func(p *modelPlayer) { p.playing, p.progress = false, 0 }, ends: nothing},
		{name: "the player loses its queue", happens: func(p *modelPlayer) { p.queue = "" }, ends: nothing},
		{name: "the host skips", happens: func(p *modelPlayer) { p.next() }, ends: nothing},
		{name: "the host plays h", happens: func(p *modelPlayer) { p.start("h") }, ends: nothing},
	}
}

// turn lets the trouble begin or end when it is time.
func (u *unsteady) turn(w *model) {
	switch {
	case u.changes.After(w.now):
		return
	case u.present:
		u.ends(&w.player)
		u.changes = w.now.Add(u.pauses)
	default:
		u.happens(&w.player)
		u.changes = w.now.Add(u.lasts)
	}
	u.present = !u.present
}

// endless adds songs before the queue is empty.
func endless(w *model) {
	if len(w.room.state.Queue) < 5 {
		for _, name := range modelNames {
			w.room.add(string(name))
		}
	}
}

// newUnsteadyModel returns a room whose decisions cannot be judged by what really sounds.
func newUnsteadyModel() *model {
	w := newModel(modelPlayer{active: true, loaded: "x"}, modelNames)
	w.untrusted = true
	return w
}

// TestWhatComesAndGoesStaysInTheBudget lets each kind of trouble come and go for two hours, quickly and slowly: no hour
// costs more than hourlyCalls, and the room plays again after it.
func TestWhatComesAndGoesStaysInTheBudget(t *testing.T) {
	const second = time.Second
	pauses := []time.Duration{second, 5 * second, 13 * second, 30 * second, 60 * second, 180 * second}
	for _, kind := range unsteadies() {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			for _, kind.pauses = range pauses {
				for _, kind.lasts = range []time.Duration{2 * second, 8 * second, 40 * second, 100 * second} {
					w, u := newUnsteadyModel(), kind
					spend(t, w, 2*time.Hour, func() choice {
						u.turn(w)
						return honestly()
					})
				}
			}
		})
	}
}

// TestAnyTroublesStayInTheBudget mixes troubles, odd looks and odd answers at random, each for some minutes.
func TestAnyTroublesStayInTheBudget(t *testing.T) {
	for seed := range *modelMixes {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			about := func(d time.Duration) time.Duration { return time.Duration(r.ExpFloat64() * float64(d)) }
			w, u, held, until := newUnsteadyModel(), unsteady{}, honestly(), time.Time{}
			spend(t, w, 3*time.Hour, func() choice {
				if !until.After(w.now) {
					until = w.now.Add(about(15 * time.Minute))
					u = unsteadies()[r.IntN(len(unsteadies()))]
					u.lasts, u.pauses = about(time.Minute), about(time.Minute)
					held = mixed(r)
				}
				u.turn(w)
				return held
			})
		})
	}
}

// mixed returns a choice in which looks and answers are odd at random.
func mixed(r *rand.Rand) choice {
	held := honestly()
	if looks := oddLooks(); r.IntN(3) == 0 {
		held.look = looks[r.IntN(len(looks))].look
	}
	if answers := oddAnswers(); r.IntN(3) == 0 {
		held.answer = answers[r.IntN(len(answers))].answer
	}
	return held
}

// spend lets a span of time pass with the choices that next returns. It checks that no hour costs more than
// hourlyCalls, and that the room recovers.
func spend(t *testing.T, w *model, span time.Duration, next func() choice) {
	t.Helper()
	most := 0
	for end := w.now.Add(span); w.now.Before(end); most = max(most, w.memory.calls.Total()) {
		endless(w)
		if err := w.step(next()); err != nil {
			t.Fatalf("%v\n\t%s", err, w.path)
		}
	}
	if most > hourlyCalls {
		t.Errorf("an hour costs %d calls, want at most %d", most, hourlyCalls)
	}
	w.path = nil
	if err := w.recover(400, time.Hour); err != nil {
		t.Errorf("%v\n\t%s", err, w.path)
	}
}
