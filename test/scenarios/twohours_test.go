package scenarios_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// Two hours of a party with a healthy player must not cost too many requests, and the music must not stop.
func TestTwoHoursOfAParty(t *testing.T) {
	const (
		duration = 2 * time.Hour
		maxCalls = 350
		maxGap   = 1500 * time.Millisecond
	)
	began := time.Now()
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.oneServer = true
		p := w.open(w.start("one"), options{songs: 10})
		guests := []context.Context{p.join("Gina"), p.join("Gerd"), p.join("Greta")}
		random := rand.New(rand.NewPCG(1, 2))
		for begin := time.Now(); time.Since(begin) < duration; time.Sleep(time.Minute) {
			guest := guests[random.IntN(len(guests))]
			_ = p.like(guest, 1+random.IntN(len(p.items))) // a song that has been played cannot be liked
			if len(p.items) < 40 && random.IntN(3) == 0 {
				p.add(guest)
			}
		}
		heard := len(strings.Fields(p.played()))
		t.Logf("%d songs in %v of fake time; %d calls in the busiest hour, at most %d; longest gap %v, at most %v",
			heard, duration, p.spotify.busiest(time.Hour), maxCalls, p.longestGap(), maxGap)
		t.Log(perHour(p.spotify.calls(time.Time{}), duration))
		if heard < 38 || len(p.repeated()) > 0 {
			t.Errorf("%d songs were heard, want at least 38 and none twice: %s", heard, p.played())
		}
		if p.spotify.busiest(time.Hour) > maxCalls || p.longestGap() > maxGap {
			t.Error("too many calls, or too long a gap")
		}
	})
	t.Logf("took %v", time.Since(began))
}

// perHour returns the calls of each kind per hour, one kind a line.
func perHour(calls map[string]int, d time.Duration) string {
	text := "calls per hour:"
	for _, kind := range sortedKeys(calls) {
		text += fmt.Sprintf("\n%6.1f  %s", float64(calls[kind])/d.Hours(), kind)
	}
	return text
}
