package party_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"antwon.dj/backend/internal/party"
)

var modes = []party.OrderMode{party.OrderLikes, party.OrderFair, party.OrderTurns}

// everyMode runs a test for each order mode, with many random histories.
func everyMode(t *testing.T, story func(t *testing.T, random *rand.Rand, by party.Ranking)) {
	t.Helper()
	for _, mode := range modes {
		t.Run(string(mode), func(t *testing.T) {
			for seed := range uint64(300) {
				random := rand.New(rand.NewPCG(seed, 1))
				story(t, random, party.Ranking{Mode: mode, Plays: randomPlays(random), Away: randomlyAway(random)})
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
		})
	}
}

// randomPlays returns a history of songs of any age that began before version 1,000.
func randomPlays(random *rand.Rand) *party.PlayHistory {
	var songs []party.TestPlay
	for i := range random.IntN(60) {
		songs = append(songs, party.TestPlay{Owner: guest(random), Age: random.Int64N(1_000), Version: 940 + int64(i)})
	}
	return party.HistoryOf(songs)
}

// randomlyAway returns nobody, or some of the guests.
func randomlyAway(random *rand.Rand) map[string]bool {
	away := map[string]bool{}
	for range random.IntN(3) {
		if who := guest(random); who != "" {
			away[who] = true
		}
	}
	return away
}

func guest(random *rand.Rand) string {
	return []string{"", "Ana", "Ben", "Cem", "Dora", "Eva"}[random.IntN(6)]
}

// randomQueue returns a queue that may have a committed song, fallback songs, pinned songs and held songs.
func randomQueue(random *rand.Rand) []*party.QueueItem {
	items := make([]*party.QueueItem, random.IntN(60))
	for i := range items {
		item := &party.QueueItem{ID: fmt.Sprint(i), State: party.Queued, LikeCount: random.IntN(6), Age: random.Int64N(1_000)}
		if who := guest(random); who != "" {
			item.AddedBy = participant(who)
		}
		switch random.IntN(20) {
		case 0:
			item.Pin = &party.Pin{Until: party.UntilPlayed, Position: 1 + random.IntN(10), Version: 930 + random.Int64N(70)}
		case 1:
			item.Pin = &party.Pin{
				Until: party.UntilOvertaken, Position: 1 + random.IntN(10), Margin: 1 + random.IntN(3),
				Version: 930 + random.Int64N(70),
			}
		case 2:
			item.Refusal = &party.Refusal{Reason: party.ReasonExplicit}
		}
		items[i] = item
	}
	if len(items) > 0 && random.IntN(2) == 0 {
		items[0].State, items[0].Pin, items[0].Refusal = party.Committed, nil, nil
	}
	return items
}

func rank(items []*party.QueueItem, by party.Ranking) []*party.QueueItem {
	by.Holds = func(item *party.QueueItem) *party.Refusal { return item.Refusal }
	return party.Rank(items, by)
}

func order(items []*party.QueueItem) string {
	var ids []string
	for _, item := range items {
		ids = append(ids, item.ID)
	}
	return strings.Join(ids, " ")
}

func TestRankIsTotalStableAndLosesNothing(t *testing.T) {
	everyMode(t, func(t *testing.T, random *rand.Rand, by party.Ranking) {
		items := randomQueue(random)
		ranked := rank(items, by)
		seen := map[string]bool{}
		for i, item := range ranked {
			seen[item.ID] = true
			if *item.Position != i+1 {
				t.Errorf("the item at %d has position %d", i+1, *item.Position)
			}
			if i > 0 && (item.State == party.Committed || ranked[i-1].Refusal != nil && item.Refusal == nil) {
				t.Errorf("%+v stands before %+v", ranked[i-1], item)
			}
		}
		if len(ranked) != len(items) || len(seen) != len(items) {
			t.Errorf("%d items became %d, %d of them different", len(items), len(ranked), len(seen))
		}
		random.Shuffle(len(items), func(a, b int) { items[a], items[b] = items[b], items[a] })
		if again := order(rank(items, by)); again != order(ranked) {
			t.Errorf("the order depends on the order of the input: %s, then %s", order(ranked), again)
		}
		if again := order(rank(ranked, by)); again != order(ranked) {
			t.Errorf("ranking the result again turns %s into %s", order(ranked), again)
		}
	})
}

func TestLikeNeverMovesSongDown(t *testing.T) {
	everyMode(t, func(t *testing.T, random *rand.Rand, by party.Ranking) {
		ranked := rank(randomQueue(random), by)
		for i := range ranked {
			if ranked[i].State == party.Committed || ranked[i].Pin != nil && ranked[i].Pin.Until == party.UntilPlayed {
				continue // likes do not move it
			}
			liked := *ranked[i]
			liked.LikeCount++
			changed := slices.Clone(ranked)
			changed[i] = &liked
			after := rank(changed, by)
			if at := slices.IndexFunc(after, func(item *party.QueueItem) bool { return item.ID == liked.ID }); at > i {
				t.Errorf("a like moved %s from %d to %d: %s, then %s", liked.ID, i+1, at+1, order(ranked), order(after))
			}
		}
	})
}

// The songs of guests who are away stand behind those of all others, and before fallback songs that nobody likes. Each
// part keeps the order that it would have alone. When the guests are back, so are their songs' places.
func TestSongsOfGuestsWhoAreAwayWait(t *testing.T) {
	everyMode(t, func(t *testing.T, random *rand.Rand, by party.Ranking) {
		items := randomQueue(random)
		for _, item := range items {
			item.Pin = nil // a host's pin overrules it
		}
		by.Away = nil
		before := order(rank(items, by))
		by.Away = map[string]bool{"Ben": true, "Eva": random.IntN(2) == 0}
		var here, away []*party.QueueItem
		for _, item := range rank(items, by) {
			switch {
			case item.State == party.Committed || item.Refusal != nil || item.IsUnlikedFallback():
			case by.Away[item.OwnerID()]:
				away = append(away, item)
			default:
				here = append(here, item)
				if len(away) > 0 {
					t.Errorf("%s waits for %s, who is away", item.ID, away[0].OwnerID())
				}
			}
			if item.IsUnlikedFallback() && item.State == party.Queued && len(away) > 0 && *item.Position < *away[0].Position {
				t.Errorf("the fallback song %s stands before %s", item.ID, away[0].ID)
			}
		}
		present := party.Ranking{Mode: by.Mode, Plays: by.Plays}
		for _, part := range [][]*party.QueueItem{here, away} {
			if alone := order(rank(part, present)); alone != order(part) {
				t.Errorf("%s, alone %s", order(part), alone)
			}
		}
		by.Away = nil
		if after := order(rank(items, by)); after != before {
			t.Errorf("after all came back it is %s, before they left %s", after, before)
		}
	})
}

func TestLikesModeRanksByLikesThenAgeThenFallback(t *testing.T) {
	ana := participant("Ana")
	ranked := rank([]*party.QueueItem{
		{ID: "fallback", State: party.Queued, Age: 1},
		{ID: "young", State: party.Queued, AddedBy: ana, Age: 9},
		{ID: "old", State: party.Queued, AddedBy: ana, Age: 2},
		{ID: "liked", State: party.Queued, AddedBy: ana, Age: 8, LikeCount: 1},
		{ID: "liked-fallback", State: party.Queued, Age: 7, LikeCount: 1},
		{ID: "held", State: party.Queued, AddedBy: ana, Age: 1, LikeCount: 9, Refusal: &party.Refusal{}},
		{ID: "committed", State: party.Committed, AddedBy: ana, Age: 10},
	}, party.Ranking{Mode: party.OrderLikes})
	if got, want := order(ranked), "committed liked-fallback liked old young fallback held"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFairDividesLikesAmongSongsOfAGuest(t *testing.T) {
	song := func(id, who string, likes int, age int64) *party.QueueItem {
		return &party.QueueItem{ID: id, State: party.Queued, AddedBy: participant(who), LikeCount: likes, Age: age}
	}
	for _, row := range []struct {
		what  string
		plays []party.TestPlay
		items []*party.QueueItem
		want  string
	}{
		{"without likes each guest plays once before anybody plays twice", nil,
			[]*party.QueueItem{
				song("a1", "Ana", 0, 1), song("a2", "Ana", 0, 2), song("b1", "Ben", 0, 3), song("a3", "Ana", 0, 4),
				song("b2", "Ben", 0, 5),
			},
			"a1 b1 a2 b2 a3"},
		{"a second song needs more than twice the likes of another's first", nil,
			[]*party.QueueItem{
				song("a1", "Ana", 5, 1), song("a2", "Ana", 4, 2), song("b1", "Ben", 2, 3), song("c1", "Cem", 1, 4),
			},
			"a1 b1 a2 c1"},
		{"recent plays count", []party.TestPlay{{Owner: "Ana", Age: 1, Version: 5}, {Owner: "Ana", Age: 2, Version: 6}},
			[]*party.QueueItem{song("a1", "Ana", 2, 10), song("b1", "Ben", 1, 11)},
			"b1 a1"},
		{"among equals the guest with the fewest plays comes first", append(played("Ana", 3, 1), played("Zoë", 20, 50)...),
			[]*party.QueueItem{song("a1", "Ana", 0, 80), song("b1", "Ben", 0, 90)},
			"b1 a1"},
	} {
		by := party.Ranking{Mode: party.OrderFair, Plays: party.HistoryOf(row.plays)}
		if got := order(rank(row.items, by)); got != row.want {
			t.Errorf("%s: got %s, want %s", row.what, got, row.want)
		}
	}
}

// played returns n plays of an owner's songs, which began at the versions from first on and were added at the same
// versions.
func played(who string, n int, first int64) (songs []party.TestPlay) {
	for i := range int64(n) {
		songs = append(songs, party.TestPlay{Owner: who, Age: first + i, Version: first + i})
	}
	return songs
}

func TestFairPlaysOverdueSongDespiteLikedNewSongs(t *testing.T) {
	waiting := []*party.QueueItem{{ID: "patient", State: party.Queued, AddedBy: participant("Ana"), Age: 1}}
	var plays []party.TestPlay
	for round := range int64(100) {
		version := 10 * (round + 1)
		newcomer := fmt.Sprint("newcomer ", round)
		waiting = append(waiting, &party.QueueItem{
			ID: newcomer, State: party.Queued, AddedBy: participant(newcomer), Age: version, LikeCount: 50,
		})
		ranked := rank(waiting, party.Ranking{Mode: party.OrderFair, Plays: party.HistoryOf(plays)})
		next := ranked[0]
		if next.ID == "patient" {
			if round != party.MinOverdue {
				t.Errorf("the oldest song was passed over %d times, want %d", round, party.MinOverdue)
			}
			return
		}
		plays = append(plays, party.TestPlay{Owner: next.AddedBy.User.ID, Age: next.Age, Version: version + 1})
		waiting = ranked[1:]
	}
	t.Error("the oldest song still waits after a hundred songs")
}

func TestTurnsAlternateAndNewGuestsComeLast(t *testing.T) {
	song := func(id, who string, likes int, age int64) *party.QueueItem {
		return &party.QueueItem{ID: id, State: party.Queued, AddedBy: participant(who), LikeCount: likes, Age: age}
	}
	items := []*party.QueueItem{
		song("a1", "Ana", 0, 1), song("a2", "Ana", 9, 2), song("b1", "Ben", 0, 3), song("b2", "Ben", 0, 4),
		song("n1", "new", 50, 30), song("n2", "new", 50, 31),
	}
	plays := party.HistoryOf([]party.TestPlay{{Owner: "Ana", Age: 0, Version: 20}})
	got := order(rank(items, party.Ranking{Mode: party.OrderTurns, Plays: plays}))
	if want := "b1 a2 n1 b2 a1 n2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPinnedSongAdvancesWithEachStartedSong(t *testing.T) {
	ana := participant("Ana")
	queue := func(pin *party.Pin, likes int) []*party.QueueItem {
		items := []*party.QueueItem{{ID: "pinned", State: party.Queued, AddedBy: ana, Age: 99, Pin: pin, LikeCount: likes}}
		for i := range 5 {
			items = append(items, &party.QueueItem{
				ID: fmt.Sprint(i), State: party.Queued, AddedBy: ana, Age: int64(i), LikeCount: 5 - i,
			})
		}
		return items
	}
	started := party.HistoryOf([]party.TestPlay{{Owner: "Ana", Version: 101}, {Owner: "Ana", Version: 102}})
	untilPlayed := func(position int, version int64) *party.Pin {
		return &party.Pin{Until: party.UntilPlayed, Position: position, Version: version}
	}
	untilOvertaken := func(position, margin int) *party.Pin {
		return &party.Pin{Until: party.UntilOvertaken, Position: position, Margin: margin, Version: 100}
	}
	for _, row := range []struct {
		what  string
		pin   *party.Pin
		likes int
		plays *party.PlayHistory
		want  string
	}{
		{"it stands where it was put", untilPlayed(3, 100), 0, nil, "0 1 pinned 2 3 4"},
		{"two songs later it is next", untilPlayed(3, 100), 0, started, "pinned 0 1 2 3 4"},
		{"songs that started before the pin do not count", untilPlayed(3, 102), 0, started, "0 1 pinned 2 3 4"},
		{"a position beyond the end is the last one", untilPlayed(30, 100), 0, nil, "0 1 2 3 4 pinned"},
		{"a pin can move a song down", untilPlayed(3, 100), 9, nil, "0 1 pinned 2 3 4"},
		{"until it is overtaken", untilOvertaken(1, 6), 0, nil, "pinned 0 1 2 3 4"},
		{"when it is overtaken", untilOvertaken(1, 5), 0, nil, "0 1 2 3 4 pinned"},
		{"likes carry it further", untilOvertaken(4, 5), 4, nil, "0 1 pinned 2 3 4"},
	} {
		by := party.Ranking{Mode: party.OrderLikes, Plays: row.plays}
		if got := order(rank(queue(row.pin, row.likes), by)); got != row.want {
			t.Errorf("%s: got %s, want %s", row.what, got, row.want)
		}
	}
}

// The next songs of the fallback playlist stand in the queue for hours. One like must not make such a song overdue, and
// so carry it past everybody.
func TestOneLikeDoesNotLiftFallbackSongPastAll(t *testing.T) {
	ana, ben := participant("Ana"), participant("Ben")
	var plays []party.TestPlay // ten songs of ten guests, added after the fallback song
	for i := range int64(10) {
		plays = append(plays, party.TestPlay{Owner: fmt.Sprint("guest ", i), Age: 10 + i, Version: 30 + i})
	}
	items := []*party.QueueItem{
		{ID: "fallback", State: party.Queued, Age: 1, LikeCount: 1},
		{ID: "a1", State: party.Queued, AddedBy: ana, Age: 21, LikeCount: 30},
		{ID: "b1", State: party.Queued, AddedBy: ben, Age: 22, LikeCount: 20},
	}
	for _, mode := range modes {
		got := order(rank(items, party.Ranking{Mode: mode, Plays: party.HistoryOf(plays)}))
		if got != "a1 b1 fallback" {
			t.Errorf("%s: %s", mode, got)
		}
	}
}

// BenchmarkRank ranks 500 songs of 100 guests. The target is less than a millisecond.
func BenchmarkRank(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	var items []*party.QueueItem
	for i := range 500 {
		items = append(items, &party.QueueItem{
			ID: fmt.Sprint(i), State: party.Queued, AddedBy: participant(fmt.Sprint("guest ", random.IntN(100))),
			LikeCount: random.IntN(30), Age: random.Int64N(1_000_000),
		})
	}
	plays := party.HistoryOf(played("guest 7", 1_000, 1))
	for _, mode := range modes {
		b.Run(string(mode), func(b *testing.B) {
			for b.Loop() {
				rank(items, party.Ranking{Mode: mode, Plays: plays})
			}
		})
	}
}

func participant(userID string) *party.Participant {
	return &party.Participant{User: party.User{ID: userID}}
}
