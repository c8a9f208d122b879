package jukebox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"entgo.io/ent/dialect"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

const (
	worldRooms  = 4 // more than transactions of likes run at once, so that likes of several rooms share one
	worldGuests = 4
	worldSongs  = 4
)

// world is a few rooms with the same guests, and their items and hints. Two worlds begin with the same content.
type world struct {
	*fixture
	rooms  []*fixture
	guests []context.Context
	items  [][]*party.QueueItem
	names  map[string]string // of users and items by id, which are the same in both worlds

	mu    sync.Mutex
	hints map[string][]live.Hint // by room
}

func (p *fixture) newWorld(name string) *world {
	p.Helper()
	w := &world{fixture: p, names: map[string]string{}, hints: map[string][]live.Hint{}}
	for r := range worldRooms {
		q := *p
		q.host = p.newHost("Hanna")
		q.room = p.openRoom(q.host, fmt.Sprintf("%s-%d", name, r))
		w.names[p.id(q.host)] = fmt.Sprint("host ", r)
		w.rooms = append(w.rooms, &q)
		w.items = append(w.items, nil)
		for g := range worldGuests {
			guest := fmt.Sprint("Guest ", g)
			if r == 0 {
				w.guests = append(w.guests, q.join(guest))
				w.names[p.id(w.guests[g])] = guest
				continue
			}
			p.must(second(p.JoinRoom(w.guests[g], q.room.Code, guest)))
		}
		for n := range worldSongs {
			item := q.add(w.guests[n%worldGuests], 10+n)
			w.items[r] = append(w.items[r], item)
		}
		q.step(party.PlaybackStep{CommitItem: w.items[r][worldSongs-1].ID})
	}
	p.Cleanup(p.bus.Subscribe(func(h live.Hint) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.hints[h.Topic] = append(w.hints[h.Topic], h)
	}))
	return w
}

// nextRound makes removed guests join again, and adds the songs again that have left the queue.
func (w *world) nextRound() {
	w.Helper()
	for r, room := range w.rooms {
		room.settle(party.SettingsChange{LikesAfterMinutes: pointer(0)})
		for g, guest := range w.guests {
			w.must(second(w.JoinRoom(guest, room.room.Code, fmt.Sprint("Guest ", g))))
		}
		for n := range worldSongs {
			w.items[r][n] = room.add(room.host, 10+n)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hints = map[string][]live.Hint{}
}

// act is one thing that somebody does in a world.
type act struct {
	kind              string
	room, guest, song int
	key               *string
	repeats           bool // its key was used before
}

// randomActs are mostly likes, with other changes between them.
func randomActs(random *rand.Rand, n int) []act {
	kinds := []string{"undo", "undo key", "add", "withdraw", "remove", "late", "early", "expel", "promote", "demote"}
	used := map[string]bool{}
	var acts []act
	for range n {
		a := act{
			kind: []string{"like", "unlike"}[random.IntN(2)],
			room: random.IntN(worldRooms), guest: random.IntN(worldGuests), song: random.IntN(worldSongs),
		}
		if random.IntN(8) == 0 {
			a.kind = kinds[random.IntN(len(kinds))]
		}
		if random.IntN(2) == 0 || a.kind == "undo key" {
			key := fmt.Sprintf("key %d of room %d", random.IntN(n/2), a.room) // rooms do not wait for each other
			a.key = &key
			id := fmt.Sprint(a.guest, key)
			a.repeats, used[id] = used[id], true
		}
		acts = append(acts, a)
	}
	return acts
}

// do performs the act, and returns the part of the answer that does not depend on later acts.
func (w *world) do(a act) string {
	p, guest, item := w.rooms[a.room], w.guests[a.guest], w.items[a.room][a.song]
	answer := func(item *party.QueueItem, err error) string {
		switch {
		case err != nil:
			return answerTo(err)
		case a.repeats:
			return item.Song.Name
		}
		return fmt.Sprintf("%s: %d likes at version %d, %s, by %s",
			item.Song.Name, item.LikeCount, item.Version, item.State, item.AddedBy.DisplayName)
	}
	role := func(role party.Role) error { return second(p.SetRole(p.host, p.room.ID, p.id(guest), role)) }
	switch a.kind {
	case "like":
		return answer(p.LikeQueueItem(guest, item.ID, a.key))
	case "unlike":
		return answer(p.UnlikeQueueItem(guest, item.ID, a.key))
	case "undo":
		return answerTo(second(p.Undo(guest, p.room.ID, nil)))
	case "undo key":
		return answerTo(second(p.Undo(guest, p.room.ID, a.key)))
	case "add": // becomes a like while the song waits
		return answerTo(second(p.AddSong(guest, p.room.ID, uri(10+a.song), a.key)))
	case "withdraw":
		return answerTo(second(p.RemoveQueueItem(guest, item.ID, a.key)))
	case "remove":
		return answerTo(second(p.RemoveQueueItem(p.host, item.ID, nil)))
	case "late", "early":
		minutes := 0
		if a.kind == "late" {
			minutes = 60
		}
		settings := &party.SettingsChange{LikesAfterMinutes: &minutes}
		return answerTo(second(p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: settings}, nil)))
	case "expel":
		return answerTo(second(p.RemoveGuest(p.host, p.room.ID, p.id(guest), false)))
	case "promote":
		return answerTo(role(party.RoleCohost))
	}
	return answerTo(role(party.RoleGuest))
}

// answerTo returns what the client is told, without RetryAfter, because a change that waits is refused later.
func answerTo(err error) string {
	if refusal := asError(err); refusal != nil {
		return fmt.Sprint(refusal)
	}
	return fmt.Sprint(err)
}

func (w *world) named(text string) string {
	for id, name := range w.names {
		text = strings.ReplaceAll(text, id, name)
	}
	return text
}

// doOneByOne performs the acts one after the other, and returns their answers.
func (w *world) doOneByOne(acts []act) []string {
	answers := make([]string, len(acts))
	for i, a := range acts {
		answers[i] = w.do(a)
	}
	return answers
}

// doTogether makes all acts wait, in the same order, before it lets the first one run, and returns their answers.
func (w *world) doTogether(acts []act) []string {
	held := w.rooms
	if w.store.Dialect == dialect.SQLite { // there, all rooms wait in the same queue
		held = held[:1]
	}
	release, released := make(chan struct{}), make(chan error, len(held))
	for _, room := range held {
		go func() { released <- room.HoldRoom(room.room.ID, release) }()
		room.waitForHolder()
	}
	answers := make([]string, len(acts))
	var running sync.WaitGroup
	for i, a := range acts {
		room := w.rooms[a.room]
		before, _ := w.Waiting(room.room.ID)
		answered := make(chan struct{})
		running.Go(func() {
			defer close(answered)
			answers[i] = w.do(a)
		})
		w.eventually(func() bool {
			select {
			case <-answered: // it was refused at once
				return true
			default:
			}
			waiting, _ := w.Waiting(room.room.ID)
			return waiting > before
		})
	}
	close(release)
	for range held {
		w.must(<-released)
	}
	running.Wait()
	return answers
}

// shows returns what the database and the hints say about the rooms, as a text.
func (w *world) shows() string {
	w.Helper()
	var all []string
	for r, room := range w.rooms {
		ids, err := jukebox.ItemIDs(w.Context(), w.store, room.room.ID)
		w.must(err)
		for n, id := range ids {
			w.names[id] = fmt.Sprintf("song %d of room %d", n, r)
		}
		rows, err := jukebox.RowsOfLikes(w.Context(), w.store, room.room.ID)
		w.must(err)
		all = append(all, fmt.Sprintf("room %d\n%s\n%s", r, w.named(rows), w.hinted(room.room.ID)))
	}
	return strings.Join(all, "\n")
}

// hinted returns the first and the last version of the room's hints, and the affected users.
func (w *world) hinted(roomID string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	hints := w.hints[roomID]
	delete(w.hints, roomID)
	if len(hints) == 0 {
		return "no hints"
	}
	everybody := false
	var users []string
	for i, hint := range hints {
		everybody = everybody || hint.Users == nil
		users = append(users, hint.Users...)
		if i > 0 && hint.Since != hints[i-1].Version {
			w.Errorf("the hint %+v does not continue %+v", hint, hints[i-1])
		}
	}
	slices.Sort(users)
	users = strings.Split(w.named(strings.Join(slices.Compact(users), ",")), ",")
	slices.Sort(users)
	if everybody {
		users = []string{"everybody"}
	}
	return fmt.Sprintf("hints from %d to %d for %v", hints[0].Since, hints[len(hints)-1].Version, users)
}

// waits matches the waiting time in an answer, which depends on the time of the act.
var waits = regexp.MustCompile(`in \d+ (seconds?|minutes?|hours?)`)

// Changes that share a transaction, and likes that share statements, have the same results as the same changes one by
// one: the same answers, rows, versions and hints.
func TestLikesTogetherComeToTheSameAsOneByOne(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		seed := rand.Uint64()
		p.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		together, alone := p.newWorld("TOGETHER"), p.newWorld("ALONE")
		for round := range 12 {
			together.nextRound()
			alone.nextRound()
			// What was done before can no longer be undone, however long ago it was.
			p.must(jukebox.Exec(p.Context(), p.store, "UPDATE room_events SET undone = TRUE"))
			acts := randomActs(random, 20+random.IntN(80))
			for i := range acts {
				if acts[i].key != nil {
					key := fmt.Sprint(round, *acts[i].key)
					acts[i].key = &key
				}
			}
			got, want := together.doTogether(acts), alone.doOneByOne(acts)
			for i, a := range acts {
				if waits.ReplaceAllString(got[i], "") != waits.ReplaceAllString(want[i], "") {
					p.Errorf("round %d, act %d, %+v: together %q, one by one %q", round, i, a, got[i], want[i])
				}
			}
			if got, want := together.shows(), alone.shows(); got != want {
				p.Errorf("round %d: together\n%s\none by one\n%s", round, got, want)
			}
			if t.Failed() {
				return
			}
		}
	})
}
