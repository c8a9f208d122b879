package jukebox_test

import (
	"fmt"
	"slices"
	"testing"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

func TestEventLogNamesActorsAndActions(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		item := p.add(gina, 1)
		p.like(gina, item)
		_, err := p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)
		p.must(err)
		_, err = p.RemoveQueueItem(gina, item.ID, nil)
		p.must(err)
		_, err = p.Undo(gina, p.room.ID, nil)
		p.must(err)
		p.settle(party.SettingsChange{OrderMode: pointer(party.OrderFair), AllowExplicit: pointer(false)})
		tell := func(likes bool) (told []string) {
			var after *string
			for more := true; more; {
				var page []party.RoomEvent
				page, more, err = p.Lists().Log(p.host, p.room, lists.First(2, after), likes)
				p.must(err)
				for _, e := range page {
					line := e.Actor.DisplayName + " " + string(e.Kind)
					if e.Subject != nil {
						line += " to " + e.Subject.DisplayName
					}
					if e.Detail != nil {
						line += " " + *e.Detail
					}
					told = append(told, line)
					after = pointer(e.Cursor)
				}
			}
			return told
		}
		want := []string{
			"Hanna SETTINGS orderMode, allowExplicit", "Gina UNDONE REMOVED", "Gina REMOVED to Gina",
			"Hanna ROLE to Gina COHOST", "Gina LIKED", "Gina ADDED", "Gina JOINED",
		}
		if got := tell(true); !slices.Equal(got, want) {
			p.Errorf("the log says %q, want %q", got, want)
		}
		want = slices.Delete(want, 4, 5)
		if got := tell(false); !slices.Equal(got, want) {
			p.Errorf("without likes it says %q, want %q", got, want)
		}
	})
}

func TestRecapAndExportContainTheEvening(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		_, err := p.ExportHistory(p.host, p.room.ID)
		p.wants(party.Conflict, err)
		one, two, three := p.add(gina, 1), p.add(gina, 2), p.add(ben, 3)
		p.like(gina, one)
		p.like(ben, one)
		p.like(ben, two)
		for _, item := range []*party.QueueItem{one, three, two} {
			p.playNow(item)
		}
		p.step(party.PlaybackStep{EndedItem: two.ID, Skipped: true})
		_, err = p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		recap, err := p.Lists().Recap(gina, p.room)
		p.must(err)
		evening := fmt.Sprint(songs(recap.SongsPlayed), ", gave ", recap.LikesGiven, ", got ", recap.LikesGot)
		p.expect("Gina's recap", evening, "1 2, gave 1, got 2")
		saved, err := p.ExportHistory(p.host, p.room.ID)
		p.must(err)
		if !slices.Equal(p.catalog.saved, []string{uri(1), uri(3)}) || saved.SongCount != 2 {
			p.Errorf("saved %v as %+v", p.catalog.saved, saved)
		}
	})
}

func TestRefusedSongIsSkippedAndLogged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		refused, other := p.add(gina, 1), p.add(gina, 2)
		p.step(party.PlaybackStep{CommitItem: refused.ID})
		p.step(party.PlaybackStep{RefusedItem: refused.ID})
		events, _, err := p.Lists().Log(p.host, p.room, lists.First(1, nil), false)
		p.must(err)
		event := events[0]
		if event.Kind != party.EventRefused || event.Actor != nil || event.Item == nil || event.Item.ID != refused.ID {
			p.Fatalf("the newest event is %+v, want %s of %s by nobody", event, party.EventRefused, refused.ID)
		}
		if got := event.Item.State; got != party.Skipped {
			p.Errorf("the refused song is %s, want %s", got, party.Skipped)
		}
		want := "The player skipped “" + refused.Song.Name + "”, because Spotify does not play it."
		if got := event.Message(); got != want {
			p.Errorf("the log says %q, want %q", got, want)
		}
		p.step(party.PlaybackStep{CommitItem: other.ID}) // the place of the committed song is free
		p.add(gina, 1)                                   // and the song may be added again
	})
}
