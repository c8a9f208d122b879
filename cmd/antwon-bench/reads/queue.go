// Package reads measures how long reading takes: a whole queue, and a page of a long list.
package reads

import (
	"context"
	"fmt"
	"io"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/stats"
)

// MeasureQueue prints the times to read a whole queue: on a server that already has the room's state and loads only
// what is newer, and on a server that has just started.
func MeasureQueue(ctx context.Context, out io.Writer, databaseURL string) error {
	for _, songs := range []int{50, 500} {
		if err := measureQueue(ctx, out, databaseURL, songs); err != nil {
			return err
		}
	}
	return nil
}

func measureQueue(ctx context.Context, out io.Writer, databaseURL string, songs int) error {
	app, err := fixture.NewApp(ctx, databaseURL, 1)
	if err != nil {
		return err
	}
	defer app.Close()
	room := app.Rooms[0]
	if _, err := app.FillQueue(room, songs, room.Host); err != nil {
		return err
	}
	warm, err := stats.MedianTime(100, func() error { return readQueue(app, room) })
	if err != nil {
		return err
	}
	var cold []time.Duration
	for range 5 {
		took, err := timeFirstRead(ctx, databaseURL, room)
		if err != nil {
			return err
		}
		cold = append(cold, took)
	}
	fmt.Fprintf(out, "roomQueue, %3d songs   median %v known, %v at first sight\n", songs, warm, stats.Quantile(cold, 50))
	return nil
}

// timeFirstRead times the first time that a new server reads the room's queue.
func timeFirstRead(ctx context.Context, databaseURL string, room *fixture.Room) (time.Duration, error) {
	app, err := fixture.NewApp(ctx, databaseURL, 0)
	if err != nil {
		return 0, err
	}
	defer app.Close()
	return stats.MedianTime(1, func() error { return readQueue(app, room) })
}

func readQueue(app *fixture.App, room *fixture.Room) error {
	r, err := app.Room(room.Host, room.ID)
	if err != nil {
		return err
	}
	_, err = app.Queue(room.Host, r)
	return err
}
