package jukebox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/reactions"
)

// awaitReactions returns the next reactions that a watcher shows.
func (p *fixture) awaitReactions(w *reactions.Watcher) (counts []party.ReactionCount) {
	p.Helper()
	p.eventually(func() bool {
		counts = w.Look(time.Now()).Counts
		return len(counts) > 0
	})
	return counts
}

func TestGuestsReactToTheSongThatPlays(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, otto := p.join("Gina"), p.join("Otto")
		screen := p.Reactions().Watch(p.room.ID)
		defer screen.Close()
		react := func(who context.Context) error { return p.Reactions().React(who, p.room.ID, party.Hands) }
		if got := codeOf(react(gina)); got != party.Conflict {
			t.Errorf("before a song plays: %q, want a conflict", got)
		}
		p.play(1)
		before := p.version()
		for _, who := range []context.Context{gina, otto, p.host} {
			p.must(react(who))
		}
		p.expect("shown", fmt.Sprint(p.awaitReactions(screen)), "[{HANDS 3}]")
		if after := p.version(); after != before {
			t.Errorf("reactions made version %d of %d: they are stored", after, before)
		}
		p.settle(party.SettingsChange{Reactions: pointer(false)})
		if got := codeOf(react(gina)); got != party.Refused {
			t.Errorf("where the host does not want it: %q, want a refusal", got)
		}
		p.settle(party.SettingsChange{Reactions: pointer(true)})
		_, err := p.RemoveGuest(p.host, p.room.ID, p.id(gina), false)
		p.must(err)
		if got := codeOf(react(gina)); got != party.Forbidden {
			t.Errorf("after Gina was removed: %q, want forbidden", got)
		}
		p.must(react(otto))
	})
}

// Reactions do not count against the room's rate limit for likes.
func TestReactionsUseUpNothingOfWhatARoomHasForLikes(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.free = nil
		p.Jukebox = p.newJukebox(p.bus)
		gina := p.join("Gina")
		p.play(1)
		waits := p.add(p.host, 2)
		var err error
		for range 50 {
			err = p.Reactions().React(gina, p.room.ID, party.Star)
		}
		if got := codeOf(err); got != party.RateLimited {
			t.Errorf("the fiftieth reaction at once: %q, want a rate limit", got)
		}
		p.like(gina, waits)
	})
}
