package reactions_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/reactions"
)

// house is a party whose guests are all admitted, at one of two servers that a bus connects.
type house struct {
	*testing.T
	bus   *live.LocalBus
	state *party.State
}

func newHouse(t *testing.T) *house {
	song := &party.Song{Name: "Song 1"}
	return &house{T: t, bus: live.NewLocalBus(), state: &party.State{
		RoomID: "room", Status: party.Open, Settings: party.DefaultSettings(),
		Playback: party.Playback{Status: party.Playing, Song: song},
	}}
}

// server is a server of the house, which the test has to close.
func (h *house) server() *reactions.Reactions {
	return reactions.New(reactions.Config{
		Moments: h.bus,
		Authorize: func(ctx context.Context, _ string, _ party.Action) (string, error) {
			return ctx.Value(guestKey{}).(string), nil
		},
		State: func(context.Context, string) (*party.State, error) { return h.state, nil },
	})
}

type guestKey struct{}

func (h *house) react(at *reactions.Reactions, guest string, reaction party.Reaction) error {
	return at.React(context.WithValue(h.Context(), guestKey{}, guest), "room", reaction)
}

func (h *house) mustReact(at *reactions.Reactions, guest string, reaction party.Reaction) {
	h.Helper()
	if err := h.react(at, guest, reaction); err != nil {
		h.Fatal(err)
	}
}

// shows returns what a watcher shows when all that was sent has arrived.
func shows(w *reactions.Watcher) string { return fmt.Sprint(w.Look(time.Now()).Counts) }

func wantShown(t *testing.T, what string, w *reactions.Watcher, want string) {
	t.Helper()
	if got := shows(w); got != want {
		t.Errorf("%s: shown is %s, want %s", what, got, want)
	}
}

func wantCode(t *testing.T, what string, err error, want party.Code) {
	t.Helper()
	if err == nil || party.CodeOf(err) != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func TestReactionsOfAWindowAreShownTogetherAtAllServersAndThenNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		here, there := h.server(), h.server()
		defer here.Close()
		defer there.Close()
		one, other := here.Watch("room"), there.Watch("room")
		elsewhere := here.Watch("another room")
		h.mustReact(here, "gina", party.Fire)
		h.mustReact(here, "otto", party.Fire)
		h.mustReact(there, "gustav", party.Star)
		wantShown(t, "before the window ends", one, "[]")
		time.Sleep(reactions.Window)
		synctest.Wait()
		for _, w := range []*reactions.Watcher{one, other} {
			wantShown(t, "after the window", w, "[{FIRE 2} {STAR 1}]")
		}
		wantShown(t, "in another room", elsewhere, "[]")
		late := here.Watch("room")
		wantShown(t, "to a screen that comes late", late, "[]")
		time.Sleep(reactions.Window - time.Nanosecond)
		wantShown(t, "as long as a window", one, "[{FIRE 2} {STAR 1}]")
		time.Sleep(time.Nanosecond)
		wantShown(t, "afterwards", one, "[]")
		for _, w := range []*reactions.Watcher{one, other, elsewhere, late} {
			w.Close()
		}
	})
}

// However many guests react, and however slow a screen is, each window takes one message with bounded numbers.
func TestFiveHundredGuestsMakeBoundedMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		here := h.server()
		defer here.Close()
		messages, longest := 0, 0
		defer h.bus.OnMoment(func(m live.Moment) {
			messages++
			longest = max(longest, len(m.Data))
		})()
		screen, slow := here.Watch("room"), here.Watch("room")
		defer screen.Close()
		defer slow.Close()
		shown, refused := 0, 0
		for range 20 { // windows
			for guest := range 500 {
				kind := party.Reactions()[guest%5]
				if err := h.react(here, fmt.Sprint(guest), kind); err != nil {
					wantCode(t, "a reaction", err, party.RateLimited)
					refused++
				}
			}
			time.Sleep(reactions.Window)
			synctest.Wait()
			now := screen.Look(time.Now())
			if now.IsNew && len(now.Counts) > 0 {
				shown++
			}
			for _, count := range now.Counts {
				if count.Count > reactions.MaxCount {
					t.Fatalf("shown is %v", now.Counts)
				}
			}
		}
		if messages > 20 || longest > live.MaxMoment {
			t.Errorf("%d messages of up to %d bytes in 20 windows", messages, longest)
		}
		if shown < 10 || refused < 5_000 {
			t.Errorf("%d windows were shown, and %d reactions refused", shown, refused)
		}
		wantShown(t, "to a screen that was away for all that time", slow,
			"[{FIRE 20} {HANDS 20} {SING 20} {SMILE 20} {STAR 20}]")
	})
}

func TestAGuestWhoReactsTooOftenIsRefusedAndOthersAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		here := h.server()
		defer here.Close()
		var err error
		taps := 0
		for ; err == nil && taps < 100; taps++ {
			err = h.react(here, "gina", party.Smile)
		}
		wantCode(t, fmt.Sprintf("tap %d", taps), err, party.RateLimited)
		h.mustReact(here, "otto", party.Smile)
		time.Sleep(time.Second)
		h.mustReact(here, "gina", party.Smile)
	})
}

func TestNobodyReactsWhileNothingPlaysOrTheHostDoesNotWantIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		here := h.server()
		defer here.Close()
		h.state.Playback.Status = party.Paused
		wantCode(t, "while the song is paused", h.react(here, "gina", party.Fire), party.Conflict)
		h.state.Playback = party.Playback{Status: party.Playing}
		wantCode(t, "without a song", h.react(here, "gina", party.Fire), party.Conflict)
		h = newHouse(t)
		other := h.server()
		defer other.Close()
		h.state.Settings.Reactions = false
		wantCode(t, "where the host does not want it", h.react(other, "gina", party.Fire), party.Refused)
		h.state.Settings.Reactions = true
		h.state.Status = party.Closed
		wantCode(t, "when the party is over", h.react(other, "gina", party.Fire), party.Conflict)
		h.state.Status = party.Open
		wantCode(t, "what is no reaction", h.react(other, "gina", "APPLAUSE"), party.BadUserInput)
	})
}

// A watcher says when to look again: when something arrives, or when what it shows is over.
func TestWatcherSaysWhenToLookAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		here := h.server()
		defer here.Close()
		w := here.Watch("room")
		defer w.Close()
		looks, shown := 0, ""
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); looks++ {
			now := w.Look(time.Now())
			if now.IsNew {
				shown += fmt.Sprint(now.Counts)
			}
			if looks == 0 {
				h.mustReact(here, "gina", party.Sing)
			}
			var over <-chan time.Time
			if now.After > 0 {
				over = time.After(now.After)
			}
			select {
			case <-now.When:
			case <-over:
			case <-time.After(time.Until(deadline)):
			}
		}
		if shown != "[{SING 1}][]" || looks != 3 {
			t.Errorf("shown was %s in %d looks", shown, looks)
		}
	})
}

// What arrives over the bus can come from another version of the program, or from nowhere.
func FuzzMoment(f *testing.F) {
	for _, data := range []string{`{"FIRE":3}`, `{"FIRE":-3,"STAR":99999}`, `{"CONFETTI":2}`, `[]`, `{"FIRE":1e99}`, ``} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h := newHouse(t)
		here := h.server()
		defer here.Close()
		w := here.Watch("room")
		defer w.Close()
		h.bus.Announce(live.Moment{Topic: "room", Data: data})
		for _, count := range w.Look(time.Now()).Counts {
			if count.Count < 1 || count.Count > reactions.MaxCount {
				t.Errorf("%q shows %v", data, count)
			}
		}
	})
}

func TestAMomentHoldsAllReactions(t *testing.T) {
	full := map[party.Reaction]int{}
	for _, kind := range party.Reactions() {
		full[kind] = reactions.MaxCount
	}
	if data, err := json.Marshal(full); err != nil || len(data) > live.MaxMoment {
		t.Errorf("%d bytes (%v), and a moment has at most %d", len(data), err, live.MaxMoment)
	}
}
