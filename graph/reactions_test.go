package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"antwon.dj/backend/internal/party"
)

const reactionsQuery = `subscription($r: ID!) { roomReactions(roomId: $r) { roomId counts { reaction count } } }`

// reactions is what the next event of a feed shows.
func (p *fixture) reactions(f *feed) string {
	p.Helper()
	var event struct {
		RoomReactions struct {
			Counts []struct {
				Reaction string
				Count    int
			}
		}
	}
	p.must(f.next(&event))
	return fmt.Sprint(event.RoomReactions.Counts)
}

func (p *fixture) applause(s *server, who *person) *feed {
	p.Helper()
	f, err := s.subscribe(who, reactionsQuery, map[string]any{"r": p.roomID})
	p.must(err)
	if first := p.reactions(f); first != "[]" {
		p.Errorf("the first event has %s, want nothing", first)
	}
	return f
}

func (s *server) react(who *person, reaction string) {
	s.Helper()
	var answer struct{ React bool }
	s.ask(who, `mutation($r: ID!) { react(roomId: $r, reaction: `+reaction+`) }`, &answer)
	if !answer.React {
		s.Error("react answers false")
	}
}

// playSong has the player play a song.
func (p *fixture) playSong() {
	p.Helper()
	p.must(p.addSong(p.host, 1))
	p.must(p.play(p.queue())) // commits it
	driver, song := p.first.jukebox.Driver(), p.queue()[0]
	lease, err := driver.TakeLease(p.Context(), p.roomID, "node")
	p.must(err)
	playing := &party.Playback{Status: party.Playing, Item: song, Song: &song.Song, Health: party.HealthOK}
	_, err = driver.ApplyPlayback(p.Context(), lease, party.PlaybackStep{StartedItem: song.ID, Playback: playing})
	p.must(err)
}

// A screen gets the reactions of a moment, then an event without any, and then later ones. The subscription ends with
// the room.
func TestScreensGetReactionsAsTheyHappen(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.playSong()
		gina := p.join("Gina")
		f := p.applause(p.first, p.screen())
		defer f.Close()
		for range 2 {
			p.first.react(gina, "FIRE")
			for _, want := range []string{"[{FIRE 1}]", "[]"} {
				if got := p.reactions(f); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		}
		late := p.applause(p.first, p.screen()) // shares the execution, and is not shown earlier reactions
		late.Close()

		_, err := p.first.jukebox.CloseRoom(p.host.ctx, p.roomID, nil)
		p.must(err)
		if last := p.reactions(f); last != "[]" {
			t.Errorf("the last event has %s", last)
		}
		if err := f.next(&struct{}{}); err == nil || err.Error() != "complete " {
			t.Errorf("after the last event: %v, want complete", err)
		}
	})
}

func TestRemovedMemberGetsNoFurtherReactions(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		f := p.applause(p.first, gina)
		defer f.Close()
		_, err := p.first.jukebox.RemoveGuest(p.host.ctx, p.roomID, p.idOf(gina), false)
		p.must(err)
		if err := f.next(&struct{}{}); err == nil || !strings.Contains(err.Error(), "FORBIDDEN") {
			t.Errorf("the subscription ends with %v, want FORBIDDEN", err)
		}
	})
}

func TestReactingSaysWhyNot(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		const react = `mutation($r: ID!) { react(roomId: $r, reaction: STAR) }`
		if got := p.first.failure(p.host, react).Extensions.Code; got != string(party.Conflict) {
			t.Errorf("while nothing plays: %s", got)
		}
		p.updateSetting("reactions", "false")
		if got := p.first.failure(p.host, react).Extensions.Code; got != string(party.Refused) {
			t.Errorf("where the host does not want it: %s", got)
		}
		if got := p.first.failure(p.screen(), react).Extensions.Code; got != string(party.Forbidden) {
			t.Errorf("by a screen: %s", got)
		}
	})
}
