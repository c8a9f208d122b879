//go:build linux

package trial

import (
	"encoding/json"

	"antwon.dj/backend/cmd/antwon-bench/realtime/load"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
)

// The documents that clients subscribe to.
const (
	QueueDocument   = "roomQueue"
	ChangesDocument = "roomQueueChanges"
)

// Documents lists all documents.
var Documents = []string{QueueDocument, ChangesDocument}

const itemSelection = `{ id likeCount state position song { name artists imageUrl durationMs } ` +
	`addedBy { displayName } }`

func documentText(document string) string {
	if document == QueueDocument {
		return `subscription($r: ID!) { roomQueue(roomId: $r) { version items ` + itemSelection + ` } }`
	}
	return `subscription($r: ID!, $since: Int) { roomQueueChanges(roomId: $r, since: $since) { ` +
		`since reset version upserted ` + itemSelection + ` likes { itemId likeCount } removedIds ` +
		`moved { itemId position } order } }`
}

// Subscriber returns a subscriber of a room. Rooms and guests are numbered from 0; where there are fewer guests,
// several subscribers are the same guest. since is the version after which the changes begin, 0 for none.
func (s *Setup) Subscriber(room, guest int, document string, since int64) load.Subscriber {
	seeded := s.Seed.Rooms[room]
	if s.Kind == server.Centrifuge {
		return load.Subscriber{Room: room, Subscribe: JSON(map[string]any{"channel": seeded.ID + "/" + document})}
	}
	variables := map[string]any{"r": seeded.ID}
	if since > 0 {
		variables["since"] = since
	}
	token := seeded.Guests[guest%len(seeded.Guests)].Token
	return load.Subscriber{
		Room:      room,
		Init:      JSON(map[string]any{"authorization": "Bearer " + token}),
		Subscribe: JSON(map[string]any{"query": documentText(document), "variables": variables}),
	}
}

// Subscribers returns the given number of subscribers for each room of the trial, in the order that RoomOf knows.
func (s *Setup) Subscribers(perRoom int) []load.Subscriber {
	var subscribers []load.Subscriber
	for n := range perRoom {
		for room := range s.Shape.Rooms {
			subscribers = append(subscribers, s.Subscriber(room, n, s.Document, 0))
		}
	}
	return subscribers
}

// RoomOf returns the room of a client, given by its index, after Connect.
func (s *Setup) RoomOf(client int) int { return client % s.Shape.Rooms }

// JSON returns v as JSON. It panics if v is of a type that cannot be encoded.
func JSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
