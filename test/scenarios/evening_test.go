package scenarios_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// Two hours of a party with a healthy player: what they cost, and whether the music ever stops.
func TestAnEvening(t *testing.T) {
	const (
		evening  = 2 * time.Hour
		mostHour = 350
		mostGap  = 1500 * time.Millisecond
	)
	began := time.Now()
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.alone = true
		p := w.open(w.start("one"), options{songs: 10})
		guests := []context.Context{p.join("Gina"), p.join("Gerd"), p.join("Greta")}
		random := rand.New(rand.NewPCG(1, 2))
		for begin := time.Now(); time.Since(begin) < evening; time.Sleep(time.Minute) {
			guest := guests[random.IntN(len(guests))]
			_ = p.like(guest, 1+random.IntN(len(p.items))) // a song that was played takes no likes
			if len(p.items) < 40 && random.IntN(3) == 0 {
				p.add(guest)
			}
		}
		heard := len(strings.Fields(p.played()))
		t.Logf("%d songs in %v of fake time; %d calls in the busiest hour, at most %d; longest gap between two songs %v, at most %v",
			heard, evening, p.spotify.busiest(time.Hour), mostHour, p.longestGap(), mostGap)
		t.Log(perHour(p.spotify.calls(time.Time{}), evening))
		if heard < 38 || len(p.repeated()) > 0 {
			t.Errorf("%d songs were heard: %s", heard, p.played())
		}
		if p.spotify.busiest(time.Hour) > mostHour || p.longestGap() > mostGap {
			t.Error("that is too much")
		}
	})
	t.Logf("took %v", time.Since(began))
}

func perHour(calls map[string]int, d time.Duration) string {
	text := "calls an hour:"
	for _, kind := range sortedKeys(calls) {
		text += fmt.Sprintf("\n%6.1f  %s", float64(calls[kind])/d.Hours(), kind)
	}
	return text
}
