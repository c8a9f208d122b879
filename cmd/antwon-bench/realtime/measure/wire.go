//go:build linux

package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// Wire is how many bytes a like takes on the wire, with roomQueueChanges.
type Wire struct {
	Songs      int       // in the queue
	Stays      WireBytes // after likes that left the song in its place
	Moves      WireBytes // after likes that moved it
	Compressed int       // the most bytes of a like for a client that uses permessage-deflate
}

// WireBytes is how many likes there were, and the most bytes that one of them took.
type WireBytes struct{ Likes, Most int }

func (w *WireBytes) count(arrivals []load.Arrival) {
	bytes := 0
	for _, a := range arrivals {
		bytes += a.Bytes
	}
	w.Likes, w.Most = w.Likes+1, max(w.Most, bytes)
}

const wireLikes = 60

// Wire counts the bytes of likes in one room, one at a time: whole frames and, for another client, compressed ones.
func (b *Bench) Wire(ctx context.Context, room int) (result Wire, err error) {
	result.Songs = len(b.Seed.Rooms[room].Items)
	err = b.Run(ctx, oneSubscriber, func(ctx context.Context, s *trial.Setup) error {
		s.Clients.KeepBytes = keepAll
		subscriber := s.Subscriber(room, 0, trial.ChangesDocument, 0)
		if err := s.Clients.Connect(ctx, []load.Subscriber{subscriber}, 1); err != nil {
			return err
		}
		first, err := decodeChange(s.Clients.LastMessage(0))
		if err != nil {
			return err
		}
		order := first.Order
		for range wireLikes {
			s.Clients.DrainArrivals()
			if _, err := s.LikeAndAwait(ctx, oneLike(room)); err != nil {
				return err
			}
			var moved bool
			if order, moved, err = applyLike(order, s.Clients.LastMessage(0)); err != nil {
				return err
			}
			if moved {
				result.Moves.count(s.Clients.DrainArrivals())
			} else {
				result.Stays.count(s.Clients.DrainArrivals())
			}
		}
		return nil
	})
	if err != nil {
		return result, err
	}
	result.Compressed, err = b.compressedBytes(ctx, room)
	return result, err
}

// queueChange is the part of an event of roomQueueChanges that concerns likes and the order.
type queueChange struct {
	Version int64
	Likes   []struct{ ItemID string }
	Moved   []struct {
		ItemID   string
		Position int
	}
	Order []string
}

// decodeChange decodes a message. One without an event results in no change.
func decodeChange(message string) (queueChange, error) {
	var m struct {
		Payload struct {
			Data struct{ RoomQueueChanges queueChange }
		}
	}
	if err := json.Unmarshal([]byte(message), &m); err != nil {
		return queueChange{}, fmt.Errorf("%s: %w", message, err)
	}
	return m.Payload.Data.RoomQueueChanges, nil
}

// applyLike applies the message about a like to the order of the songs, as a client does. It returns the new order and
// whether the liked song has moved.
func applyLike(order []string, message string) (newOrder []string, moved bool, err error) {
	change, err := decodeChange(message)
	if err != nil {
		return nil, false, err
	}
	if len(change.Moved) == 0 && len(change.Likes) == 1 {
		return order, false, nil
	}
	if len(change.Moved) != 1 || len(change.Likes) != 1 {
		return nil, false, fmt.Errorf("a message about a like does not name exactly one song: %s", message)
	}
	song := change.Moved[0]
	before := slices.Index(order, song.ItemID) + 1
	if before == 0 {
		return nil, false, errors.New("a song that was not in the queue")
	}
	order = slices.Insert(slices.Delete(order, before-1, before), song.Position-1, song.ItemID)
	return order, before != song.Position, nil
}
