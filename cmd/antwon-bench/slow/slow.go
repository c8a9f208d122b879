// Package slow measures how many changes per second a room gets through when the database is far away: from one caller,
// whose changes have a transaction each, and from eighty, whose changes share transactions.
package slow

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/internal/testdb/slowproxy"
)

const callers = 80

// Measure prints how many changes of one room per second are possible, in a table with a row for each duration of a
// round trip to MySQL. Each rate is measured for perRate.
func Measure(ctx context.Context, out io.Writer, databaseURL string, perRate time.Duration) error {
	near, err := fixture.NewApp(ctx, databaseURL, 1)
	if err != nil {
		return err
	}
	defer near.Close()
	room := near.Rooms[0]
	guests, err := near.AddGuests(ctx, room, callers)
	if err != nil {
		return err
	}
	proxy, through, err := slowproxy.New(databaseURL, 0)
	if err != nil {
		return err
	}
	defer proxy.Close()
	far, err := fixture.OpenApp(ctx, through, fixture.FeedInterval)
	if err != nil {
		return err
	}
	defer far.Close()
	fmt.Fprintf(out, "%-22s %10s %14s %14s\n", "a room's changes", "single/s", "80 callers/s", "failed")
	for _, roundTrip := range []int{0, 5, 20, 50, 100, 200} {
		proxy.SetRoundTrip(time.Duration(roundTrip) * time.Millisecond)
		single, _ := toggles(far, room, guests[:1], perRate)
		shared, failed := toggles(far, room, guests, perRate)
		fmt.Fprintf(out, "%-22s %10.1f %14.1f %14d\n", fmt.Sprintf("%d ms round trip", roundTrip), single, shared, failed)
	}
	return nil
}

// toggles has guests like and unlike the room's song at the same time. It returns how many changes per second were
// acknowledged within the duration, and how many failed.
func toggles(
	app *fixture.App, room *fixture.Room, guests []context.Context, duration time.Duration,
) (perSecond float64, failed int64) {
	var made, failures atomic.Int64
	var all sync.WaitGroup
	end := time.Now().Add(duration)
	for _, guest := range guests {
		all.Go(func() {
			for likes := true; time.Now().Before(end); {
				var err error
				if likes {
					_, err = app.LikeQueueItem(guest, room.Item.ID, nil)
				} else {
					_, err = app.UnlikeQueueItem(guest, room.Item.ID, nil)
				}
				switch {
				case err != nil:
					failures.Add(1)
				case time.Now().Before(end):
					made.Add(1)
					likes = !likes
				}
			}
		})
	}
	all.Wait()
	return float64(made.Load()) / duration.Seconds(), failures.Load()
}
