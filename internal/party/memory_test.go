package party_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// The memory that a state of 500 songs takes does not grow with what has happened before. A pin makes the order depend
// on more than each song's own row, so that the state also remembers how songs moved.
func TestMemoryOfAState(t *testing.T) {
	const songs, likes, most = 500, 2000, 800 << 10
	rows := &table{rows: map[string]party.QueueItem{}}
	random := rand.New(rand.NewPCG(1, 1))
	for n := range songs {
		item := party.QueueItem{
			ID: fmt.Sprintf("0198c0de-0000-7000-8000-%012d", n), RoomID: "0198c0de-0000-7000-8000-000000000000",
			State: party.Queued, AddedBy: participant(fmt.Sprint("Guest ", n%20)), AddedAt: time.Unix(int64(n), 0),
			Song: party.Song{
				URI: fmt.Sprintf("spotify:track:%022d", n), Name: fmt.Sprint("The song of number ", n),
				Artists: []string{"The Examples"}, AlbumName: "Album", DurationMS: 180_000, ISRC: fmt.Sprintf("DE%010d", n),
			},
		}
		if n == songs/2 {
			item.Pin = &party.Pin{Until: party.UntilPlayed, Position: 10}
		}
		rows.change(item)
	}
	before := heap()
	state := rows.load(nil)
	first := heap() - before
	for range likes {
		liked := rows.rows[rows.ids[random.IntN(songs)]]
		liked.LikeCount++
		rows.change(liked)
		state = rows.load(state)
	}
	last := heap() - before
	runtime.KeepAlive(state)
	runtime.KeepAlive(rows)
	t.Logf("figures: a state of %d songs has %d KB, and %d KB after %d likes", songs, first>>10, last>>10, likes)
	if max(first, last) > most {
		t.Errorf("want at most %d KB", most>>10)
	}
}

// heap returns the bytes that are in use after garbage was collected.
func heap() int {
	runtime.GC()
	runtime.GC() // the first collection does not free what has a finalizer
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}
