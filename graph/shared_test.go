package graph_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/testdb"
)

// Each shared subscription is opened with everything that its document may select, in a room that has songs in every
// state. No field may depend on the viewer: otherwise one user's data would be sent to all.
func TestSharedSubscriptionsNeverReadTheViewer(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	p.fill()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	shared := 0
	for _, field := range schema.Subscription.Fields {
		if field.Directives.ForName("shared") == nil {
			continue
		}
		shared++
		query := `subscription($r: ID!) { ` + field.Name + `(roomId: $r) ` + everything(schema, field.Type.Name(), nil) + ` }`
		for _, who := range []*person{p.host, p.join("Gina"), p.screen()} {
			feed, err := p.first.subscribe(who, query, map[string]any{"r": p.roomID})
			p.must(err)
			var event map[string]any
			if err := feed.next(&event); err != nil {
				t.Errorf("%s: %v", query, err)
			}
			feed.Close()
		}
	}
	if n := p.first.counter("graphql_subscription_executions_total", "true"); int(n) != shared || shared < 4 {
		t.Errorf("%v shared executions, want %d", n, shared)
	}
	if n := p.first.counter("graphql_subscription_executions_total", "false"); n != 0 {
		t.Errorf("%v executions for a single viewer, want none", n)
	}
	if n := p.first.counter("antwon_shared_viewer_access_total"); n != 0 {
		t.Errorf("the viewer was read %v times, want never", n)
	}
}

// everything selects all fields of a type that do not depend on the viewer. Within itself a type is selected only once
// more.
func everything(schema *ast.Schema, typeName string, within []string) string {
	definition := schema.Types[typeName]
	if !definition.IsCompositeType() {
		return ""
	}
	seen := 0
	for _, outer := range within {
		if outer == typeName {
			seen++
		}
	}
	if seen > 1 {
		return "{ __typename }"
	}
	var fields []string
	for _, field := range definition.Fields {
		if !strings.HasPrefix(field.Name, "__") && field.Directives.ForName("viewer") == nil {
			fields = append(fields, field.Name+everything(schema, field.Type.Name(), append(within, typeName)))
		}
	}
	return "{ __typename " + strings.Join(fields, " ") + " }"
}

// fill gives the room songs that wait, one that plays and some that were played.
func (p *fixture) fill() {
	p.Helper()
	for n := 1; n <= 4; n++ {
		p.must(p.addSong(p.host, n))
	}
	for range 5 {
		p.must(p.play(p.queue()))
	}
}

func (p *fixture) screen() *person {
	p.Helper()
	room, err := p.first.jukebox.Room(p.host.ctx, p.roomID)
	p.must(err)
	joined, err := p.first.jukebox.WatchRoom(p.Context(), room.Code)
	p.must(err)
	return p.person(&joined.Session)
}

// Fields that depend on the viewer differ between two viewers of the same room.
func TestLikedByViewerDiffersBetweenViewers(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.must(p.addSong(p.host, 1))
		item := p.queue()[0]
		gina := p.join("Gina")
		_, err := p.first.jukebox.LikeQueueItem(gina.ctx, item.ID, nil)
		p.must(err)
		for who, likes := range map[*person]bool{p.host: false, gina: true} {
			feed, err := p.first.subscribe(who, `subscription($r: ID!) {
				roomQueue(roomId: $r) { items { likedByViewer } } }`, map[string]any{"r": p.roomID})
			p.must(err)
			var event struct {
				RoomQueue struct {
					Items []struct{ LikedByViewer bool }
				}
			}
			p.must(feed.next(&event))
			feed.Close()
			if got := event.RoomQueue.Items[0].LikedByViewer; got != likes {
				t.Errorf("likedByViewer is %v, want %v", got, likes)
			}
		}
	})
}

type viewerInRoom struct {
	Version      int
	Role         string
	LikedItemIDs []string
	AddedItemIDs []string
	Next         *struct{ ID string }
	Quota        struct{ Queued int }
	Removed      bool
}

// Guests get events about what affects them, and about nothing else.
func TestViewerInRoomSendsOnlyWhatAffectsTheViewer(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, otto := p.join("Gina"), p.join("Otto")
		feed, err := p.first.subscribe(gina, `subscription($r: ID!) { viewerInRoom(roomId: $r) {
			version role likedItemIds addedItemIds next { id }
			quota { queued maxQueued addsLeft refillsAt } removed } }`, map[string]any{"r": p.roomID})
		p.must(err)
		defer feed.Close()
		receive := func() viewerInRoom {
			p.Helper()
			var event struct{ ViewerInRoom viewerInRoom }
			p.must(feed.next(&event))
			return event.ViewerInRoom
		}
		if v := receive(); v.Role != "GUEST" || len(v.LikedItemIDs)+len(v.AddedItemIDs) != 0 || v.Next != nil || v.Removed {
			t.Errorf("first event: %+v", v)
		}
		p.must(p.addSong(p.host, 1)) // the first song in an empty queue
		p.must(p.addSong(gina, 2))
		hosts, ginas := p.queue()[0].ID, p.queue()[1].ID
		if v := receive(); len(v.AddedItemIDs) != 1 || v.AddedItemIDs[0] != ginas || v.Next != nil || v.Quota.Queued != 1 {
			t.Errorf("after adding: %+v", v)
		}
		for _, liked := range []string{hosts, ginas} {
			_, err := p.first.jukebox.LikeQueueItem(otto.ctx, liked, nil)
			p.must(err)
		}
		_, err = p.first.jukebox.LikeQueueItem(gina.ctx, hosts, nil)
		p.must(err)
		// A load can read a change whose hint is still on its way. It may have affected anybody, so an event comes early.
		v := receive()
		for v.Version < 6 {
			v = receive()
		}
		if len(v.LikedItemIDs) != 1 || v.LikedItemIDs[0] != hosts {
			t.Errorf("after Otto's likes and Gina's: %+v", v)
		}
		_, err = p.first.jukebox.RemoveQueueItem(p.host.ctx, hosts, nil)
		p.must(err)
		if v := receive(); v.Next == nil || v.Next.ID != ginas || len(v.LikedItemIDs) != 0 {
			t.Errorf("when Gina's song is the head: %+v", v)
		}
		_, err = p.first.jukebox.CloseRoom(p.host.ctx, p.roomID, nil)
		p.must(err)
		receive()
		if err := feed.next(&struct{}{}); err == nil || err.Error() != "complete " {
			t.Errorf("after the last event: %v, want complete", err)
		}
	})
}

// The last event says that the room is closed; then the subscription completes.
func TestRoomSubscriptionEndsWithClosedRoom(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		feed, err := p.first.subscribe(p.join("Gina"), `subscription($r: ID!) {
			room(roomId: $r) { name status joinUrl host { displayName } } }`, map[string]any{"r": p.roomID})
		p.must(err)
		defer feed.Close()
		expect := func(name, status string) {
			p.Helper()
			var event struct {
				Room struct {
					Name, Status, JoinURL string
					Host                  struct{ DisplayName string }
				}
			}
			p.must(feed.next(&event))
			if r := event.Room; r.Name != name || r.Status != status || r.Host.DisplayName != "Hanna" || r.JoinURL == "" {
				t.Errorf("got %+v", r)
			}
		}
		expect("Hanna", "OPEN")
		p.must(p.addSong(p.host, 1)) // changes lastAdded
		expect("Hanna", "OPEN")
		name := "Fest"
		_, err = p.first.jukebox.UpdateRoom(p.host.ctx, p.roomID, jukebox.RoomUpdate{Name: &name}, nil)
		p.must(err)
		expect("Fest", "OPEN")
		_, err = p.first.jukebox.CloseRoom(p.host.ctx, p.roomID, nil)
		p.must(err)
		expect("Fest", "CLOSED")
		if err := feed.next(&struct{}{}); err == nil || err.Error() != "complete " {
			t.Errorf("after the last event: %v, want complete", err)
		}
	})
}
