package graph_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// A guest who has added as many songs as they may hears of it when they may add one again, and of nothing before.
func TestViewerInRoomIsSentWhenQuotaRefills(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		synctest.Test(t, func(t *testing.T) {
			p := openParty(t, url)
			p.must(p.limit(2))
			gina := p.join("Gina")
			mine := p.followAs(gina)
			if v := mine.hears(); *v.Quota.AddsLeft != 2 || v.Quota.RefillsAt != nil {
				t.Errorf("at first: %+v", v.Quota)
			}
			p.must(p.addSong(gina, 1))
			mine.hears()
			p.must(p.addSong(gina, 2))
			empty := mine.hears().Quota
			if *empty.AddsLeft != 0 || time.Until(*empty.RefillsAt).Round(time.Second) != 30*time.Minute {
				t.Errorf("after two songs: %d left, and the next in %v", *empty.AddsLeft, time.Until(*empty.RefillsAt))
			}
			refilled := mine.hears().Quota
			late := time.Since(*empty.RefillsAt)
			if *refilled.AddsLeft != 1 || refilled.RefillsAt != nil || late < 0 || late > time.Second {
				t.Errorf("%v after it was to refill: %+v", late, refilled)
			}
			p.must(p.addSong(gina, 3))
			if again := mine.hears().Quota; *again.AddsLeft != 0 || again.RefillsAt == nil {
				t.Errorf("after the third song: %+v", again)
			}
			_, err := p.first.jukebox.CloseRoom(p.host.ctx, p.roomID, nil)
			p.must(err)
			mine.hears()
			if state, _ := mine.source.Newest(); !state.Last || state.Again != 0 {
				t.Errorf("when the room has closed: %+v", state)
			}
		})
	})
}

// openParty has no socket, so that it may live in a bubble.
func openParty(t *testing.T, databaseURL string) *fixture {
	t.Helper()
	p := newPartyOf(t, databaseURL)
	p.first = &server{fixture: p, metrics: prometheus.NewRegistry()}
	p.first.newJukebox(p.bus, 0)
	t.Cleanup(p.first.jukebox.Close)
	p.open()
	return p
}

func (p *fixture) limit(perHour int) error {
	change := jukebox.RoomUpdate{Settings: &party.SettingsChange{AddsPerHour: &perHour}}
	_, err := p.first.jukebox.UpdateRoom(p.host.ctx, p.roomID, change, nil)
	return err
}

// viewing follows what concerns somebody, as a stream does: what it waits for is asked before the event is made.
type viewing struct {
	*fixture
	who    *person
	source gqlserver.Source
	seen   int64
	newer  <-chan struct{}
	again  <-chan time.Time
}

func (p *fixture) followAs(who *person) *viewing {
	p.Helper()
	sources := graph.New(p.first.jukebox, nil, slog.New(slog.DiscardHandler)).Sources()
	opened, err := sources["viewerInRoom"](who.ctx, map[string]any{"roomId": p.roomID})
	p.must(err)
	p.Cleanup(opened.Left)
	source, err := opened.Follow(who.ctx)
	p.must(err)
	p.Cleanup(source.Close)
	asked := make(chan struct{}) // at once
	close(asked)
	return &viewing{fixture: p, who: who, source: source, seen: -1, newer: asked}
}

// hears waits for the next event.
func (v *viewing) hears() *jukebox.ViewerInRoom {
	v.Helper()
	for {
		select {
		case <-v.newer:
		case <-v.again:
		case <-time.After(24 * time.Hour):
			v.Fatal("nothing is heard any more")
		}
		state, newer := v.source.Newest()
		v.newer, v.again = newer, nil
		if state.Again > 0 {
			v.again = time.After(state.Again)
		}
		if state.Changed > v.seen {
			v.seen = state.Changed
			event, err := v.source.Event(v.who.ctx, nil, state)
			v.must(err)
			return event.(*jukebox.ViewerInRoom)
		}
	}
}
