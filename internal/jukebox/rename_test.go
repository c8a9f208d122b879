package jukebox_test

import (
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// A guest who joins again gets a new name at one server. Another server, which has shown the old name and gets no hints
// of the first, shows the new one everywhere.
func TestNewNameIsShownAtEveryServer(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		there := p.replica(live.NewLocalBus())
		gina := p.join("Gina")
		item := p.add(gina, 1)
		p.step(party.PlaybackStep{CommitItem: item.ID})
		p.step(party.PlaybackStep{StartedItem: item.ID})
		names := func() (shown []string) {
			room, err := there.Room(p.host, p.room.ID)
			p.must(err)
			plays, _, err := there.Lists().History(p.host, room, lists.First(1, nil))
			p.must(err)
			events, _, err := there.Lists().Log(p.host, room, lists.First(1, nil), true)
			p.must(err)
			found, err := there.Node(p.host, item.ID)
			p.must(err)
			viewer, err := account.ViewerFrom(gina)
			p.must(err)
			state, err := there.LoadState(gina, p.room.ID, nil)
			p.must(err)
			own, err := there.ViewerInRoom(gina, state)
			p.must(err)
			if own.Participant.User.ID != viewer.UserID {
				p.Errorf("the viewer's participant is %+v", own.Participant)
			}
			return []string{
				plays[0].Item.AddedBy.DisplayName, events[0].Actor.DisplayName, found.(*party.QueueItem).AddedBy.DisplayName,
				own.Participant.DisplayName, state.NowPlaying.AddedBy.DisplayName,
			}
		}
		for _, want := range []string{"Gina", "Regina"} {
			_, err := p.JoinRoom(gina, p.room.Code, want)
			p.must(err)
			for i, name := range names() {
				if name != want {
					p.Errorf("name %d is %s, want %s", i, name, want)
				}
			}
		}
	})
}
