package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// benchOrders measures likes in a queue of many songs of a hundred guests, in each order: the time from the commit to the
// moment at which a subscriber has read what changed, and how long that message is. The feed is at rest.
func benchOrders(ctx context.Context, url string) error {
	const guests, likes = 100, 60
	fmt.Println("a like in each order   songs   commit to subscriber: median, 99 %   message: median, longest")
	for _, songs := range []int{50, 500} {
		p, err := newFullParty(ctx, url, guests, songs)
		if err != nil {
			return err
		}
		for i, order := range []party.OrderMode{party.OrderLikes, party.OrderFair, party.OrderTurns} {
			if err := p.benchOrder(order, i*likes, likes); err != nil {
				p.close()
				return fmt.Errorf("%s: %w", order, err)
			}
		}
		p.close()
	}
	return nil
}

// newFullParty has a room with so many songs of so many guests.
func newFullParty(ctx context.Context, url string, guests, songs int) (*benchRoom, error) {
	p, err := newParty(ctx, url, 1)
	if err != nil {
		return nil, err
	}
	crowd, err := p.guests(ctx, 0, guests)
	if err != nil {
		return nil, err
	}
	for n := 1; n < songs; n++ {
		added, err := p.AddSong(crowd[n%guests], p.rooms[0].ID, uri(n), nil)
		if err != nil {
			return nil, err
		}
		p.items = append(p.items, added.Item)
	}
	p.hosts = append(p.hosts, crowd...) // callers
	return p, nil
}

// benchOrder gives likes of which so many were given before: each is somebody else's, or for another song.
func (p *benchRoom) benchOrder(order party.OrderMode, before, likes int) error {
	_, err := p.UpdateRoom(p.hosts[0], p.rooms[0].ID, jukebox.RoomUpdate{Settings: &party.SettingsChange{OrderMode: &order}}, nil)
	if err != nil {
		return err
	}
	subscriber, stop, err := p.subscribe(`subscription($r: ID!) { roomQueueChanges(roomId: $r) { version since reset order removedIds
		upserted { id likeCount position song { name } } moved { id position } } }`)
	if err != nil {
		return err
	}
	defer stop()
	if _, _, err := next(subscriber); err != nil { // the present queue
		return err
	}
	var took []time.Duration
	var sizes []int
	for n := before; n < before+likes; n++ {
		time.Sleep(2 * feedInterval)
		who, item := p.hosts[n%len(p.hosts)], p.items[(7*n+n/len(p.hosts))%len(p.items)]
		if _, err := p.LikeQueueItem(who, item.ID, nil); err != nil {
			return err
		}
		committed := time.Now()
		arrived, size, err := next(subscriber)
		if err != nil {
			return err
		}
		took, sizes = append(took, arrived.Sub(committed)), append(sizes, size)
	}
	slices.Sort(took)
	slices.Sort(sizes)
	fmt.Printf("%-22s %-7d %v, %v   %d, %d bytes\n", order, len(p.items), took[likes/2].Round(time.Microsecond),
		took[likes*99/100].Round(time.Microsecond), sizes[likes/2], sizes[likes-1])
	return nil
}
