package latency

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/stats"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

const likesPerMode = 60

// MeasureOrderModes prints, for each order mode and two lengths of the queue, the latency of roomQueueChanges and how
// long the messages are. The songs belong to a hundred guests, and each like comes from another guest.
func MeasureOrderModes(ctx context.Context, out io.Writer, databaseURL string) error {
	fmt.Fprintln(out, "a like in each order   songs   commit to subscriber: median, 99 %   message: median, longest")
	for _, songs := range []int{50, 500} {
		if err := measureOrderModes(ctx, out, databaseURL, songs); err != nil {
			return err
		}
	}
	return nil
}

func measureOrderModes(ctx context.Context, out io.Writer, databaseURL string, songs int) error {
	app, err := fixture.NewApp(ctx, databaseURL, 1)
	if err != nil {
		return err
	}
	defer app.Close()
	q, err := newQueue(ctx, app, songs)
	if err != nil {
		return err
	}
	for _, mode := range []party.OrderMode{party.OrderLikes, party.OrderFair, party.OrderTurns} {
		if err := q.measure(out, mode); err != nil {
			return fmt.Errorf("%s: %w", mode, err)
		}
	}
	return nil
}

// queue is a room with many songs and many members who like them.
type queue struct {
	app    *fixture.App
	room   *fixture.Room
	items  []*party.QueueItem
	likers []context.Context
	likes  int // so far
}

func newQueue(ctx context.Context, app *fixture.App, songs int) (*queue, error) {
	const guests = 100
	room := app.Rooms[0]
	adders, err := app.AddGuests(ctx, room, guests)
	if err != nil {
		return nil, err
	}
	items, err := app.FillQueue(room, songs, adders...)
	if err != nil {
		return nil, err
	}
	likers := append([]context.Context{room.Host}, adders...)
	return &queue{app: app, room: room, items: items, likers: likers}, nil
}

// measure prints the row of one order mode.
func (q *queue) measure(out io.Writer, mode party.OrderMode) error {
	update := jukebox.RoomUpdate{Settings: &party.SettingsChange{OrderMode: &mode}}
	if _, err := q.app.UpdateRoom(q.room.Host, q.room.ID, update, nil); err != nil {
		return err
	}
	s, err := subscribe(q.app, q.room, `subscription($r: ID!) {
		roomQueueChanges(roomId: $r) { version since reset order removedIds
		upserted { id likeCount position song { name } } likes { itemId likeCount }
		moved { itemId position } } }`)
	if err != nil {
		return err
	}
	defer s.close()
	var took []time.Duration
	var sizes []int
	for range likesPerMode {
		time.Sleep(pause)
		if err := q.like(); err != nil {
			return err
		}
		committed := time.Now()
		arrived, size, err := s.next()
		if err != nil {
			return err
		}
		took, sizes = append(took, arrived.Sub(committed)), append(sizes, size)
	}
	slices.Sort(sizes)
	fmt.Fprintf(out, "%-22s %-7d %v, %v   %d, %d bytes\n", mode, len(q.items),
		stats.Quantile(took, 50).Round(time.Microsecond), stats.Quantile(took, 99).Round(time.Microsecond),
		sizes[len(sizes)/2], sizes[len(sizes)-1])
	return nil
}

// like likes one song. No pair of a member and a song occurs twice.
func (q *queue) like() error {
	n := q.likes
	q.likes++
	liker := q.likers[n%len(q.likers)]
	item := q.items[(7*n+n/len(q.likers))%len(q.items)]
	_, err := q.app.LikeQueueItem(liker, item.ID, nil)
	return err
}
