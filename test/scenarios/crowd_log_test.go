package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// bounds are the least and the largest number of events of one kind that a log may have.
type bounds struct{ least, most int }

func exactly(n int) bounds { return bounds{n, n} }

// expectedEvents returns how many events of each kind the log must have after what was done so far. The numbers are
// not all exact: liking a song twice is one event, a trusted guest who adds a song that awaits approval approves it,
// and a vote may skip the song at once.
func (c *crowd) expectedEvents() map[party.EventKind]bounds {
	pins, undos := 0, 0
	for what, n := range c.did {
		switch {
		case strings.HasPrefix(what, "pins "):
			pins += n
		case strings.HasPrefix(what, "undoes "):
			undos += n
		}
	}
	liked := c.did["adds a song that is queued"]
	never := exactly(0)
	return map[party.EventKind]bounds{
		party.EventAdded:           exactly(c.did["adds"] - liked),
		party.EventApproved:        {c.did["approves"], c.did["approves"] + liked},
		party.EventLiked:           {1, c.did["likes"] + liked},
		party.EventWithdrawn:       {0, c.did["withdraws"]},
		party.EventPassedOn:        {0, c.did["withdraws"]},
		party.EventRemoved:         exactly(c.did["refuses a newcomer's song"]),
		party.EventCleared:         exactly(c.did["clears the queue"]),
		party.EventPinned:          exactly(pins),
		party.EventVoted:           {1, c.did["votes"]},
		party.EventSkipped:         {1, c.did["votes"]},
		party.EventSettingsChanged: {1, c.did["updates the settings"]},
		party.EventJoined:          exactly(len(c.guests)),
		party.EventUndone:          exactly(undos),

		party.EventUnvoted: never, party.EventSongsRemoved: never, party.EventAddedFor: never,
		party.EventUnliked: never, party.EventUnpinned: never, party.EventPaused: never,
		party.EventResumed: never, party.EventTransferred: never, party.EventGuestRemoved: never,
		party.EventRoleChanged: never, party.EventExported: never, party.EventClosed: never,
		party.EventRefused: never, party.EventRoomOffered: never, party.EventHostChanged: never,
	}
}

// checkLog checks that after the party the log shows what was done, and nothing else. It takes long, so it must not
// hold the checker's lock.
func (k *checker) checkLog() {
	counts := map[party.EventKind]int{}
	var after *string
	for more := true; more; time.Sleep(time.Second) { // the host's rate limit
		room, err := k.c.server.Room(k.c.host, k.c.room.ID)
		must(k.t, err)
		var events []party.RoomEvent
		events, more, err = k.c.server.Lists().Log(k.c.host, room, lists.First(100, after), true)
		must(k.t, err)
		for _, event := range events {
			counts[event.Kind]++
			after = &event.Cursor
		}
	}
	for kind, want := range k.c.expectedEvents() {
		if n := counts[kind]; n < want.least || n > want.most {
			k.t.Errorf("the log has %d events %s, want %d to %d", n, kind, want.least, want.most)
		}
	}
	if n, done := counts[party.EventWithdrawn]+counts[party.EventPassedOn], k.c.did["withdraws"]; n != done {
		k.t.Errorf("the log has %d withdrawals, want %d", n, done)
	}
}

// When the schema gets a new kind of event, expectedEvents has to say how often it may happen, even if that is never.
func TestCrowdCheckerKnowsEveryKindOfEvent(t *testing.T) {
	known := (&crowd{}).expectedEvents()
	kinds := graph.NewExecutableSchema(graph.Config{}).Schema().Types["RoomEventKind"].EnumValues
	for _, kind := range kinds {
		if _, ok := known[party.EventKind(kind.Name)]; !ok {
			t.Errorf("expectedEvents does not say how often %s happens", kind.Name)
		}
	}
	if len(known) != len(kinds) {
		t.Errorf("%d kinds are expected, and the schema has %d", len(known), len(kinds))
	}
}
