//go:build linux

package main

import (
	"context"
	"encoding/json"
	"strings"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

const sharingLikes = 30

// measureSharing counts the executions of one like, by the server's own count, while two operations are subscribed to: one
// of them in two spellings, the other with differing versions to go on from. It returns them for each operation, or a number
// below 0 if the server does not count.
func (b *bench) measureSharing(ctx context.Context) (each float64, err error) {
	const operations = 2
	t := trial{kind: antwonServer, shape: shape{1, 1}, document: queueDocument}
	err = b.perform(ctx, t, func(ctx context.Context, s *stage) error {
		done, err := s.site.likes(ctx, likesOrder{Rooms: 1, Likes: 1})
		if err != nil {
			return err
		}
		if err := s.crowd.Join(ctx, s.seed.spellings(done[0].Version), 1); err != nil {
			return err
		}
		before, err := s.site.vitals(ctx, false)
		if err != nil {
			return err
		}
		for range sharingLikes {
			if _, err := s.likeAndAwait(ctx, likesOrder{Rooms: 1, Likes: 1}); err != nil {
				return err
			}
		}
		after, err := s.site.vitals(ctx, false)
		each = float64(after.Executions-before.Executions) / sharingLikes / operations
		if after.Executions < 0 {
			each = -1
		}
		return err
	})
	return each, err
}

// spellings are clients of room 0 who ask two things in several ways.
func (s *seed) spellings(version int64) []load.Member {
	var members []load.Member
	for n := range 10 {
		members = append(members,
			s.member(0, n, queueDocument, 0),
			respelt(s.member(0, n, queueDocument, 0)),
			s.member(0, n, changesDocument, version-int64(n)))
	}
	return members
}

// respelt has the client ask the same with other white space and a name.
func respelt(m load.Member) load.Member {
	var payload map[string]any
	if err := json.Unmarshal([]byte(m.Subscribe), &payload); err != nil {
		panic(err) // it was just made
	}
	query, _ := payload["query"].(string)
	payload["query"] = strings.ReplaceAll(strings.Replace(query, "subscription", "subscription Screen", 1), " ", "\n  ")
	m.Subscribe = mustJSON(payload)
	return m
}
