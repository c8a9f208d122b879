package graph_test

import (
	"fmt"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// An id alone gives no access: with it, users see only what they can see without it, too.
func TestNodesAreShownOnlyToThoseWhoMaySeeThem(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, gustav, screen := p.join("Gina"), p.join("Gustav"), p.screen()
		removed, stranger := p.join("Rudi"), p.personOf("Otto")
		approval := true
		change := jukebox.RoomUpdate{Settings: &party.SettingsChange{RequireApproval: &approval}}
		p.must(p.addSong(gustav, 1))
		_, err := p.first.jukebox.UpdateRoom(p.host.ctx, p.roomID, change, nil)
		p.must(err)
		awaiting, err := p.first.jukebox.AddSong(gina.ctx, p.roomID, uri(2), nil)
		p.must(err)
		withdrawn, err := p.first.jukebox.AddSong(gina.ctx, p.roomID, uri(3), nil)
		p.must(err)
		_, err = p.first.jukebox.RemoveQueueItem(gina.ctx, withdrawn.Item.ID, nil)
		p.must(err)
		_, err = p.first.jukebox.RemoveGuest(p.host.ctx, p.roomID, p.idOf(removed), false)
		p.must(err)

		inRoom := []*person{p.host, gina, gustav, screen}
		everybody := append(inRoom, removed, stranger)
		names := map[*person]string{
			p.host: "the host", gina: "Gina", gustav: "Gustav", screen: "a screen",
			removed: "a removed guest", stranger: "a stranger",
		}
		for what, c := range map[string]struct {
			id, typeName string
			to           []*person
		}{
			"the room":                   {p.roomID, "Room", everybody},
			"a song that waits":          {p.queue()[0].ID, "QueueItem", inRoom},
			"a song that needs approval": {awaiting.Item.ID, "QueueItem", []*person{p.host, gina}},
			"a withdrawn song":           {withdrawn.Item.ID, "QueueItem", []*person{p.host, gina}},
			"Gina in the room":           {awaiting.Item.AddedBy.ID, "Participant", inRoom},
			"Gina":                       {p.idOf(gina), "User", inRoom},
			"the removed guest":          {p.idOf(removed), "User", append([]*person{removed}, inRoom...)},
			"the stranger":               {p.idOf(stranger), "User", []*person{stranger}},
			"nothing":                    {"01a22671-342a-7c25-824e-ebef1eac512c", "", nil},
		} {
			may := map[*person]bool{}
			for _, who := range c.to {
				may[who] = true
			}
			for _, who := range everybody {
				var answer struct {
					Node *struct {
						ID       string
						Typename string `json:"__typename"`
					}
				}
				p.first.ask(who, fmt.Sprintf("{ node(id: %q) { __typename id } }", c.id), &answer)
				switch shown := answer.Node; {
				case !may[who] && shown != nil:
					t.Errorf("%s sees %s: %+v", names[who], what, *shown)
				case may[who] && (shown == nil || shown.ID != c.id || shown.Typename != c.typeName):
					t.Errorf("%s sees %+v, want %s", names[who], shown, what)
				}
			}
		}
	})
}

// A guest who has another name in another room stays unknown there.
func TestOwnNamesAreShownToTheirUserOnly(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, gustav := p.join("Gina"), p.join("Gustav")
		p.must(p.addSong(gina, 1))
		for who, want := range map[*person]string{gina: "Gina", gustav: "null", p.host: "null"} {
			var answer struct {
				Room struct {
					Queue struct {
						Items []struct {
							AddedBy struct{ User struct{ DisplayName *string } }
						}
					}
				}
			}
			p.first.ask(who, `query($r: ID!) { room(id: $r) { queue { items { addedBy { user { displayName } } } } } }`, &answer)
			got := "null"
			if name := answer.Room.Queue.Items[0].AddedBy.User.DisplayName; name != nil {
				got = *name
			}
			if got != want {
				t.Errorf("the name is shown as %s, want %s", got, want)
			}
		}
	})
}

// personOf signs in another host, who is in no room.
func (p *fixture) personOf(name string) *person {
	p.Helper()
	login, err := p.first.accounts.DemoLogin(p.Context(), name)
	p.must(err)
	return p.person(login)
}

func (p *fixture) idOf(who *person) string {
	p.Helper()
	viewer, err := account.ViewerFrom(who.ctx)
	p.must(err)
	return viewer.UserID
}
