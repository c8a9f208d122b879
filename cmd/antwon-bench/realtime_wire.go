//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

// checkSameBytes fails unless the three servers send the same payload to the same document after the same likes: otherwise
// there would be nothing to compare.
func (b *bench) checkSameBytes(ctx context.Context) error {
	for _, document := range []string{queueDocument, changesDocument} {
		var want []string
		for _, kind := range b.servers {
			got, err := b.payloads(ctx, trial{kind: kind, shape: shape{1, 1}, document: document})
			if err != nil {
				return err
			}
			if want == nil {
				want = got
			}
			for i := range want {
				if want[i] != got[i] {
					return fmt.Errorf("%s: %s sends something else than %s:\n%s\n%s", document, kind, b.servers[0], got[i], want[i])
				}
			}
		}
	}
	return nil
}

// payloads are what a subscriber gets at first and then for each of a few likes.
func (b *bench) payloads(ctx context.Context, t trial) (payloads []string, err error) {
	err = b.perform(ctx, t, func(ctx context.Context, s *stage) error {
		s.crowd.Keep = 1 << 20
		if err := s.join(ctx); err != nil {
			return err
		}
		for range 4 {
			var message struct{ Payload json.RawMessage }
			if err := json.Unmarshal([]byte(s.crowd.Last(0)), &message); err != nil {
				return err
			}
			payloads = append(payloads, string(message.Payload))
			if _, err := s.likeAndAwait(ctx, likesOrder{Rooms: 1, Likes: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	return payloads, err
}

// wire is what a like costs on the wire by roomQueueChanges.
type wire struct {
	songs        int
	stays, moves int // the most bytes of a like after which the song stays where it is, or changes places
	counted      [2]int
	deflated     int // the most bytes of a like for a client that takes compression
}

const wireLikes = 60

// measureWire counts the bytes of whole frames, one like at a time.
func (b *bench) measureWire(ctx context.Context, room int) (result wire, err error) {
	result.songs = len(b.seed.Rooms[room].Items)
	err = b.perform(ctx, trial{kind: antwonServer, shape: shape{1, 1}, document: changesDocument}, func(ctx context.Context, s *stage) error {
		s.crowd.Keep = 1 << 20
		if err := s.crowd.Join(ctx, []load.Member{b.seed.member(room, 0, changesDocument, 0)}, 1); err != nil {
			return err
		}
		var order []string
		if err := follow(&order, s.crowd.Last(0), nil); err != nil {
			return err
		}
		for range wireLikes {
			s.crowd.Take()
			if _, err := s.likeAndAwait(ctx, likesOrder{FirstRoom: room, Rooms: 1, Likes: 1}); err != nil {
				return err
			}
			if err := follow(&order, s.crowd.Last(0), func(moved bool) { result.count(s.crowd.Take(), moved) }); err != nil {
				return err
			}
		}
		return nil
	})
	return result, err
}

func (w *wire) count(arrivals []load.Arrival, moved bool) {
	bytes := 0
	for _, a := range arrivals {
		bytes += a.Bytes
	}
	if moved {
		w.moves, w.counted[1] = max(w.moves, bytes), w.counted[1]+1
	} else {
		w.stays, w.counted[0] = max(w.stays, bytes), w.counted[0]+1
	}
}

// follow applies a message to the order of the songs, as a client does, and tells of a like whether its song moved.
func follow(order *[]string, message string, liked func(moved bool)) error {
	var m struct {
		Payload struct {
			Data struct {
				RoomQueueChanges struct {
					Moved []bareMoved
					Order []string
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(message), &m); err != nil {
		return err
	}
	change := m.Payload.Data.RoomQueueChanges
	if liked == nil {
		*order = change.Order
		return nil
	}
	if len(change.Moved) != 1 {
		return fmt.Errorf("a like is not told by one song: %s", message)
	}
	song := change.Moved[0]
	before := slices.Index(*order, song.ID) + 1
	if before == 0 {
		return errors.New("a song that was not in the queue")
	}
	*order = slices.Insert(slices.Delete(*order, before-1, before), song.Position-1, song.ID)
	liked(before != song.Position)
	return nil
}
