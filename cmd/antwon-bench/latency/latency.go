// Package latency measures the time from a like's commit, when the mutation returns, to the moment when a subscriber
// has read the resulting message from its WebSocket. There is one subscriber, in the same process. Likes are far enough
// apart for the feed to be idle, so its interval delays none of them.
package latency

import (
	"context"
	"fmt"
	"io"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/stats"
)

const pause = 2 * fixture.FeedInterval // before each like, so that the feed is idle

// Measure prints the latency of roomQueue, in a queue of one song.
func Measure(ctx context.Context, out io.Writer, databaseURL string) error {
	const likes = 100
	app, err := fixture.NewApp(ctx, databaseURL, 1)
	if err != nil {
		return err
	}
	defer app.Close()
	room := app.Rooms[0]
	s, err := subscribe(app, room, `subscription($r: ID!) {
		roomQueue(roomId: $r) { version items { id likeCount position song { name } } } }`)
	if err != nil {
		return err
	}
	defer s.close()
	var took []time.Duration
	for n := range likes {
		like := app.LikeQueueItem
		if n%2 != 0 {
			like = app.UnlikeQueueItem
		}
		time.Sleep(pause)
		if _, err := like(room.Host, room.Item.ID, nil); err != nil {
			return err
		}
		committed := time.Now()
		arrived, _, err := s.next()
		if err != nil {
			return err
		}
		took = append(took, arrived.Sub(committed))
	}
	fmt.Fprintf(out, "commit to subscriber   median %v, 99 %% %v\n",
		stats.Quantile(took, 50).Round(time.Microsecond), stats.Quantile(took, 99).Round(time.Microsecond))
	return nil
}
