package playback

import (
	"flag"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

var (
	modelDepth = flag.Int("model-depth", 0, "how many answers and events of a course are odd; 0: as in make test")
	modelSteps = flag.Int("model-steps", 26, "how many calls a course has")
)

// extent is how far a search goes: how many answers and events of a course are odd, and how many calls it has.
type extent struct{ depth, steps int }

func extents() []extent {
	switch {
	case *modelDepth > 0:
		return []extent{{*modelDepth, *modelSteps}}
	case testing.Short() || !searchesPairs:
		return []extent{{1, 26}}
	}
	return []extent{{1, 26}, {2, 8}}
}

// starts are the states in which a driver may find a player.
func starts() map[string]*model {
	plays := modelPlayer{active: true, loaded: "h", playing: true, progress: modelSong / 2}
	paused := modelPlayer{active: true, loaded: "h", hostPaused: true, progress: time.Minute}
	return map[string]*model{
		"an idle player":         newModel(modelPlayer{active: true, loaded: "x"}, "abc"),
		"no active device":       newModel(modelPlayer{}, "abc"),
		"the host's song plays":  newModel(plays, "abc"),
		"the host's song paused": newModel(paused, "abc"),
	}
}

// search follows every course from some states, as long as at most depth of its answers and events are odd, and calls
// visit in every state that it has not seen before.
type search struct {
	t       *testing.T
	seen    map[string]int // by canonical state, the greatest depth that was left when the search got there
	faults  map[string]bool
	visited int
}

func (s *search) follow(w *model, depth, steps int) {
	for ; steps > 0; steps-- {
		key := canonical(w)
		if left, known := s.seen[key]; known && left >= depth {
			return
		}
		s.seen[key] = depth
		s.visited++
		s.checkRecovery(*w)
		if depth > 0 {
			for _, odd := range w.choices() {
				other := *w
				if s.report(&other, other.step(odd)) {
					s.follow(&other, depth-1, steps-1)
				}
			}
		}
		if !s.report(w, w.step(honestly())) {
			return
		}
	}
}

func (s *search) checkRecovery(w model) { s.report(&w, w.recover(120, 20*time.Minute)) }

// report reports an error once, with the path that leads there.
func (s *search) report(w *model, err error) bool {
	if err == nil {
		return true
	}
	what := err.Error()
	if !s.faults[what] && len(s.faults) < 8 {
		s.t.Errorf("%s:\n\t%s", what, w.path)
	}
	s.faults[what] = true
	return false
}

// From every state that the search reaches, a song of the room plays soon after everything works again. On the way
// judge accepts every plan. A deeper search takes minutes:
//
//	go test ./internal/playback -run MachineRecovers -v -args -model-depth=2
func TestMachineRecoversFromEveryState(t *testing.T) {
	for _, extent := range extents() {
		for name, start := range starts() {
			t.Run(fmt.Sprintf("%s, %d odd of %d calls", name, extent.depth, extent.steps), func(t *testing.T) {
				s := &search{t: t, seen: map[string]int{}, faults: map[string]bool{}}
				s.follow(start, extent.depth, extent.steps)
				t.Logf("%d states", s.visited)
			})
		}
	}
}

// canonical returns the same text for states that differ only in times that make no difference: it contains times
// relative to now, and rounded.
func canonical(w *model) string {
	var b strings.Builder
	m := w.memory
	m.calls, m.shown = Memory{}.calls, nil
	describe(&b, reflect.ValueOf(&m).Elem(), w.now)
	due, asked := roughly(w.observeAt.Sub(w.now)), len(w.room.state.PendingCommands) > 0
	fmt.Fprintf(&b, "|%s|%v %s %v %d|", rough(w.player), w.command, due, asked, w.agree)
	for _, item := range w.room.state.Queue {
		fmt.Fprint(&b, item.ID, item.State, item.Commit, item.SkipOnStart)
	}
	return b.String() + "|" + name(w.room.state.NowPlaying) + string(w.room.state.Playback.Status)
}

func describe(b *strings.Builder, v reflect.Value, now time.Time) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		at := *(*time.Time)(v.Addr().UnsafePointer())
		if at.IsZero() {
			b.WriteString("-")
			return
		}
		b.WriteString(roughly(at.Sub(now)))
	case v.Type() == reflect.TypeFor[time.Duration]():
		b.WriteString(roughly(time.Duration(v.Int())))
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			describe(b, v.Elem(), now)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			describe(b, v.Field(i), now)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			describe(b, v.Index(i), now)
		}
	case v.CanInt():
		fmt.Fprint(b, min(v.Int(), 6))
	default:
		fmt.Fprint(b, v)
	}
	b.WriteByte(' ')
}

// roughly returns a duration in steps that grow with it.
func roughly(d time.Duration) string {
	step := time.Second
	switch size := d.Abs(); {
	case size > time.Minute:
		step = 30 * time.Second
	case size > 10*time.Second:
		step = 5 * time.Second
	case size < 2*time.Second:
		step = 500 * time.Millisecond
	}
	return fmt.Sprint(d.Round(step))
}

func rough(p modelPlayer) string {
	p.progress = p.progress.Round(5 * time.Second)
	return fmt.Sprintf("%+v", p)
}
