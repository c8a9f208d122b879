package playback

import (
	"testing"
	"time"
)

// modelNames are the names of the songs of an hour.
const modelNames = "abcdefgijklmnopqrstuvwyABCDEFGIJKLMNOPQ"

// TestAnHourOfOneOddity holds every oddity for an hour, and every pair of an odd look and an odd answer. The room costs
// at most hourlyCalls, and plays again soon after the oddity has ended.
func TestAnHourOfOneOddity(t *testing.T) {
	truth := honestly()
	for _, look := range append(oddLooks(), truth) {
		for _, answer := range append(oddAnswers(), truth) {
			t.Run(look.name+" and "+answer.name, func(t *testing.T) {
				t.Parallel()
				held := choice{name: "as before", look: look.look, answer: answer.answer}
				w := newModel(modelPlayer{active: true, loaded: "x"}, modelNames)
				spendHour(t, w, held)
				if calls := w.calls; calls > hourlyCalls {
					t.Errorf("the hour costs %d calls, want at most %d", calls, hourlyCalls)
				}
				w.path = nil
				if err := w.recover(200, 40*time.Minute); err != nil {
					t.Errorf("%v\n\t%s", err, w.path)
				}
			})
		}
	}
}

// spendHour holds an oddity for an hour after some minutes without any.
func spendHour(t *testing.T, w *model, held choice) {
	t.Helper()
	for w.now.Before(noon.Add(5 * time.Minute)) {
		if err := w.step(honestly()); err != nil {
			t.Fatalf("%v\n\t%s", err, w.path)
		}
	}
	w.calls = 0
	for end := w.now.Add(time.Hour); w.now.Before(end); {
		w.untrusted = true
		if err := w.step(held); err != nil {
			t.Fatalf("%v\n\t%s", err, w.path)
		}
	}
	w.untrusted, w.misled, w.lies = false, true, 9
}
