package jukebox_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

func TestQueuePlaysByLikesThenAge(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, gustav := p.join("Gina"), p.join("Gustav")
		one, two, three := p.add(gina, 1), p.add(gustav, 2), p.add(p.host, 3)
		p.expect("by age", p.queue(), "1 2 3")
		p.like(gina, three)
		p.expect("liked first", p.queue(), "3 1 2")
		p.like(gina, two)
		p.like(gustav, two) // one's own song may be liked
		p.expect("more likes first", p.queue(), "2 3 1")
		p.like(gustav, one)
		p.expect("ties by age", p.queue(), "2 1 3")
		_, err := p.UnlikeQueueItem(gina, two.ID, nil)
		p.must(err)
		p.expect("after an unlike", p.queue(), "1 2 3")
		queued, err := p.InQueue(gina, one)
		p.must(err)
		if queued.Position == nil || *queued.Position != 1 {
			p.Errorf("position = %v, want 1", queued.Position)
		}
	})
}

func TestRepeatedLikesCountOnceAndChangeNothing(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, item := p.join("Gina"), p.add(p.host, 1)
		p.like(guest, item)
		before := p.version()
		liked, err := p.LikeQueueItem(guest, item.ID, nil)
		p.must(err)
		if liked.LikeCount != 1 || p.version() != before {
			p.Errorf("after liking twice: %d likes at version %d, want 1 at %d", liked.LikeCount, p.version(), before)
		}
		mine, err := p.LikedItems(guest, p.room.ID)
		p.must(err)
		his, err := p.LikedItems(p.host, p.room.ID)
		p.must(err)
		if !mine[item.ID] || his[item.ID] {
			p.Errorf("LikedItems: guest %v, host %v; want the guest's alone", mine, his)
		}
		for range 2 {
			unliked, err := p.UnlikeQueueItem(guest, item.ID, nil)
			p.must(err)
			if unliked.LikeCount != 0 || p.version() != before+1 {
				p.Errorf("after unliking: %d likes at version %d, want 0 at %d", unliked.LikeCount, p.version(), before+1)
			}
		}
	})
}

func TestSameRecordingBecomesALike(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, gustav := p.join("Gina"), p.join("Gustav")
		item := p.add(gina, 7)
		for name, link := range map[string]string{
			"the same release":    uri(7),
			"a link to it":        "https://open.spotify.com/intl-de/track/0000000000000000000007?si=abc",
			"another release":     uri(1007),
			"its link, once more": "https://open.spotify.com/track/0000000000000000001007",
		} {
			added, err := p.AddSong(gustav, p.room.ID, link, nil)
			p.must(err)
			if !added.AlreadyQueued || added.Item.ID != item.ID || added.Item.LikeCount != 1 {
				p.Errorf("%s: %+v; want a like of the first item", name, added)
			}
		}
		search, err := p.SearchSongs(gina, p.room.ID, "song", 10, 0)
		p.must(err)
		hit := search.Hits[6]
		if !hit.CanAdd || hit.QueueItemID == nil || *hit.QueueItemID != item.ID {
			p.Errorf("search shows the queued song as %+v", hit)
		}
	})
}

func TestSongsThatCannotBeAdded(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		_, err := p.AddSong(p.host, p.room.ID, uri(666), nil)
		p.expect("reason", string(p.wants(party.Refused, err).Reason), "NOT_PLAYABLE")
		_, err = p.AddSong(p.host, p.room.ID, uri(404), nil)
		p.wants(party.NotFound, err)
		p.catalog.down = &party.Error{Code: party.UpstreamUnavailable, Message: "Spotify does not answer", RetryAfter: 7e9}
		_, err = p.AddSong(p.host, p.room.ID, uri(5), nil)
		if e := p.wants(party.UpstreamUnavailable, err); e.RetryAfter != 7e9 {
			p.Errorf("RetryAfter = %v, want 7s", e.RetryAfter)
		}
		p.expect("queue", p.queue(), "")
	})
}

func TestFullQueueRefusesSongsButAllowsLikes(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		songs := make(chan int) // unbuffered: a song is taken when its turn comes
		var all sync.WaitGroup
		for range 32 { // fewer than may wait for a room: more would be told to come back later
			all.Go(func() {
				for n := range songs {
					_, err := p.AddSong(p.host, p.room.ID, uri(n+700), nil)
					if err != nil && asError(err).Reason != party.ReasonQueueFull {
						p.Error(err)
					}
				}
			})
		}
		for n := range 510 {
			songs <- n
		}
		close(songs)
		all.Wait()
		if n := len(strings.Fields(p.queue())); n != 500 {
			p.Fatalf("%d songs wait, want 500", n)
		}
		_, err := p.AddSong(p.host, p.room.ID, uri(500), nil)
		p.expect("reason", string(p.wants(party.Refused, err).Reason), "QUEUE_FULL")
		search, err := p.SearchSongs(p.host, p.room.ID, "song", 1, 400)
		p.must(err)
		if hit := search.Hits[0]; hit.CanAdd || hit.Refusal.Reason != party.ReasonQueueFull {
			p.Errorf("search says %+v of a song that has no place", hit)
		}
		p.like(p.join("Gina"), p.state().Queue[0])
		if likes := p.state().Queue[0].LikeCount; likes != 1 {
			p.Errorf("a song of the full queue has %d likes, want 1", likes)
		}
	})
}

func TestQueueAndLikesWorkWhileSpotifyIsDown(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		one, two := p.add(p.host, 1), p.add(p.host, 2)
		p.catalog.down = &party.Error{Code: party.UpstreamUnavailable, Message: "Spotify does not answer"}
		p.like(p.join("Gina"), two)
		p.expect("queue", p.queue(), "2 1")
		_, err := p.RemoveQueueItem(p.host, one.ID, nil)
		p.must(err)
		p.expect("queue", p.queue(), "2")
	})
}

func TestPermissionsToRemoveAndClear(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, gustav := p.join("Gina"), p.join("Gustav")
		hers, his := p.add(gina, 1), p.add(gustav, 2)
		_, err := p.RemoveQueueItem(gustav, hers.ID, nil)
		p.wants(party.Forbidden, err)
		_, err = p.RemoveQueueItem(gina, hers.ID, nil)
		p.must(err)
		queue, err := p.RemoveQueueItem(gina, hers.ID, nil)
		p.must(err)
		p.expect("removing twice", songs(queue.Items), "2")
		_, err = p.LikeQueueItem(gina, hers.ID, nil)
		p.wants(party.NotFound, err)
		_, err = p.RemoveQueueItem(p.host, his.ID, nil)
		p.must(err)
		if again := p.add(gina, 1); again.ID == hers.ID {
			p.Error("a removed song came back as the same item")
		}
		p.add(gina, 3)
		cleared, err := p.ClearQueue(p.host, p.room.ID, nil)
		p.must(err)
		p.expect("cleared", songs(cleared.Items), "")
	})
}

func TestCommittedSongIsFirstAndCannotBeChanged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest := p.join("Gina")
		one, two := p.add(guest, 1), p.add(guest, 2)
		p.step(party.PlaybackStep{CommitItem: one.ID})
		p.like(p.host, two)
		p.expect("the committed song stays first", p.queue(), "1 2")
		for _, vote := range []func(context.Context, string, *string) (*party.QueueItem, error){
			p.LikeQueueItem, p.UnlikeQueueItem,
		} {
			_, err := vote(guest, one.ID, nil)
			p.expect("reason", string(p.wants(party.Refused, err).Reason), "COMMITTED")
		}
		added, err := p.AddSong(p.host, p.room.ID, uri(1), nil)
		p.must(err)
		if !added.AlreadyQueued || added.Item.LikeCount != 0 {
			p.Errorf("adding the committed song: %+v; want it back without a like", added)
		}
		_, err = p.RemoveQueueItem(guest, one.ID, nil)
		p.expect("reason", string(p.wants(party.Refused, err).Reason), "COMMITTED")
		_, err = p.ClearQueue(p.host, p.room.ID, nil)
		p.must(err)
		p.expect("clearing spares it", p.queue(), "1")
		_, err = p.RemoveQueueItem(p.host, one.ID, nil)
		p.must(err) // marks it to be skipped when it starts
		p.expect("it stays until it starts", p.queue(), "1")

		third := p.add(guest, 3)
		p.wants(party.Conflict, p.tryStep(party.PlaybackStep{CommitItem: third.ID}))
	})
}

func TestPlayedSongsAreHistoryAndCanBeAddedAgain(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		var items []*party.QueueItem
		for n := range 5 {
			item := p.add(p.host, n)
			items = append(items, item)
			p.step(party.PlaybackStep{CommitItem: item.ID})
			p.step(party.PlaybackStep{SentItem: item.ID})
			start := party.PlaybackStep{StartedItem: item.ID}
			if n > 0 {
				start.EndedItem, start.Skipped = items[n-1].ID, n == 2
			}
			p.step(start)
		}
		room, err := p.Room(p.host, p.room.ID)
		p.must(err)
		var told []string
		var after *string
		for more := true; more; {
			var page []lists.Play
			page, more, err = p.Lists().History(p.host, room, lists.First(2, after))
			p.must(err)
			for _, play := range page {
				told = append(told, string(play.Item.State)[:4]+play.Item.Song.Name[4:])
				after = &play.Cursor
			}
		}
		want := []string{"PLAY 4", "PLAY 3", "PLAY 2", "SKIP 1", "PLAY 0"}
		if len(told) != len(want) {
			p.Fatalf("history %q, want %q", told, want)
		}
		for i := range want {
			p.expect("history", told[i], want[i])
		}
		_, err = p.LikeQueueItem(p.host, items[0].ID, nil)
		p.wants(party.Refused, err)
		p.settle(party.SettingsChange{CooldownMinutes: pointer(0)})
		if again := p.add(p.host, 0); again.ID == items[0].ID {
			p.Error("a played song came back as the same item")
		}
		playing, err := p.AddSong(p.host, p.room.ID, uri(4), nil)
		p.must(err)
		if !playing.AlreadyQueued || playing.Item.LikeCount != 0 {
			p.Errorf("adding what plays: %+v; want it back without a like", playing)
		}
	})
}

func TestARefusedSongLeavesTheQueueAndCanBeAddedAgain(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		p.step(party.PlaybackStep{CommitItem: item.ID})
		p.step(party.PlaybackStep{RefusedItem: item.ID})
		p.expect("queue", p.queue(), "")
		if again := p.add(p.host, 1); again.ID == item.ID {
			p.Error("the refused song came back as the same item")
		}
	})
}

func TestReturnedSongKeepsItsLikes(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		p.like(p.host, item)
		p.step(party.PlaybackStep{CommitItem: item.ID})
		p.step(party.PlaybackStep{ReturnedItem: item.ID})
		liked, err := p.LikeQueueItem(p.join("Gina"), item.ID, nil)
		p.must(err)
		if liked.LikeCount != 2 || liked.State != party.Queued {
			p.Errorf("returned song: %d likes, %s; want 2, QUEUED", liked.LikeCount, liked.State)
		}
	})
}

func TestNothingInAClosedRoomCanBeChanged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, item := p.join("Gina"), p.add(p.host, 1)
		_, err := p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		for name, err := range map[string]error{
			"add":    second(p.AddSong(guest, p.room.ID, uri(2), nil)),
			"like":   second(p.LikeQueueItem(guest, item.ID, nil)),
			"unlike": second(p.UnlikeQueueItem(guest, item.ID, nil)),
			"remove": second(p.RemoveQueueItem(p.host, item.ID, nil)),
			"clear":  second(p.ClearQueue(p.host, p.room.ID, nil)),
			"search": second(p.SearchSongs(guest, p.room.ID, "x", 1, 0)),
			"update": second(p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Name: pointer("x")}, nil)),
			"play":   p.tryStep(party.PlaybackStep{CommitItem: item.ID}),
		} {
			t.Run(name, func(t *testing.T) {
				if party.CodeOf(err) != party.Conflict {
					t.Errorf("got %v, want CONFLICT", err)
				}
			})
		}
	})
}

func TestAnotherRoomsGuestsAreStrangers(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		otto := p.newHost("Otto")
		other := p.openRoom(otto, "OTHER")
		joined, err := p.JoinRoom(p.Context(), other.Code, "Olga")
		p.must(err)
		for name, who := range map[string]context.Context{"host": otto, "guest": p.as(&joined.Session)} {
			for what, err := range map[string]error{
				"add":    second(p.AddSong(who, p.room.ID, uri(2), nil)),
				"like":   second(p.LikeQueueItem(who, item.ID, nil)),
				"unlike": second(p.UnlikeQueueItem(who, item.ID, nil)),
				"remove": second(p.RemoveQueueItem(who, item.ID, nil)),
				"search": second(p.SearchSongs(who, p.room.ID, "x", 1, 0)),
				"watch":  second(p.AuthorizeSubscription(who, p.room.ID)),
			} {
				if party.CodeOf(err) != party.Forbidden {
					p.Errorf("%s of another room: %s: got %v, want FORBIDDEN", name, what, err)
				}
			}
		}
	})
}
