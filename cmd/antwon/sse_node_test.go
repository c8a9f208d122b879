package main_test

import (
	"encoding/json"
	"testing"
)

// graphql-sse's client gets the same by Server-Sent Events as by a WebSocket, and can resume from an event's id.
func TestQueueOverServerSentEvents(t *testing.T) {
	t.Parallel()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	roomID := s.login("Hanna").openRoom("STREAM")
	guest := s.join("STREAM", "Gina")
	songs := guest.search(roomID, "a", 2)
	c := &client{startScript(t, func() string { return guest.token }, "sse.mjs", s.url+"/graphql"), s}
	c.follow(roomID)
	c.eventually(1, "queue", "")
	guest.add(roomID, songs[0])
	c.showsQueueOf(guest, roomID)

	id, everything := c.readOne(1, roomID, "")
	guest.add(roomID, songs[1])
	c.showsQueueOf(guest, roomID)
	again, difference := c.readOne(2, roomID, id)
	if !everything.Reset || difference.Reset || len(difference.Upserted) != 1 || difference.Version <= everything.Version {
		t.Errorf("first %+v, then, resumed with Last-Event-ID, %+v", everything, difference)
	}
	if id == "" || again == "" || again == id {
		t.Errorf("the events have the ids %q and %q", id, again)
	}
	c.do(map[string]any{"do": "stop"})
	c.eventually(1, "ended", "")
	c.finish()
}

type sseChange struct {
	Version  int
	Reset    bool
	Upserted []item
}

// readOne opens the nth stream, with a Last-Event-ID if there is one, and reads its first event.
func (c *client) readOne(n int, roomID, lastEventID string) (id string, change sseChange) {
	c.t.Helper()
	c.do(map[string]any{
		"do": "read", "events": 1, "lastEventId": lastEventID, "variables": map[string]any{"r": roomID},
		"query": `subscription($r: ID!) { roomQueueChanges(roomId: $r) { version reset upserted { id } } }`,
	})
	c.eventually(n, "end", "")
	events := c.told(named("sse", ""))
	if len(events) != n || events[n-1].Type != "next" {
		c.t.Fatalf("stream %d: %+v, answered %+v", n, events, c.told(named("response", "")))
	}
	var got struct {
		Data struct{ RoomQueueChanges sseChange }
	}
	if err := json.Unmarshal(events[n-1].Data, &got); err != nil {
		c.t.Fatal(err)
	}
	return events[n-1].ID, got.Data.RoomQueueChanges
}
