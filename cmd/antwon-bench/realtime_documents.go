//go:build linux

package main

import (
	"encoding/json"

	"antwon.dj/backend/cmd/antwon-bench/load"
)

// The documents that are subscribed to.
const (
	queueDocument   = "roomQueue"
	changesDocument = "roomQueueChanges"
)

const itemSelection = `{ id likeCount state position song { name artists imageUrl durationMs } addedBy { displayName } }`

func documentText(document string) string {
	if document == queueDocument {
		return `subscription($r: ID!) { roomQueue(roomId: $r) { version items ` + itemSelection + ` } }`
	}
	return `subscription($r: ID!, $since: Int) { roomQueueChanges(roomId: $r, since: $since) { since reset version upserted ` +
		itemSelection + ` removedIds moved { id position } order } }`
}

// member is a client of a room, as its guest with this number; since is the version to go on from, 0 for none.
func (s *seed) member(room, guest int, document string, since int64) load.Member {
	variables := map[string]any{"r": s.Rooms[room].ID}
	if since > 0 {
		variables["since"] = since
	}
	token := s.Rooms[room].Guests[guest%guestsOfRoom].Token
	return load.Member{
		Room:      room,
		Init:      mustJSON(map[string]any{"authorization": "Bearer " + token}),
		Subscribe: mustJSON(map[string]any{"query": documentText(document), "variables": variables}),
	}
}

// members are so many clients of each of so many rooms, from the first on.
func (s *seed) members(rooms, each int, document string) []load.Member {
	var members []load.Member
	for n := range each {
		for room := range rooms {
			members = append(members, s.member(room, n, document, 0))
		}
	}
	return members
}

func mustJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return string(text)
}
