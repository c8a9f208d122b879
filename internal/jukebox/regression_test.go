package jukebox_test

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// Each of these was a bug once.

func TestChangesAfterAClosingInItsTransactionAreRefused(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		guest := p.join("Gina")
		lease, err := p.Driver().TakeLease(p.Context(), p.room.ID, "node")
		p.must(err)
		var all sync.WaitGroup
		hold := make(chan struct{})
		all.Go(func() { // while this change runs, the others gather behind it
			p.must(p.HoldRoom(p.room.ID, hold))
		})
		p.waitForHolder()
		all.Go(func() { _, err := p.CloseRoom(p.host, p.room.ID, nil); p.must(err) })
		p.waitForWaiting(1)
		outcomes := make([]error, 2)
		all.Go(func() { _, outcomes[0] = p.LikeQueueItem(guest, item.ID, nil) })
		p.waitForWaiting(2)
		all.Go(func() {
			_, outcomes[1] = p.Driver().ApplyPlayback(p.Context(), lease, party.PlaybackStep{StartedItem: item.ID})
		})
		p.waitForWaiting(3)
		close(hold)
		all.Wait()
		for i, err := range outcomes {
			if party.CodeOf(err) != party.Conflict {
				p.Errorf("change %d after the closing: %v, want CONFLICT", i, err)
			}
		}
	})
}

func TestClosingWithAnotherActionsKeyIsAConflict(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		key := pointer("k")
		_, err := p.AddSong(p.host, p.room.ID, uri(1), key)
		p.must(err)
		_, err = p.CloseRoom(p.host, p.room.ID, key)
		p.wants(party.Conflict, err)
	})
}

func TestSongRemovedWhileCommittedDoesNotReturnToTheQueue(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		p.step(party.PlaybackStep{CommitItem: item.ID})
		_, err := p.RemoveQueueItem(p.host, item.ID, nil)
		p.must(err)
		p.step(party.PlaybackStep{ReturnedItem: item.ID})
		p.expect("queue", p.queue(), "")
		p.add(p.host, 1) // and it can be added again
	})
}

func TestConcurrentCreationsWithOneKeyOpenOneRoom(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		host, key := p.newHost("Otto"), pointer("open")
		ids := make(chan string, 8)
		for range cap(ids) {
			go func() {
				room, err := p.CreateRoom(host, jukebox.RoomInput{}, key)
				if err != nil {
					p.Error(err)
					ids <- ""
					return
				}
				ids <- room.ID
			}()
		}
		first := <-ids
		for range cap(ids) - 1 {
			p.expect("room", <-ids, first)
		}
	})
}

func TestRepeatedAddNeedsNoSpotify(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		key := pointer("k")
		added, err := p.AddSong(p.host, p.room.ID, uri(1), key)
		p.must(err)
		p.ForgetFetched()
		p.catalog.down = &party.Error{Code: party.UpstreamUnavailable, Message: "Spotify does not answer"}
		again, err := p.AddSong(p.host, p.room.ID, uri(1), key)
		p.must(err)
		p.expect("item", again.Item.ID, added.Item.ID)
	})
}

func TestNewNameShowsOnQueuedSongs(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest := p.join("Old")
		p.add(guest, 1)
		p.queue() // the state is known, with the old name in it
		_, err := p.JoinRoom(guest, p.room.Code, "New")
		p.must(err)
		p.add(guest, 2)
		room, err := p.Room(guest, p.room.ID)
		p.must(err)
		queue, err := p.Queue(guest, room)
		p.must(err)
		for _, item := range queue.Items {
			p.expect("name on "+item.Song.Name, item.AddedBy.DisplayName, "New")
		}
	})
}

func TestTwoSongsNeverPlayAtOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		one, two := p.add(p.host, 1), p.add(p.host, 2)
		p.step(party.PlaybackStep{StartedItem: one.ID})
		p.wants(party.Conflict, p.tryStep(party.PlaybackStep{StartedItem: two.ID}))
		p.step(party.PlaybackStep{EndedItem: one.ID, StartedItem: two.ID})
	})
}

func TestLongNamesOfDevicesAndSongsAreCut(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		long := strings.Repeat("ü", 2000)
		p.step(party.PlaybackStep{Playback: &party.Playback{
			Status: party.Playing, Health: party.HealthOK, ProgressMS: pointer(0),
			Device: &party.Device{ID: long, Name: long, Type: long},
			Song: &party.Song{
				URI: uri(1), Name: long, AlbumName: long, Artists: []string{long}, ArtistURIs: []string{long},
				ImageURL: &long, SpotifyURL: long, ISRC: long,
			},
		}})
		room, err := p.Room(p.host, p.room.ID)
		p.must(err)
		playback, err := p.RoomPlayback(p.host, room)
		p.must(err)
		if got := playback.Device.Name; len(got) < 250 || !strings.HasPrefix(long, got) {
			p.Errorf("device name %q", got)
		}
	})
}

// TestSongWithLongTextsIsAdded: its image's address did not fit its column, and adding it was an internal error.
func TestSongWithLongTextsIsAdded(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		song := p.song(555)
		p.step(party.PlaybackStep{Fallback: []party.Song{song, song}})
		added, err := p.AddSong(p.host, p.room.ID, uri(555), nil)
		p.must(err)
		got := added.Item.Song
		if !added.AlreadyQueued || got.ImageURL != nil || len(got.Name) != 1024 || len(got.Artists[0]) > 255 ||
			got.SpotifyURL != "https://open.spotify.com/track/"+strings.TrimPrefix(uri(555), "spotify:track:") {
			p.Errorf("already queued: %t, song %+.200v", added.AlreadyQueued, got)
		}
		p.step(party.PlaybackStep{Playback: &party.Playback{
			Status: party.Playing, Health: party.HealthOK, ProgressMS: pointer(0), Song: &song,
		}})
	})
}

func TestForeignCursorIsBadInput(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		room, err := p.Room(p.host, p.room.ID)
		p.must(err)
		for _, text := range []string{
			"0000-01-01T00:00:00Z x", "0001-01-01T00:00:00Z " + p.room.ID, "2026-01-01T00:00:00Z \xff\xfe", "x",
		} {
			after := base64.RawURLEncoding.EncodeToString([]byte(text))
			_, _, err := p.Lists().History(p.host, room, lists.First(1, &after))
			p.expect("field", p.wants(party.BadUserInput, err).Field, "after")
		}
	})
}

func TestKeysThatDifferByASpaceAreDifferent(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		first, err := p.AddSong(p.host, p.room.ID, uri(1), pointer("k"))
		p.must(err)
		second, err := p.AddSong(p.host, p.room.ID, uri(1), pointer("k "))
		p.must(err)
		if first.AlreadyQueued || !second.AlreadyQueued {
			p.Errorf("already queued: %v, then %v; want the second one to be a request of its own",
				first.AlreadyQueued, second.AlreadyQueued)
		}
	})
}

func TestDisconnectingWorksWhileCommandsWait(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		_, err := p.connect("mine", nil)
		p.must(err)
		p.answerCommand(party.Answer{}) // the check of the new account
		answered := make(chan error, 8)
		for range cap(answered) {
			go func() { _, err := p.PausePlayback(p.host, p.room.ID); answered <- err }()
		}
		p.eventually(func() bool { // as many wait as may
			state, err := p.LoadState(p.Context(), p.room.ID, nil)
			p.must(err)
			return len(state.PendingCommands) == cap(answered)
		})
		_, err = p.PausePlayback(p.host, p.room.ID)
		p.wants(party.RateLimited, err)
		p.must(p.DisconnectSpotify(p.host))
		for range cap(answered) + 1 { // and the one that checks that there is no account
			p.answerCommand(party.Answer{})
		}
		for range cap(answered) {
			p.must(<-answered)
		}
	})
}

func TestAnotherAccountDoesNotInheritThePlaylist(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		_, err := p.connect("mine", nil)
		p.must(err)
		p.step(party.PlaybackStep{PlaylistURI: "spotify:playlist:mine", Playback: &party.Playback{
			Status: party.Idle, Health: party.HealthOK, Delivery: party.DeliveryPlaylist, Reason: party.ReasonNoPremium}})
		p.must(p.DisconnectSpotify(p.host))
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		p.expect("playlist", state.PlaylistURI, "")
		p.expect("delivery", string(state.Playback.Delivery), string(party.DeliveryQueue))
	})
}

func TestErrorsDoNotShowPasswords(t *testing.T) {
	for _, url := range []string{
		"mysql://root:s3cr#t@h:3306/db", "mysql://root:pa%sword@h/db", "mysql://u:secret@h/db?tls=maybe",
		"mysql://u:secret@h/db",
	} {
		shown, err := database.CheckURL(url)
		for _, text := range []string{shown, errorText(err)} {
			if strings.Contains(text, "s3cr") || strings.Contains(text, "pa%s") || strings.Contains(text, "secret") {
				t.Errorf("%s is shown as %s", url, text)
			}
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestARepeatedUpdateNeedsNoSpotify(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		blocking := jukebox.RoomUpdate{Settings: &party.SettingsChange{Blocked: []string{uri(9)}}}
		_, err := p.UpdateRoom(p.host, p.room.ID, blocking, pointer("k"))
		p.must(err)
		p.settle(party.SettingsChange{Blocked: []string{}})
		p.ForgetFetched()
		p.catalog.down = &party.Error{Code: party.UpstreamUnavailable, Message: "Spotify does not answer"}
		_, err = p.UpdateRoom(p.host, p.room.ID, blocking, pointer("k"))
		p.must(err)
		if blocked := p.state().Settings.BlockedURIs(); len(blocked) != 0 {
			p.Errorf("the update was done again: %v are blocked", blocked)
		}
	})
}

func TestVoteRepeatedAfterPromotionIsAnswered(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina, key := p.join("Gina"), pointer("k")
		p.arrive(gina)
		p.play(1)
		time.Sleep(time.Minute)
		p.must(second(p.VoteToSkip(gina, p.room.ID, key)))
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)))
		p.must(second(p.VoteToSkip(gina, p.room.ID, key)))
		if state := p.state(); state.Playback.SkipVotes != 1 || len(state.PendingCommands) != 0 {
			p.Errorf("%d votes, and the player is asked for %v", state.Playback.SkipVotes, state.PendingCommands)
		}
	})
}

func TestSongRestoredByUndoIsNotSkipped(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		p.step(party.PlaybackStep{CommitItem: item.ID})
		p.must(second(p.RemoveQueueItem(p.host, item.ID, nil)))
		p.step(party.PlaybackStep{ReturnedItem: item.ID}) // the player did not accept it
		p.must(second(p.Undo(p.host, p.room.ID, nil)))
		if back := p.state().Queue; len(back) != 1 || back[0].SkipOnStart {
			p.Fatalf("the queue is %+v", back)
		}
		p.must(second(p.RemoveQueueItem(p.host, item.ID, nil)))
		p.expect("removed again, the queue", p.queue(), "")
	})
}

func TestUndoDoesNotOverfillTheQueue(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{MaxQueueLength: pointer(2)})
		p.play(9)
		p.add(p.host, 1)
		p.add(p.host, 2)
		p.must(second(p.ClearQueue(p.host, p.room.ID, nil)))
		gina := p.join("Gina")
		p.add(gina, 3)
		p.must(second(p.Undo(p.host, p.room.ID, nil)))
		p.expect("queue", p.queue(), "1 3")
	})
}

func TestVotesCanBeRepeatedAfterTheSkipFailed(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(2)
		p.notePresence(3 * time.Second)
		playing := p.play(1)
		time.Sleep(10 * time.Second)
		vote := func(who context.Context) error { return second(p.VoteToSkip(who, p.room.ID, nil)) }
		p.must(vote(guests[0]))
		p.refusedBecause(vote(guests[0]), party.ReasonAlreadyVoted)
		p.must(vote(guests[1]))
		p.refusedBecause(vote(guests[0]), party.ReasonAlreadyVoted) // the player is asked
		p.step(party.PlaybackStep{Answered: &party.Answer{
			CommandID: p.state().PendingCommands[0].ID, Code: party.UpstreamUnavailable, Message: "Spotify does not answer",
		}})

		p.must(vote(guests[0])) // everybody has voted, and the song plays on
		commands := p.state().PendingCommands
		if len(commands) != 1 || commands[0].Argument != playing.Song.URI || p.state().Playback.SkipVotes != 2 {
			p.Errorf("the player is asked for %v, with %d votes", commands, p.state().Playback.SkipVotes)
		}
		p.refusedBecause(vote(guests[1]), party.ReasonAlreadyVoted)
		time.Sleep(party.CommandTimeout) // no driver answers
		p.must(vote(guests[1]))
		p.step(party.PlaybackStep{EndedItem: playing.ID, Skipped: true})
		history, _, err := p.Lists().History(p.host, p.room, lists.First(1, nil))
		p.must(err)
		if by := history[0].SkippedBy; by == nil || *by != party.SkippedByVotes {
			p.Errorf("skipped by %v", by)
		}
	})
}
