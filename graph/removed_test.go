package graph_test

import (
	"strings"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/live"
)

// On every server: who is removed is told so, and cut off from all else in the room; the others notice nothing.
func TestRemovedGuestIsDisconnected(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		there := p.newServer(live.NewLocalBus(), 0) // hears nothing of what the other one does
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
			leaving, told := subscribe(s, gina, queue), subscribe(s, gina, own)
			viewer, err := account.ViewerFrom(gina.ctx)
			p.must(err)
			_, err = p.first.jukebox.RemoveGuest(p.host.ctx, p.roomID, viewer.UserID, false)
			p.must(err)
			there.jukebox.Reconcile() // as it does every few seconds

			var last struct {
				ViewerInRoom struct {
					Removed bool
					Role    string
				}
			}
			p.must(told.next(&last))
			if !last.ViewerInRoom.Removed || last.ViewerInRoom.Role != "REMOVED" {
				t.Errorf("the removed guest is told %+v", last)
			}
			if err := told.next(&last); err == nil || !strings.HasPrefix(err.Error(), "complete") {
				t.Errorf("and then %v", err)
			}
			if err := leaving.next(&last); err == nil || !strings.Contains(err.Error(), "FORBIDDEN") {
				t.Errorf("the queue goes on with %v", err)
			}
			again, err := s.subscribe(gina, queue, room)
			p.must(err)
			if err := again.next(&last); err == nil || !strings.Contains(err.Error(), "FORBIDDEN") {
				t.Errorf("asked again: %v", err)
			}
			_, err = p.first.jukebox.JoinRoom(gina.ctx, p.code(), "Gina")
			p.must(err) // who was not banned may come back
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
