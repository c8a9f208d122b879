package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testport"
)

// applause is a screen that adds up the reactions that it gets.
type applause struct {
	mu    sync.Mutex
	sums  map[string]int
	most  int // of one kind in one event
	bytes int // of the longest event
}

func (u *user) watchReactions(roomID string) *applause {
	u.t.Helper()
	a := &applause{sums: map[string]int{}}
	u.connect().subscribe("reactions", `subscription($r: ID!) {
		roomReactions(roomId: $r) { counts { reaction count } }
	}`, map[string]any{"r": roomID}, a.onEvent)
	return a
}

func (a *applause) onEvent(data json.RawMessage) {
	var event struct {
		RoomReactions struct {
			Counts []struct {
				Reaction string
				Count    int
			}
		}
	}
	_ = json.Unmarshal(data, &event) // an event that is none shows nothing
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bytes = max(a.bytes, len(data))
	for _, count := range event.RoomReactions.Counts {
		a.sums[count.Reaction] += count.Count
		a.most = max(a.most, count.Count)
	}
}

func (a *applause) sum(reaction string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sums[reaction]
}

// largest returns how many reactions of one kind an event had at most, and the bytes of the longest event.
func (a *applause) largest() (most, bytes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.most, a.bytes
}

func (u *user) react(roomID, reaction string) error {
	return u.try(nil, `mutation($r: ID!, $k: Reaction!) { react(roomId: $r, reaction: $k) }`,
		map[string]any{"r": roomID, "k": reaction})
}

// Two servers share a database and a NATS. Reactions at one server show at the other, in messages of bounded size even
// if many guests react at once. Without NATS each server still shows its own guests' reactions.
func TestReactionsReachTheScreensOfAllServers(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite") {
			reactionsAt(t, url, 1)
			return
		}
		reactionsAt(t, url, 2)
	})
}

func reactionsAt(t *testing.T, url string, servers int) {
	port := testport.Free(t)
	nats := startNATS(t, port)
	env := []string{
		"ANTWON_SESSION_SECRET=" + strings.Repeat("s", 32), fmt.Sprintf("ANTWON_NATS_URL=nats://127.0.0.1:%d", port),
		"ANTWON_DEMO_SONG_SECONDS=3600",
	}
	a := startServer(t, url, env...)
	b := a
	if servers > 1 {
		b = startServer(t, url, append(env, "ANTWON_PLAYBACK=off")...)
	}
	roomID := a.login("Hanna").openRoom("CHEER")
	gina, gustav := a.join("CHEER", "Gina"), b.join("CHEER", "Gustav")
	gina.add(roomID, gina.search(roomID, "the", 1)[0])
	a.eventually("a song to play", func() bool { return gina.react(roomID, "SMILE") == nil })
	here, there := gina.watchReactions(roomID), gustav.watchReactions(roomID)

	b.eventually("a reaction at A to be seen at both", func() bool {
		_ = gina.react(roomID, "FIRE") // now and then it is too much
		return here.sum("FIRE") > 0 && there.sum("FIRE") > 0
	})
	b.eventually("a reaction at B to be seen at both", func() bool {
		_ = gustav.react(roomID, "STAR")
		return here.sum("STAR") > 0 && there.sum("STAR") > 0
	})
	var tapping sync.WaitGroup
	for n := range 30 {
		guest := []*server{a, b}[n%2].join("CHEER", fmt.Sprint("Guest ", n))
		tapping.Go(func() {
			for range 12 {
				_ = guest.react(roomID, "HANDS") // the last ones are too many
			}
		})
	}
	tapping.Wait()
	for _, screen := range []*applause{here, there} {
		b.eventually("hands to be seen", func() bool { return screen.sum("HANDS") > 0 })
		if most, bytes := screen.largest(); most > 20 || bytes > 300 {
			t.Errorf("an event had %d of a kind, and one had %d bytes", most, bytes)
		}
	}

	nats.Shutdown()
	nats.WaitForShutdown()
	a.eventually("A to notice", func() bool { return a.metric("antwon_nats_connected") == 0 })
	a.eventually("A's screen to show what A's guest does without NATS", func() bool {
		_ = gina.react(roomID, "SING")
		return here.sum("SING") > 0
	})
}
