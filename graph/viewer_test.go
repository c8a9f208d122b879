package graph_test

import (
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

// A guest who has used up the quota gets an event when it refills, and none before.
func TestViewerInRoomIsSentWhenQuotaRefills(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		synctest.Test(t, func(t *testing.T) {
			p := openParty(t, url)
			p.must(p.limit(2))
			gina := p.join("Gina")
			mine := p.followAs(gina)
			if v := mine.receive(); *v.Quota.AddsLeft != 2 || v.Quota.RefillsAt != nil {
				t.Errorf("first event: %+v", v.Quota)
			}
			p.must(p.addSong(gina, 1))
			mine.receive()
			p.must(p.addSong(gina, 2))
			empty := mine.receive().Quota
			if *empty.AddsLeft != 0 || time.Until(*empty.RefillsAt).Round(time.Second) != 30*time.Minute {
				t.Errorf("after two songs: %d left, and the next in %v", *empty.AddsLeft, time.Until(*empty.RefillsAt))
			}
			refilled := mine.receive().Quota
			late := time.Since(*empty.RefillsAt)
			if *refilled.AddsLeft != 1 || refilled.RefillsAt != nil || late < 0 || late > time.Second {
				t.Errorf("%v after it was to refill: %+v", late, refilled)
			}
			p.must(p.addSong(gina, 3))
			if again := mine.receive().Quota; *again.AddsLeft != 0 || again.RefillsAt == nil {
				t.Errorf("after the third song: %+v", again)
			}
			_, err := p.first.jukebox.CloseRoom(p.host.ctx, p.roomID, nil)
			p.must(err)
			mine.receive()
			if state, _ := mine.source.Newest(); !state.Last || state.RefreshAfter != 0 {
				t.Errorf("after the room closed: %+v", state)
			}
		})
	})
}

// openParty returns a party without a socket, so that it can run in a synctest bubble.
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

// viewing reads the source of a user's viewerInRoom as a stream does.
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
	sources := graph.New(p.first.jukebox, nil, p.log.Logger()).Sources()
	opened, err := sources["viewerInRoom"](who.ctx, map[string]any{"roomId": p.roomID})
	p.must(err)
	p.Cleanup(opened.OnEnd)
	source, err := opened.OpenSource(who.ctx)
	p.must(err)
	p.Cleanup(source.Close)
	ready := make(chan struct{}) // so that the first state is read at once
	close(ready)
	return &viewing{fixture: p, who: who, source: source, seen: -1, newer: ready}
}

// receive waits for the next event.
func (v *viewing) receive() *jukebox.ViewerInRoom {
	v.Helper()
	for {
		select {
		case <-v.newer:
		case <-v.again:
		case <-time.After(24 * time.Hour):
			v.Fatal("no further event within a day")
		}
		state, newer := v.source.Newest()
		v.newer, v.again = newer, nil
		if state.RefreshAfter > 0 {
			v.again = time.After(state.RefreshAfter)
		}
		if state.ChangedAt > v.seen {
			v.seen = state.ChangedAt
			event, err := v.source.Event(v.who.ctx, nil, state)
			v.must(err)
			return event.(*jukebox.ViewerInRoom)
		}
	}
}
