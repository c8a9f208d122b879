package main_test

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"
)

// A machine dies while guests like and add songs, and only Litestream's copies are left. The copies have a change after
// two seconds at most, so the restored database has everything that was acknowledged more than two seconds before the
// machine died. A phone that knows a newer state shows the restored room. Then the same happens again.
func TestRestoredMachineLacksOnlyItsLastSeconds(t *testing.T) {
	const guests, songs = 50, 50
	m := newMachine(t)
	s := startServer(t, "sqlite:"+m.paths.Replace("/var/lib/antwon/antwon.db"), "ANTWON_PLAYBACK=off",
		"ANTWON_SESSION_SECRET="+clientSecret)
	host := s.login("Hanna")
	roomID := host.openRoom("MACHINE")
	uris := host.search(roomID, "a", songs+2*guests)
	for _, uri := range uris[:songs] {
		host.add(roomID, uri)
	}
	party := &actors{roomID: roomID}
	for i := range guests {
		party.guests = append(party.guests, &actor{
			user: s.join("MACHINE", fmt.Sprintf("Gina %d", i)), likes: host.queue(roomID), adds: uris[songs+i*2 : songs+i*2+2],
		})
	}
	phone := party.guests[0].user.phone(roomID)
	phone.visit(s)
	for range 2 {
		litestream := m.replicate(s)
		died := party.actUntil(t, 8*time.Second, func() { kill(t, s, litestream) })
		t.Logf("figures: the write-ahead log had %d KiB when the machine died", m.size("/var/lib/antwon/antwon.db-wal")>>10)
		phone.leave()
		known := slices.Max(phone.seen())
		m.restore()
		s.start()
		party.check(t, died)
		restored := host.version(roomID)
		if restored <= known {
			t.Errorf("the room is at version %d after it was restored, and a phone knows %d", restored, known)
		}
		began := time.Now()
		phone.visit(s)
		phone.showsQueue("after the room was restored")
		t.Logf("figures: the phone had version %d of a room at %d, and was right after %v", known, restored,
			time.Since(began).Round(time.Millisecond))
	}
	phone.leave()
}

// kill kills the server and Litestream, without time for them to finish.
func kill(t *testing.T, s *server, litestream *exec.Cmd) {
	t.Helper()
	for _, process := range []*exec.Cmd{s.cmd, litestream} {
		if err := process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = s.cmd.Wait(), litestream.Wait() // both were killed
}

// actors are the guests of a room, each of whom does something every second.
type actors struct {
	roomID string
	guests []*actor
}

type actor struct {
	user  *user
	likes []item   // what they have not liked yet
	adds  []string // what they have not added yet
	done  []act    // what was acknowledged
}

// act is a song that a guest liked or added.
type act struct {
	itemID             string
	isLike             bool
	sent, acknowledged time.Time
}

// actUntil lets the guests act for a while, then calls happens, and returns the time at which it did.
func (p *actors) actUntil(t *testing.T, duration time.Duration, happens func()) time.Time {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var acting sync.WaitGroup
	for i, guest := range p.guests {
		acting.Go(func() {
			time.Sleep(time.Second * time.Duration(i) / time.Duration(len(p.guests))) // one after the other
			guest.actAlong(ctx, p.roomID)
		})
	}
	time.Sleep(duration) // a party in real time, because Litestream looks at the clock
	now := time.Now()
	happens()
	cancel()
	acting.Wait()
	return now
}

// actAlong likes a song every second, and adds one instead of every fourth like.
func (a *actor) actAlong(ctx context.Context, roomID string) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		begun := act{sent: time.Now()}
		var err error
		if n%4 == 0 && len(a.adds) > 0 {
			begun.itemID, err = a.add(roomID, a.adds[0])
			a.adds = a.adds[1:]
		} else {
			begun.itemID, begun.isLike = a.likes[0].ID, true
			err = a.user.try(nil, `mutation($i: ID!) { likeQueueItem(itemId: $i) { id } }`, map[string]any{"i": a.likes[0].ID})
			a.likes = a.likes[1:]
		}
		if err == nil && begun.itemID != "" {
			begun.acknowledged = time.Now()
			a.done = append(a.done, begun)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// add adds a song and returns its item. It returns nothing if another release of the song is in the queue already: if
// that item is there later, this does not prove that the act was kept.
func (a *actor) add(roomID, uri string) (itemID string, err error) {
	var got struct {
		AddSong struct {
			Item          item
			AlreadyQueued bool
		}
	}
	err = a.user.try(&got, `mutation($r: ID!, $u: String!) {
		addSong(roomId: $r, songUri: $u) { alreadyQueued item { id } }
	}`, map[string]any{"r": roomID, "u": uri})
	if err != nil || got.AddSong.AlreadyQueued {
		return "", err
	}
	return got.AddSong.Item.ID, nil
}

// check compares the acknowledged acts with the room after a machine died and was restored, and forgets the acts.
func (p *actors) check(t *testing.T, died time.Time) {
	t.Helper()
	var lost []act
	var newest time.Time // when the newest act that is not lost was sent
	acknowledged := 0
	for _, guest := range p.guests {
		liked := guest.user.liked(p.roomID)
		for _, done := range guest.done {
			isLiked, isThere := liked[done.itemID]
			acknowledged++
			if !isThere || done.isLike && !isLiked {
				lost = append(lost, done)
			} else if done.sent.After(newest) {
				newest = done.sent
			}
		}
		guest.done = nil
	}
	var oldest time.Duration
	for _, act := range lost {
		oldest = max(oldest, died.Sub(act.acknowledged))
		if act.acknowledged.Before(newest) {
			t.Errorf("an act was lost that was acknowledged %v before another one began that is there",
				newest.Sub(act.acknowledged))
		}
	}
	t.Logf("figures: of %d acts %d were lost, the oldest of them acknowledged %v before the machine died",
		acknowledged, len(lost), oldest.Round(time.Millisecond))
	if acknowledged == 0 {
		t.Error("nothing was acknowledged")
	}
	const interval, busy = 2 * time.Second, 5 * time.Second // until a change is sent; and longer on a busy machine
	if oldest > interval+busy {
		t.Errorf("an act of %v before was lost", oldest)
	}
}
