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

// Measure prints a table of likes per second. Each rate is measured for the given duration.
func Measure(ctx context.Context, out io.Writer, databaseURL string, perRate time.Duration) error {
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
	fmt.Fprintf(out, "%-22s %8s %12s %12s %8s\n", "likes a second", "callers", "antwon", "bare SQL", "ratio")
	for _, used := range []int{1, rooms} {
		for _, callers := range []int{1, 16, 64} {
			c := comparison{app: app, bare: bare, rooms: app.Rooms[:used]}
			if err := c.addCallers(ctx, callers); err != nil {
				return err
			}
			ours, theirs, err := c.measure(ctx, perRate)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%-22s %8d %12.0f %12.0f %7.0f%%\n",
				fmt.Sprintf("%d room(s)", used), callers, ours, theirs, 100*ours/theirs)
		}
	}
	return nil
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
func (c *comparison) measure(ctx context.Context, perRate time.Duration) (ours, theirs float64, err error) {
	const turns = 2
	for range turns {
		perSecond, err := stats.Rate(ctx, len(c.callers), perRate/turns, c.toggle)
		if err != nil {
			return 0, 0, err
		}
		ours += perSecond / turns
		perSecond, err = stats.Rate(ctx, len(c.callers), perRate/turns, c.toggleBare)
		if err != nil {
			return 0, 0, err
		}
		theirs += perSecond / turns
	}
	return ours, theirs, nil
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
