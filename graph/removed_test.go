package graph_test

import (
	"strings"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/live"
)

// On every server a removed guest gets a last event that says so, and all their other subscriptions in the room end.
// Other users get no event about it.
func TestRemovedGuestIsDisconnected(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		there := p.newServer(live.NewLocalBus(), 0) // gets no hints from the other one
		gina, gustav := p.join("Gina"), p.join("Gustav")
		room := map[string]any{"r": p.roomID}
		subscribe := func(s *server, who *person, query string) *feed {
			f, err := s.subscribe(who, query, room)
			p.must(err)
			var first map[string]any
			p.must(f.next(&first))
			return f
		}
		const queue = `subscription($r: ID!) { roomQueue(roomId: $r) { version } }`
		const own = `subscription($r: ID!) { viewerInRoom(roomId: $r) { removed role } }`
		staying := subscribe(p.first, gustav, queue)
		for _, s := range []*server{p.first, there} {
			leaving, notified := subscribe(s, gina, queue), subscribe(s, gina, own)
			viewer, err := account.ViewerFrom(gina.ctx)
			p.must(err)
			_, err = p.first.jukebox.RemoveGuest(p.host.ctx, p.roomID, viewer.UserID, false)
			p.must(err)
			there.jukebox.Reconcile() // which happens every few seconds by itself

			var last struct {
				ViewerInRoom struct {
					Removed bool
					Role    string
				}
			}
			p.must(notified.next(&last))
			if !last.ViewerInRoom.Removed || last.ViewerInRoom.Role != "REMOVED" {
				t.Errorf("the last event of viewerInRoom is %+v", last)
			}
			if err := notified.next(&last); err == nil || !strings.HasPrefix(err.Error(), "complete") {
				t.Errorf("after the last event: %v, want complete", err)
			}
			if err := leaving.next(&last); err == nil || !strings.Contains(err.Error(), "FORBIDDEN") {
				t.Errorf("roomQueue ends with %v, want FORBIDDEN", err)
			}
			again, err := s.subscribe(gina, queue, room)
			p.must(err)
			if err := again.next(&last); err == nil || !strings.Contains(err.Error(), "FORBIDDEN") {
				t.Errorf("subscribing again: %v, want FORBIDDEN", err)
			}
			_, err = p.first.jukebox.JoinRoom(gina.ctx, p.code(), "Gina")
			p.must(err) // a removed guest may join again
		}
		_, err := p.first.jukebox.AddSong(p.host.ctx, p.roomID, "spotify:track:0000000000000000000009", nil)
		p.must(err)
		var change map[string]any
		p.must(staying.next(&change))
	})
}

func (p *fixture) code() string {
	p.Helper()
	room, err := p.first.jukebox.Room(p.host.ctx, p.roomID)
	p.must(err)
	return room.Code
}
