//go:build linux

package measure

import (
	"context"
	"encoding/json"
	"fmt"

	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

const keepAll = 1 << 20 // bytes of a message that are kept, more than any has

// CheckPayloads fails unless servers of all kinds send the same payloads, byte for byte, for the same document after
// the same likes. Otherwise they could not be compared.
func (b *Bench) CheckPayloads(ctx context.Context, kinds []string) error {
	for _, document := range trial.Documents {
		var want []string
		for _, kind := range kinds {
			t := trial.Trial{Kind: kind, Shape: trial.Shape{Rooms: 1, PerRoom: 1}, Document: document}
			got, err := b.payloads(ctx, t)
			if err != nil {
				return err
			}
			if want == nil {
				want = got
			}
			for i := range want {
				if want[i] != got[i] {
					return fmt.Errorf("%s: the payloads of %s and %s differ:\n%s\n%s", document, kind, kinds[0], got[i], want[i])
				}
			}
		}
	}
	return nil
}

// payloads returns what a subscriber receives first, and then for each of a few likes.
func (b *Bench) payloads(ctx context.Context, t trial.Trial) (payloads []string, err error) {
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		s.Clients.KeepBytes = keepAll
		if err := s.Connect(ctx); err != nil {
			return err
		}
		for range 4 {
			payload, err := payloadOf(s.Clients.LastMessage(0))
			if err != nil {
				return err
			}
			payloads = append(payloads, payload)
			if _, err := s.LikeAndAwait(ctx, oneLike(0)); err != nil {
				return err
			}
		}
		return nil
	})
	return payloads, err
}

// payloadOf returns what the server has published, out of a message of GraphQL or of centrifuge.
func payloadOf(message string) (string, error) {
	var m struct {
		Payload   json.RawMessage                // of graphql-transport-ws
		Subscribe struct{ Data json.RawMessage } // centrifuge's reply
		Push      struct {
			Pub struct{ Data json.RawMessage }
		} // centrifuge's later messages
	}
	err := json.Unmarshal([]byte(message), &m)
	return string(m.Payload) + string(m.Subscribe.Data) + string(m.Push.Pub.Data), err
}
