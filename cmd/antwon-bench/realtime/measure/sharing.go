//go:build linux

package measure

import (
	"context"
	"encoding/json"
	"strings"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

const sharingLikes = 30

// Executions returns how often antwon executes an operation for one like, by its own counter, while clients subscribe
// to two operations: to one of them in two spellings, and to the other after different versions. The aim is 1 for each
// operation. The result is negative if the server does not count.
func (b *Bench) Executions(ctx context.Context) (perOperation float64, err error) {
	const operations = 2
	t := oneSubscriber
	t.Document = trial.QueueDocument
	err = b.Run(ctx, t, func(ctx context.Context, s *trial.Setup) error {
		likes, err := s.Server.Like(ctx, oneLike(0))
		if err != nil {
			return err
		}
		if err := s.Clients.Connect(ctx, sharingSubscribers(s, likes[0].Version), 1); err != nil {
			return err
		}
		before, err := s.Server.Usage(ctx, false)
		if err != nil {
			return err
		}
		for range sharingLikes {
			if _, err := s.LikeAndAwait(ctx, oneLike(0)); err != nil {
				return err
			}
		}
		after, err := s.Server.Usage(ctx, false)
		perOperation = executionsPer(before, after, sharingLikes*operations)
		return err
	})
	return perOperation, err
}

func executionsPer(before, after server.Usage, n int) float64 {
	if after.Executions < 0 {
		return -1
	}
	return float64(after.Executions-before.Executions) / float64(n)
}

// sharingSubscribers returns subscribers of room 0, which subscribe to two operations in several ways.
func sharingSubscribers(s *trial.Setup, version int64) []load.Subscriber {
	var subscribers []load.Subscriber
	for n := range 10 {
		subscribers = append(subscribers,
			s.Subscriber(0, n, trial.QueueDocument, 0),
			respell(s.Subscriber(0, n, trial.QueueDocument, 0)),
			s.Subscriber(0, n, trial.ChangesDocument, version-int64(n)))
	}
	return subscribers
}

// respell names the operation, and changes the white space of its document.
func respell(s load.Subscriber) load.Subscriber {
	var payload map[string]any
	if err := json.Unmarshal([]byte(s.Subscribe), &payload); err != nil {
		panic(err) // Subscriber has just encoded it
	}
	query, _ := payload["query"].(string)
	query = strings.Replace(query, "subscription", "subscription Screen", 1)
	payload["query"] = strings.ReplaceAll(query, " ", "\n  ")
	s.Subscribe = trial.JSON(payload)
	return s
}
