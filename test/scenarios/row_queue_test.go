package scenarios_test

import (
	"context"
	"time"
)

// queueScenarios test the order of the queue, which can change until the commit, 15 s before the end of the current
// song.
func queueScenarios() []scenario {
	return []scenario{
		{
			name:   "the queue is emptied just before the commit and filled again five minutes later",
			played: "1 3", silence: "4m44.8s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 2}, states: "PLAYED REMOVED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(15*time.Second + 500*time.Millisecond)
				must(p.t, p.remove(p.host, 2))
				time.Sleep(5 * time.Minute)
				p.addSome(1)
			},
		},
		{
			name:   "the host removes the next song after the commit",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "PLAYED SKIPPED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				must(p.t, p.remove(p.host, 2))
			},
		},
		{
			name:   "the host removes the last song after the commit",
			played: "1 2", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 2}, states: "PLAYED SKIPPED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				must(p.t, p.remove(p.host, 2))
			},
		},
		{
			name:   "likes arrive before and after the commit",
			played: "1 3 4 2", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4},
			course: func(p *fixture) {
				guests := []context.Context{p.join("Gina"), p.join("Gerd"), p.join("Greta"), p.join("Günter")}
				time.Sleep(time.Minute)
				p.untilLeft(15*time.Second + 500*time.Millisecond)
				must(p.t, p.like(guests[0], 3))
				time.Sleep(time.Second)
				for _, guest := range guests {
					must(p.t, p.like(guest, 4))
				}
				if p.like(guests[1], 3) == nil {
					p.t.Error("a committed song can be liked")
				}
			},
		},
		{
			name:   "likes arrive at the very moment of the commit",
			played: "1 4 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4},
			course: func(p *fixture) {
				guest := p.join("Gina")
				time.Sleep(time.Minute)
				p.untilLeft(16 * time.Second)
				for i := range 40 { // the two songs lead by turns
					song := 3 + i%2
					if p.like(guest, song) == nil {
						time.Sleep(50 * time.Millisecond)
						_ = p.unlike(guest, song) // it fails if the song was committed
					}
				}
			},
		},
		{
			name:   "the first song of an empty room",
			played: "1", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.addSome(1)
			},
		},
		{
			name:   "songs of 20 seconds, which are committed halfway",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, seconds: 20, course: nothing,
		},
	}
}
