package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testdb"
)

func onBothDatabases(t *testing.T, story func(t *testing.T, databaseURL string)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		story(t, databaseURL)
	})
}

// The main story: a host opens a room, three guests join, search, add and like; the order changes on every screen,
// and the simulated player plays the songs in that order to the end, with delivery by the queue and by a playlist.
func TestPartyPlaysInTheOrderThatScreensShow(t *testing.T) {
	for _, delivery := range []string{"QUEUE", "PLAYLIST"} {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			onBothDatabases(t, func(t *testing.T, databaseURL string) { playParty(t, databaseURL, delivery) })
		})
	}
}

func playParty(t *testing.T, databaseURL, delivery string) {
	s := startServer(t, databaseURL, "ANTWON_DEMO_SONG_SECONDS=20") // the order is made while the first one plays
	host := s.login("Hanna")
	roomID := host.openRoomBy("STORY", delivery)
	guests := []*user{s.join("story", "Gina"), s.join("STORY", "Gustav"), s.join("Story", "Greta")}
	screens := []*screen{host.watch(roomID)}
	for _, guest := range guests {
		screens = append(screens, guest.watch(roomID))
	}
	see := func(want ...string) {
		t.Helper()
		for i, screen := range screens {
			s.eventually(fmt.Sprintf("screen %d to show %q", i, want), func() bool {
				whole, applied := screen.shows()
				return whole == strings.Join(want, " | ") && applied == whole
			})
		}
	}
	see()
	songs := guests[0].search(roomID, "the", 10)
	if len(songs) < 5 {
		t.Fatalf("searching found %d songs", len(songs))
	}
	first := guests[0].add(roomID, songs[0])
	if delivery == "PLAYLIST" {
		s.eventually("the host to be asked to press play", func() bool { return host.toldWhy(roomID) == "PRESS_PLAY" })
		host.ask(nil, `mutation($r: ID!) { resumePlayback(roomId: $r) { status item { id } } }`, map[string]any{"r": roomID})
	}
	s.eventually("the first song to play", func() bool {
		playing, _ := screens[1].played()
		return playing == first.Song.Name
	})
	see()

	b, c, d := guests[0].add(roomID, songs[1]), guests[1].add(roomID, songs[2]), guests[2].add(roomID, songs[3])
	see(b.Song.Name, c.Song.Name, d.Song.Name)
	guests[0].like(d)
	see(d.Song.Name, b.Song.Name, c.Song.Name)
	guests[1].like(c)
	guests[2].like(c)
	see(c.Song.Name, d.Song.Name, b.Song.Name)
	if again := guests[2].add(roomID, songs[2]); again.ID != c.ID || again.LikeCount != 2 {
		t.Errorf("adding a queued song again: %+v, want the same item", again)
	}

	order := strings.Join([]string{first.Song.Name, c.Song.Name, d.Song.Name, b.Song.Name}, " | ")
	for i, screen := range screens {
		s.within(3*time.Minute, fmt.Sprintf("screen %d to have seen %q play to the end", i, order), func() bool {
			played, state := screen.played()
			return played == order && state == "IDLE NOTHING_TO_PLAY"
		})
	}
	see()
	if got := host.history(roomID); got != order {
		t.Errorf("history says %q, want %q", got, order)
	}
	host.ask(nil, `mutation($room: ID!) { closeRoom(roomId: $room) { status } }`, map[string]any{"room": roomID})
	for _, screen := range screens {
		for _, subscription := range []string{"queue", "changes", "playback"} {
			s.eventually("the subscriptions to complete", func() bool { return screen.completed(subscription) })
		}
	}
}

// After a restart of the server the party continues with the same room, the same guests and the same song.
func TestPartyContinuesAfterRestart(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		host := s.login("Hanna")
		roomID := host.openRoom("AGAIN")
		guest := s.join("AGAIN", "Gina")
		songs := guest.search(roomID, "a", 3)
		playing, waiting := guest.add(roomID, songs[0]), guest.add(roomID, songs[1])
		watching := guest.watch(roomID)
		s.eventually("the first song to play", func() bool {
			played, _ := watching.played()
			return played == playing.Song.Name
		})

		s.stop(syscall.SIGTERM)
		s.start()
		s.eventually("the demo's own room to be announced", func() bool {
			return strings.Contains(s.stdout.String(), "the room PARTY is open")
		})
		guest.like(waiting) // with the session from before
		watching = guest.watch(roomID)
		s.eventually("the party to continue", func() bool {
			played, _ := watching.played()
			whole, applied := watching.shows()
			return played == playing.Song.Name && whole == waiting.Song.Name && applied == whole
		})
	})
}

// A demo that ran for one machine only is restarted for the whole network. Then it serves its covers there, too.
func TestCoversFollowTheDemosPublicURL(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		s.stop(syscall.SIGTERM)
		s.env = append(s.env, "ANTWON_PUBLIC_URL=http://party.example:8080")
		s.start()
		var got struct {
			RoomByCode struct {
				Queue struct {
					Items []struct{ Song struct{ ImageURL string } }
				}
			}
		}
		s.join("PARTY", "Gina").ask(&got, `{ roomByCode(code: "PARTY") { queue { items { song { imageUrl } } } } }`, nil)
		if len(got.RoomByCode.Queue.Items) == 0 {
			t.Error("no song waits")
		}
		for _, item := range got.RoomByCode.Queue.Items {
			if !strings.HasPrefix(item.Song.ImageURL, "http://party.example:8080/covers/") {
				t.Errorf("a cover is at %s", item.Song.ImageURL)
			}
		}
	})
}

// A server is killed during a thousand likes. After its restart it has each like that it acknowledged, no like twice,
// and no like that was never sent.
func TestKilledServerKeepsEveryAcknowledgedLike(t *testing.T) {
	const guests, songs = 40, 25
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		host := s.login("Hanna")
		roomID := host.openRoom("KILL9")
		var items []item
		for _, uri := range host.search(roomID, "a", 2*songs) {
			added := host.add(roomID, uri)
			known := slices.ContainsFunc(items, func(other item) bool { return other.ID == added.ID }) // from another release
			if !known && len(items) <= songs {
				items = append(items, added)
			}
		}
		items = items[1:] // the first one plays
		var likers []*user
		for range guests {
			likers = append(likers, s.join("KILL9", "Guest"))
		}
		type fate struct{ sent, acknowledged bool }
		fates := make([][songs]fate, guests)
		var all sync.WaitGroup
		begun := make(chan bool, guests*songs) // one for each like, so that likers never wait for the kill
		for g, liker := range likers {
			all.Go(func() {
				for _, i := range rand.Perm(songs) {
					fates[g][i].sent = true
					err := liker.try(nil, `mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }`, map[string]any{"i": items[i].ID})
					if err != nil {
						return
					}
					fates[g][i].acknowledged = true
					begun <- true
				}
			})
		}
		for range guests * songs / 3 {
			<-begun
		}
		s.stop(os.Kill)
		all.Wait()
		s.start()

		acknowledged, found := 0, 0
		counts := make([]int, songs)
		for g, liker := range likers {
			liked := liker.liked(roomID)
			for i := range songs {
				f, has := fates[g][i], liked[items[i].ID]
				if f.acknowledged && !has || has && !f.sent {
					t.Errorf("guest %d, song %d: sent %v, acknowledged %v, liked %v", g, i, f.sent, f.acknowledged, has)
				}
				if f.acknowledged {
					acknowledged++
				}
				if has {
					counts[i]++
					found++
				}
			}
		}
		hosts := host.liked(roomID) // songs that came up as two releases: adding the second one was a like
		for i, n := range host.likeCounts(roomID, items) {
			if hosts[items[i].ID] {
				counts[i]++
			}
			if n != counts[i] {
				t.Errorf("song %d counts %d likes, and %d guests like it", i, n, counts[i])
			}
		}
		t.Logf("killed after %d acknowledged likes; %d found afterwards", acknowledged, found)
	})
}

// The start time and the memory of a server that nobody uses yet are printed, but not judged: machines differ.
func TestStartTimeAndIdleMemoryArePrinted(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		begun := time.Now()
		s := startServer(t, databaseURL)
		ready := time.Since(begun)
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
		if err != nil {
			t.Skipf("memory left out: %v", err)
		}
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("ready after %v, %d MB resident", ready.Round(time.Millisecond), kilobytes/1024)
	})
}
