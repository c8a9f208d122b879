package scenarios_test

import (
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
)

// idleRooms is the number of rooms that are open although everybody has left.
const idleRooms = 1_000

// openIdle opens the idle rooms on a server that drives no player, and dates their playback an hour back.
func (w *world) openIdle() {
	w.t.Helper()
	s := w.start("yesterday")
	s.stopDriving()
	for i := range idleRooms {
		host, err := s.DemoLogin(w.t.Context(), fmt.Sprint("Host ", i))
		must(w.t, err)
		_, err = s.CreateRoom(account.WithViewer(w.t.Context(), host.User), jukebox.RoomInput{}, nil)
		must(w.t, err)
	}
	s.driven <- <-s.driven // wait until its drivers have ended
	s.stop()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(w.database, "sqlite:"))
	must(w.t, err)
	defer db.Close()
	_, err = db.ExecContext(w.t.Context(), "UPDATE room_playbacks SET observed_at = ?", time.Now().Add(-time.Hour).UTC())
	must(w.t, err)
}

// A thousand idle rooms cause no requests to Spotify and have no goroutines of their own.
func TestIdleRoomsCostNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.openIdle()
		before, goroutines := w.spotify.total(), runtime.NumGoroutine()
		w.start("today")
		time.Sleep(30 * time.Second)
		more := runtime.NumGoroutine() - goroutines
		t.Logf(
			"%d idle rooms: %d requests in half a minute; their server has %d goroutines", idleRooms, w.spotify.total()-before,
			more,
		)
		if w.spotify.total() > before {
			t.Errorf("requests to Spotify: %v", w.spotify.calls(time.Time{}))
		}
		if more > 50 {
			t.Errorf("the server has %d goroutines, want at most 50", more)
		}
	})
}

// BenchmarkIdleRooms measures how much of a processor core the idle rooms need, in real time.
func BenchmarkIdleRooms(b *testing.B) {
	w := newWorld(b)
	w.openIdle()
	w.start("today")
	time.Sleep(3 * time.Second) // the server lists the rooms
	began, used := time.Now(), processorTime(b)
	for b.Loop() {
		time.Sleep(time.Second)
	}
	b.ReportMetric(100*(processorTime(b)-used).Seconds()/time.Since(began).Seconds(), "%core")
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
