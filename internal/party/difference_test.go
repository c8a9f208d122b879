package party_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"antwon.dj/backend/internal/party"
)

// table is the rows of a room's songs, as a database has them.
type table struct {
	version int64
	rows    map[string]party.QueueItem
	ids     []string // of all rows, in the order in which they were added
	// Servers do not learn that only numbers of likes have changed.
	hintsLost bool
	noPins    bool
	others    []int64 // the versions at which something other than the number of likes changed
	away      map[string]bool
	awaySince int64 // the version at which away last changed
}

// change writes a row with the next version.
func (tab *table) change(item party.QueueItem) {
	tab.version++
	before := tab.rows[item.ID]
	if before.LikeCount = item.LikeCount; !reflect.DeepEqual(before, item) {
		tab.others = append(tab.others, tab.version)
	}
	item.Version = tab.version
	if _, known := tab.rows[item.ID]; !known {
		item.Age = tab.version
		tab.ids = append(tab.ids, item.ID)
	}
	tab.rows[item.ID] = item
}

// leaveOrReturn marks somebody as away, or as back, with the next version. No row of a song changes.
func (tab *table) leaveOrReturn(name string) {
	tab.version++
	tab.others = append(tab.others, tab.version)
	away := map[string]bool{name: true}
	maps.Copy(away, tab.away)
	maps.DeleteFunc(away, func(who string, _ bool) bool { return who == name && tab.away[name] })
	tab.away, tab.awaySince = away, tab.version
}

// randomChange likes, unlikes, pins, unpins, commits, withdraws, passes on or adds a song.
func (tab *table) randomChange(random *rand.Rand) {
	if len(tab.ids) < 3 || random.IntN(12) == 0 {
		item := party.QueueItem{ID: fmt.Sprint("song ", len(tab.ids)), State: party.Queued, AddedBy: participant("Ana")}
		tab.change(item)
		return
	}
	item := tab.rows[tab.ids[random.IntN(len(tab.ids))]]
	switch random.IntN(16) {
	case 0:
		if tab.noPins {
			break
		}
		item.Pin = &party.Pin{Until: party.UntilPlayed, Position: 1 + random.IntN(5), Version: tab.version + 1}
	case 1:
		item.Pin = nil
	case 2:
		item.State = []party.QueueItemState{party.Committed, party.Removed, party.Queued}[random.IntN(3)]
	case 3:
		item.AddedBy = participant([]string{"Ana", "Ben"}[random.IntN(2)])
	case 4, 5, 6:
		item.LikeCount = max(0, item.LikeCount-1)
	default:
		item.LikeCount++
	}
	tab.change(item)
}

// load returns the state that follows have, or the first state.
func (tab *table) load(have *party.State) *party.State {
	var changed []*party.QueueItem
	for _, id := range tab.ids {
		item := tab.rows[id]
		if have == nil && item.State == party.Removed || have != nil && item.Version <= have.Version {
			continue
		}
		changed = append(changed, &item)
	}
	slices.SortFunc(changed, func(a, b *party.QueueItem) int { return int(a.Version - b.Version) })
	likes := have != nil && !slices.ContainsFunc(tab.others, func(version int64) bool { return version > have.Version })
	row := party.RoomRow{
		RoomID: "room", Version: tab.version, Status: party.Open, Settings: party.DefaultSettings(),
		AwayVersion: tab.awaySince, Away: tab.away,
	}
	minutes := 10
	row.Settings.AwayAfterMinutes = &minutes
	return party.Merge(have, row, changed, party.Playback{}, party.Affected{OnlyLikes: likes && !tab.hintsLost})
}

// screen is a client that applies differences.
type screen struct {
	version *int64
	order   []string
	items   map[string]party.QueueItem
}

// apply applies a difference as the schema says. It fails if likes name an item that the client does not have.
func (s *screen) apply(t *testing.T, change party.RoomQueueChange) {
	t.Helper()
	if change.Reset {
		s.items = map[string]party.QueueItem{}
	}
	gone := slices.Clone(change.RemovedIDs)
	for _, id := range change.RemovedIDs {
		delete(s.items, id)
	}
	for _, item := range change.Upserted {
		s.items[item.ID] = *item
	}
	for _, liked := range change.Likes {
		item, known := s.items[liked.ItemID]
		if !known {
			t.Errorf("likes have %s, which the client does not know", liked.ItemID)
		}
		item.LikeCount = liked.LikeCount
		s.items[liked.ItemID] = item
	}
	for _, moved := range change.Moved {
		gone = append(gone, moved.ItemID)
	}
	s.order = slices.DeleteFunc(s.order, func(id string) bool { return slices.Contains(gone, id) })
	if change.Order != nil {
		s.order = slices.Clone(change.Order)
	}
	for _, moved := range change.Moved {
		s.order = slices.Insert(s.order, moved.Position-1, moved.ItemID)
	}
	s.version = &change.Version
}

func (s *screen) shows() string {
	var lines []string
	for _, id := range s.order {
		lines = append(lines, shownLine(s.items[id]))
	}
	return strings.Join(lines, "\n")
}

func shownLine(item party.QueueItem) string {
	return fmt.Sprintf("%s: %d likes, %s, %s, pinned: %v", item.ID, item.LikeCount, item.State,
		item.AddedBy.DisplayName, item.Pin != nil)
}

func shownQueue(state *party.State) string {
	var lines []string
	for _, item := range state.Queue {
		lines = append(lines, shownLine(*item))
	}
	return strings.Join(lines, "\n")
}

// Servers load at different times, and so skip different versions. Their differences still bring each client to the
// server's queue, whichever server the client was connected to before. A difference may also be applied to a newer
// version than the client asked for.
func TestDifferencesOfServersThatSkipVersions(t *testing.T) {
	likes, upserts := 0, 0
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		rows := &table{rows: map[string]party.QueueItem{}, noPins: seed%2 == 0}
		servers, screens := make([]*party.State, 3), make([]screen, 6)
		for range 120 {
			if rows.randomChange(random); random.IntN(12) == 0 {
				rows.leaveOrReturn([]string{"Ana", "Ben"}[random.IntN(2)])
			}
			rows.hintsLost = random.IntN(4) == 0
			servers[0] = rows.load(servers[0]) // the only one that skips nothing
			at := random.IntN(len(servers))
			if random.IntN(3) > 0 {
				servers[at] = rows.load(servers[at])
			}
			who := &screens[random.IntN(len(screens))]
			if servers[at] == nil || who.version != nil && *who.version > servers[at].Version {
				continue
			}
			since := who.version
			if since != nil && random.IntN(3) == 0 {
				earlier := *since - random.Int64N(4)
				since = &earlier
			}
			change := servers[at].QueueChange(since)
			who.apply(t, change)
			if got, want := who.shows(), shownQueue(servers[at]); got != want {
				t.Fatalf("seed %d: after %+v the client shows\n%s\nwant\n%s", seed, change, got, want)
			}
			if !change.Reset {
				likes, upserts = likes+len(change.Likes), upserts+len(change.Upserted)
			}
		}
	}
	if min(likes, upserts) < 1000 {
		t.Errorf("%d likes and %d upserted items: both have to be tried", likes, upserts)
	}
}

// For a like, a difference contains only the number of likes, and the song's position if it moves.
func TestLikeIsNotUpserted(t *testing.T) {
	rows := &table{rows: map[string]party.QueueItem{}}
	for _, id := range []string{"A", "B", "C"} {
		rows.change(party.QueueItem{ID: id, State: party.Queued, AddedBy: participant("Ana")})
	}
	state := rows.load(nil)
	like := func(id string) party.RoomQueueChange {
		since, item := state.Version, rows.rows[id]
		item.LikeCount++
		rows.change(item)
		state = rows.load(state)
		return state.QueueChange(&since)
	}
	for _, step := range []struct{ liked, want string }{
		{"A", "upserted 0, likes [{A 1}], moved []"},
		{"C", "upserted 0, likes [{C 1}], moved [{C 2}]"},
		{"C", "upserted 0, likes [{C 2}], moved [{C 1}]"},
	} {
		c := like(step.liked)
		if got := fmt.Sprintf("upserted %d, likes %v, moved %v", len(c.Upserted), c.Likes, c.Moved); got != step.want {
			t.Errorf("after a like of %s: %s; want %s", step.liked, got, step.want)
		}
	}
	if first := int64(3); len(state.QueueChange(&first).Upserted) != 0 {
		t.Errorf("three likes later: %+v", state.QueueChange(&first))
	}
}

// Likes that one load finds together are also sent as likes, if hints said that nothing else happened.
func TestLikesThatAreLoadedTogetherAreNotUpserted(t *testing.T) {
	for _, hintsLost := range []bool{false, true} {
		rows := &table{rows: map[string]party.QueueItem{}, hintsLost: hintsLost}
		for _, id := range []string{"A", "B", "C"} {
			rows.change(party.QueueItem{ID: id, State: party.Queued, AddedBy: participant("Ana")})
		}
		state := rows.load(nil)
		since := state.Version
		for _, id := range []string{"C", "B", "C"} {
			liked := rows.rows[id]
			liked.LikeCount++
			rows.change(liked)
		}
		c := rows.load(state).QueueChange(&since)
		got := fmt.Sprintf("upserted %d, likes %v, moved %v", len(c.Upserted), c.Likes, c.Moved)
		want := "upserted 0, likes [{C 2} {B 1}], moved [{C 1} {B 2}]"
		if hintsLost {
			want = "upserted 2, likes [], moved [{C 1} {B 2}]"
		}
		if got != want {
			t.Errorf("hints lost: %t: got %s, want %s", hintsLost, got, want)
		}
	}
}

// A load that skips versions cannot know what another server has shown at them.
func TestLikeAfterSkippedVersionsIsUpserted(t *testing.T) {
	rows := &table{rows: map[string]party.QueueItem{}}
	rows.change(party.QueueItem{ID: "A", State: party.Queued, AddedBy: participant("Ana")})
	state := rows.load(nil)
	first := state.Version
	before := rows.rows["A"]
	pinned := before
	pinned.Pin = &party.Pin{Until: party.UntilPlayed, Position: 1, Version: 2}
	rows.change(pinned)
	before.LikeCount++
	rows.change(before) // liked, and unpinned
	state = rows.load(state)
	if c := state.QueueChange(&first); len(c.Upserted) != 1 || len(c.Likes) != 0 {
		t.Errorf("upserted %d, likes %v; want the whole item", len(c.Upserted), c.Likes)
	}
}

// The allocations of one like among fifty songs: of its merge, which depend a little on how the test was compiled, and
// of its difference.
func TestAllocationsOfALike(t *testing.T) {
	rows := &table{rows: map[string]party.QueueItem{}}
	for n := range 50 {
		rows.change(party.QueueItem{ID: fmt.Sprint("song ", n), State: party.Queued, AddedBy: participant("Ana")})
	}
	state := rows.load(nil)
	since, liked := state.Version, rows.rows["song 0"] // it stays where it is
	liked.LikeCount, liked.Version = 1, state.Version+1
	var next *party.State
	merge := testing.AllocsPerRun(100, func() {
		item := liked
		next = party.NextState(state, liked.Version, party.Open, []*party.QueueItem{&item}, party.Affected{})
	})
	var change party.RoomQueueChange
	difference := testing.AllocsPerRun(100, func() { change = next.QueueChange(&since) })
	if len(change.Likes) != 1 || len(change.Moved) != 0 {
		t.Fatalf("%+v", change)
	}
	if merge > 130 || difference != 1 {
		t.Errorf("merging a like allocates %v times, and its difference %v times; want at most 130 and 1", merge, difference)
	}
}
