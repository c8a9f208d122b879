package jukebox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

func TestConcurrentLikesCountOnceEach(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		const guests, songs = 24, 3
		var items []*party.QueueItem
		for n := range songs {
			items = append(items, p.add(p.host, n))
		}
		before := p.version()
		var all sync.WaitGroup
		for range guests {
			guest := p.join("Guest")
			for _, item := range items {
				for range 2 { // every guest taps twice
					all.Go(func() {
						if _, err := p.LikeQueueItem(guest, item.ID, nil); err != nil {
							p.Error(err)
						}
					})
				}
			}
		}
		all.Wait()
		room, err := p.Room(p.host, p.room.ID)
		p.must(err)
		queue, err := p.Queue(p.host, room)
		p.must(err)
		for _, item := range queue.Items {
			if item.LikeCount != guests {
				p.Errorf("%s has %d likes, want %d", item.Song.Name, item.LikeCount, guests)
			}
		}
		if queue.Version != before+guests*songs {
			p.Errorf("the version rose by %d, want %d, one for each like", queue.Version-before, guests*songs)
		}
	})
}

func TestRefusalDoesNotAffectOtherChangesOfTheTransaction(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		committed, free := p.add(p.host, 1), p.add(p.host, 2)
		p.step(party.PlaybackStep{CommitItem: committed.ID})
		before := p.version()
		var all sync.WaitGroup
		for range 30 {
			guest := p.join("Guest")
			all.Go(func() {
				if _, err := p.LikeQueueItem(guest, committed.ID, nil); party.CodeOf(err) != party.Refused {
					p.Errorf("liking the committed song: %v, want REFUSED", err)
				}
			})
			all.Go(func() {
				if _, err := p.LikeQueueItem(guest, free.ID, nil); err != nil {
					p.Errorf("liking the free song: %v", err)
				}
			})
		}
		all.Wait()
		if after := p.version(); after != before+30 {
			p.Errorf("the version rose by %d, want 30: refusals do not raise it", after-before)
		}
	})
}

func TestConcurrentAddsOfTwoReleasesAddOneItem(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		var all sync.WaitGroup
		var mu sync.Mutex
		added := 0
		for n := range 20 {
			guest := p.join("Guest")
			all.Go(func() {
				got, err := p.AddSong(guest, p.room.ID, uri(5+1000*(n%2)), nil) // two releases of one recording
				if err != nil {
					p.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				if !got.AlreadyQueued {
					added++
				}
			})
		}
		all.Wait()
		if added != 1 || p.queue() != "5" {
			p.Errorf("%d guests added the song, the queue is %q; want one guest and one song", added, p.queue())
		}
	})
}

func TestRoomsChangeConcurrently(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		var all sync.WaitGroup
		for range 8 {
			host := p.newHost("Host")
			room, err := p.CreateRoom(host, jukebox.RoomInput{}, nil)
			p.must(err)
			all.Go(func() {
				for n := range 10 {
					if _, err := p.AddSong(host, room.ID, uri(n), nil); err != nil {
						p.Error(err)
					}
				}
				queue, err := p.ClearQueue(host, room.ID, nil)
				if err != nil || len(queue.Items) != 0 || queue.Version != 12 {
					p.Errorf("after 10 adds and a clear: %+v, %v; want an empty queue at version 12", queue, err)
				}
			})
		}
		all.Wait()
	})
}

func TestCanceledChangeIsNotMade(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		item := p.add(p.host, 1)
		canceled, cancel := context.WithCancel(p.join("Gina"))
		cancel()
		if _, err := p.LikeQueueItem(canceled, item.ID, nil); err == nil {
			p.Error("a like whose context had ended succeeded")
		}
		liked, err := p.LikeQueueItem(p.host, item.ID, nil)
		p.must(err)
		if liked.LikeCount != 1 {
			p.Errorf("%d likes, want only the host's", liked.LikeCount)
		}
	})
}

func TestRepeatedIdempotencyKeyReturnsTheFirstResult(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest := p.join("Gina")
		key := pointer("k1")
		first, err := p.AddSong(guest, p.room.ID, uri(1), key)
		p.must(err)
		p.like(p.host, first.Item)
		before := p.version()
		again, err := p.AddSong(guest, p.room.ID, uri(1), key)
		p.must(err)
		if again.Item.ID != first.Item.ID || again.AlreadyQueued || again.Item.LikeCount != 1 || p.version() != before {
			p.Errorf("repeated: %+v at version %d; want the same item, as it is now, and no new version", again, p.version())
		}
		_, err = p.AddSong(guest, p.room.ID, uri(2), key)
		p.wants(party.Conflict, err)
		_, err = p.LikeQueueItem(guest, first.Item.ID, key)
		p.wants(party.Conflict, err)
		_, err = p.AddSong(p.host, p.room.ID, uri(2), key) // the same key of another user is a different one
		p.must(err)

		// A repeated like is not counted, although the song was unliked in between. The key is not stored if the change
		// was refused.
		like := pointer("k2")
		p.must(second(p.LikeQueueItem(guest, first.Item.ID, like)))
		p.must(second(p.UnlikeQueueItem(guest, first.Item.ID, nil)))
		p.must(second(p.LikeQueueItem(guest, first.Item.ID, like)))
		p.expect("what a repeated like has added", p.likedBy(guest), "")
		refused := pointer("k3")
		_, err = p.AddSong(guest, p.room.ID, uri(666), refused)
		p.wants(party.Refused, err)
		_, err = p.AddSong(guest, p.room.ID, uri(3), refused)
		p.must(err)

		closing := pointer("k4")
		_, err = p.CloseRoom(p.host, p.room.ID, closing)
		p.must(err)
		_, err = p.CloseRoom(p.host, p.room.ID, closing)
		p.must(err)
		late, err := p.AddSong(guest, p.room.ID, uri(1), key)
		p.must(err)
		p.expect("the item of a mutation that is repeated after the room was closed", late.Item.ID, first.Item.ID)

		create := pointer("k5")
		room, err := p.CreateRoom(p.host, jukebox.RoomInput{}, create)
		p.must(err)
		same, err := p.CreateRoom(p.host, jukebox.RoomInput{}, create)
		p.must(err)
		p.expect("the room of a repeated createRoom", same.ID, room.ID)
	})
}

// A request changes nothing, because its user had done the same before. If it is delivered again later, for example by
// a server that was suspended meanwhile, it does not undo what the user has done since.
func TestLateRepetitionOfWhatChangedNothingChangesNothing(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, item := p.join("Gina"), p.add(p.host, 1)
		like, unlike, add, settings := pointer("like"), pointer("unlike"), pointer("add"), pointer("settings")
		change := func(seconds int, key *string) {
			p.must(second(p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{
				Settings: &party.SettingsChange{MaxSongSeconds: &seconds},
			}, key)))
		}
		p.must(second(p.UnlikeQueueItem(gina, item.ID, unlike)))
		p.like(gina, item)
		p.must(second(p.UnlikeQueueItem(gina, item.ID, unlike)))
		p.expect("what she likes after a late unlike", p.likedBy(gina), "1")

		p.must(second(p.LikeQueueItem(gina, item.ID, like)))
		p.must(second(p.AddSong(gina, p.room.ID, uri(1), add)))
		p.must(second(p.UnlikeQueueItem(gina, item.ID, nil)))
		p.must(second(p.LikeQueueItem(gina, item.ID, like)))
		p.must(second(p.AddSong(gina, p.room.ID, uri(1), add)))
		p.expect("what she likes after a late like", p.likedBy(gina), "")

		change(300, nil)
		change(300, settings)
		change(400, nil)
		change(300, settings)
		p.expect("the setting", fmt.Sprint(*p.state().Settings.MaxSongSeconds), "400")
	})
}

func TestConcurrentRepetitionsActOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest, key := p.join("Gina"), pointer("tap")
		ids := make(chan string, 16)
		for range cap(ids) {
			go func() {
				added, err := p.AddSong(guest, p.room.ID, uri(1), key)
				if err != nil || added.AlreadyQueued {
					p.Errorf("got %+v, %v; want the added song", added, err)
					ids <- ""
					return
				}
				ids <- added.Item.ID
			}()
		}
		first := <-ids
		for range cap(ids) - 1 {
			p.expect("item", <-ids, first)
		}
	})
}
