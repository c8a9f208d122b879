// Package likes measures how many likes per second the program commits, and how many the bare SQL statements of a like
// would allow on the same database. Each measured call likes or unlikes a song: either is a change of the room,
// committed and acknowledged. The callers share one room, or are spread over a hundred.
package likes

import (
	"context"
	"fmt"
	"io"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/stats"
	"antwon.dj/backend/internal/account"
)

// Measure prints a table of likes per second beside the aims for a kind of database, "sqlite" or "mysql". Each rate is
// measured for the given duration.
func Measure(ctx context.Context, out io.Writer, kind, databaseURL string, perRate time.Duration) error {
	const rooms = 100
	app, err := fixture.NewApp(ctx, databaseURL, rooms)
	if err != nil {
		return err
	}
	defer app.Close()
	bare, err := prepareBareSQL(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer bare.close()
	fmt.Fprintf(out, "%-14s %8s %10s %10s %7s %7s %-7s %9s %9s %9s %9s\n",
		"likes a second", "callers", "antwon", "bare SQL", "ratio", "aim", "", "median", "99 %", "CPU each", "bare SQL")
	for _, aim := range aims {
		c := comparison{app: app, bare: bare, rooms: app.Rooms[:aim.rooms]}
		if err := c.addCallers(ctx, aim.callers); err != nil {
			return err
		}
		r, err := c.measure(ctx, perRate)
		if err != nil {
			return err
		}
		r.print(out, kind, aim)
	}
	return nil
}

// TimesBare returns the processor time of a like in one room of callers, divided by that of bare SQL. On SQLite it
// includes the database. It does not include waiting for the disk, but the kernel's work for writing.
func TimesBare(ctx context.Context, databaseURL string, callers int, perRate time.Duration) (float64, error) {
	app, err := fixture.NewApp(ctx, databaseURL, 1)
	if err != nil {
		return 0, err
	}
	defer app.Close()
	bare, err := prepareBareSQL(ctx, databaseURL)
	if err != nil {
		return 0, err
	}
	defer bare.close()
	c := comparison{app: app, bare: bare, rooms: app.Rooms}
	if err := c.addCallers(ctx, callers); err != nil {
		return 0, err
	}
	r, err := c.measure(ctx, perRate)
	return float64(r.cpu) / float64(r.bareCPU), err
}

// comparison is one row of the table: callers who like through the program and with bare SQL.
type comparison struct {
	app     *fixture.App
	bare    *bareSQL
	rooms   []*fixture.Room
	callers []caller
}

// caller is a guest who likes the song of a room.
type caller struct {
	room   *fixture.Room
	viewer context.Context
	userID string
}

// addCallers has new guests join, distributed evenly over the rooms.
func (c *comparison) addCallers(ctx context.Context, n int) error {
	for i := range n {
		room := c.rooms[i%len(c.rooms)]
		guests, err := c.app.AddGuests(ctx, room, 1)
		if err != nil {
			return err
		}
		viewer, err := account.ViewerFrom(guests[0])
		if err != nil {
			return err
		}
		c.callers = append(c.callers, caller{room: room, viewer: guests[0], userID: viewer.UserID})
	}
	return nil
}

// measure measures both alternately, so that a short disturbance of the machine affects both.
func (c *comparison) measure(ctx context.Context, perRate time.Duration) (r result, err error) {
	const turns = 2
	through, bare := stats.NewTimed(len(c.callers), c.toggle), stats.NewTimed(len(c.callers), c.toggleBare)
	for range turns {
		perSecond, cpu, err := c.rate(ctx, perRate/turns, through)
		if err != nil {
			return result{}, err
		}
		r.antwon, r.cpu = r.antwon+perSecond/turns, r.cpu+cpu
		perSecond, cpu, err = c.rate(ctx, perRate/turns, bare)
		if err != nil {
			return result{}, err
		}
		r.bare, r.bareCPU = r.bare+perSecond/turns, r.bareCPU+cpu
	}
	took := through.All()
	r.cpu /= time.Duration(len(took))
	r.bareCPU /= time.Duration(len(bare.All()))
	r.median, r.slowest = stats.Quantile(took, 50), stats.Quantile(took, 99)
	return r, nil
}

// rate returns how many calls per second all callers make, and the processor time of all calls.
func (c *comparison) rate(
	ctx context.Context, duration time.Duration, calls *stats.Timed,
) (perSecond float64, cpu time.Duration, err error) {
	before := processorTime()
	perSecond, err = stats.Rate(ctx, len(c.callers), duration, calls.Work)
	return perSecond, processorTime() - before, err
}

// toggle has a caller like, or with every second call unlike, through the program.
func (c *comparison) toggle(_ context.Context, i, n int) (err error) {
	from := c.callers[i]
	if n%2 == 0 {
		_, err = c.app.LikeQueueItem(from.viewer, from.room.Item.ID, nil)
	} else {
		_, err = c.app.UnlikeQueueItem(from.viewer, from.room.Item.ID, nil)
	}
	return err
}

func (c *comparison) toggleBare(ctx context.Context, i, n int) error {
	from := c.callers[i]
	return c.bare.toggle(ctx, from.room.ID, from.room.Item.ID, from.userID, n)
}
