package gqlserver_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"antwon.dj/backend/internal/gqlserver"
)

func TestResumeSendsTheDifferenceIfItCan(t *testing.T) {
	s := start(t, nil)
	for i := range 10 {
		s.schema.diary.write(entry(i))
	}
	s.schema.diary.change(func() { s.schema.diary.kept = 5 }) // the oldest version to go on from is 5
	for _, test := range []struct {
		name, since string
		from        int64 // -1: everything
	}{
		{"nothing known", "null", -1},
		{"a known version", "7", 7},
		{"the oldest", "5", 5},
		{"too old", "4", -1},
		{"the first", "0", -1},
		{"the present", "10", 10},
		{"the future", "11", -1},
		{"nonsense", "-1", -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := s.open(`{}`)
			c.ask("1", `subscription($s:Int){changes(since:$s){version since reset added}}`, `{"s":`+test.since+`}`)
			_, event := c.nextChange()
			if event.Version != 10 || event.Reset != (test.from < 0) || len(event.Added) != 10-int(max(0, test.from)) {
				t.Errorf("got %+v", event)
			}
			c.say(`{"type":"ping"}`)
			c.expect(`{"type":"pong"}`) // and no second event
		})
	}
}

// Two servers skip different versions, so a client may resume from a version that this server has skipped.
func TestResumeFromASkippedVersionUsesTheOldestBase(t *testing.T) {
	s := start(t, nil)
	s.schema.diary.kept = 1
	c := s.open(`{}`)
	c.subscribe("1", `subscription{changes{version reset}}`)
	c.nextChange()
	s.schema.diary.change(func() { s.schema.diary.entries = []string{"a", "b", "c"} }) // the server goes from 0 to 3
	c.nextChange()
	c.ask("2", `subscription($s:Int){changes(since:$s){version since reset}}`, `{"s":2}`)
	if _, event := c.nextChange(); event.Version != 3 || event.Reset || *event.Since != 2 {
		t.Errorf("got %+v", event)
	}
}

// randomRun is one run of the property test: a diary is written, and clients that disconnect and resume have to end
// with all its entries.
type randomRun struct {
	*service
	clients sync.WaitGroup
	goal    int64
}

func TestEveryClientEndsWithAllEntries(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for round := range uint64(3) {
		s := &randomRun{service: start(t, func(cfg *gqlserver.Config) { cfg.Limits.Linger = time.Millisecond }), goal: 200}
		for i := range uint64(12) {
			random := rand.New(rand.NewPCG(seed+round, i))
			s.clients.Go(func() { s.resumeUntilComplete(random) })
		}
		s.write(rand.New(rand.NewPCG(seed, round)))
		s.clients.Wait()
	}
}

func (s *randomRun) write(random *rand.Rand) {
	for s.schema.diary.version() < s.goal {
		kept := random.IntN(30)
		s.schema.diary.change(func() { s.schema.diary.kept = kept })
		for range random.IntN(6) {
			if s.schema.diary.version() < s.goal {
				s.schema.diary.write(strings.Repeat(entry(int(s.schema.diary.version())), 1+random.IntN(2)*random.IntN(200)))
			}
		}
		time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond)
	}
	s.schema.diary.change(func() { s.schema.diary.kept = 1 << 30 })
}

// resumeUntilComplete is a client that reconnects until it has all entries.
func (s *randomRun) resumeUntilComplete(random *rand.Rand) {
	known := []string{}
	for visits := 0; int64(len(known)) < s.goal; visits++ {
		conn, _, err := s.dial(nil, "graphql-transport-ws")
		if err != nil {
			s.t.Error(err)
			return
		}
		c := &client{conn, s.t}
		c.limitReading()
		ok := c.resume(random, &known, visits > 0, s.goal)
		conn.Close()
		if !ok {
			return
		}
	}
	s.schema.diary.mu.Lock()
	defer s.schema.diary.mu.Unlock()
	if !slices.Equal(known, s.schema.diary.entries) {
		s.t.Error("a client ended with other entries")
	}
}

// resume subscribes from the known entries on, and reads some events. It returns false if one is wrong.
func (c *client) resume(random *rand.Rand, known *[]string, again bool, goal int64) bool {
	since := "null"
	if again {
		since = fmt.Sprint(len(*known) + random.IntN(20)/19*1000) // sometimes a version that does not exist
	}
	query, variables := `subscription($s:Int){changes(since:$s){version since reset added}}`, `{"s":`+since+`}`
	if random.IntN(2) == 0 {
		query, variables = `subscription Literal{changes(since:`+since+`){version since reset added}}`, `null`
	}
	if c.WriteMessage(websocket.TextMessage, []byte(`{"type":"connection_init"}`)) != nil {
		return false
	}
	c.ask("1", query, variables)
	c.expect(`{"type":"connection_ack"}`)
	last := int64(-1)
	for range 1 + random.IntN(30) {
		if random.IntN(10) == 0 { // it reads slowly
			time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
		}
		_, event := c.nextChange()
		if !apply(c.t, known, last, event) {
			return false
		}
		if last = event.Version; last == goal {
			break
		}
	}
	return true
}

// apply adds an event to the known entries. It returns false if the event is wrong.
func apply(t *testing.T, known *[]string, last int64, event change) bool {
	switch {
	case event.Version <= last:
		t.Errorf("version %d comes after %d", event.Version, last)
		return false
	case event.Reset:
		*known = event.Added
	case *event.Since > int64(len(*known)):
		t.Errorf("there is a gap from %d to %d", len(*known), *event.Since)
		return false
	default:
		*known = append((*known)[:*event.Since:*event.Since], event.Added...)
	}
	if int64(len(*known)) != event.Version {
		t.Errorf("%d entries at version %d", len(*known), event.Version)
		return false
	}
	return true
}
