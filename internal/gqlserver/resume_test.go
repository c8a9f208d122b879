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

func TestResume(t *testing.T) {
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
		{"known", "7", 7},
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
			_, event := c.changed()
			if event.Version != 10 || event.Reset != (test.from < 0) || len(event.Added) != 10-int(max(0, test.from)) {
				t.Errorf("got %+v", event)
			}
			c.say(`{"type":"ping"}`)
			c.expect(`{"type":"pong"}`) // and no second event
		})
	}
}

// Two replicas coalesce differently, so somebody may come with a version that this server has skipped.
func TestNoEventLeadsFromBeforeTheOldestVersion(t *testing.T) {
	s := start(t, nil)
	s.schema.diary.kept = 1
	c := s.open(`{}`)
	c.subscribe("1", `subscription{changes{version reset}}`)
	c.changed()
	s.schema.diary.change(func() { s.schema.diary.entries = []string{"a", "b", "c"} }) // the server goes from 0 to 3
	c.changed()
	c.ask("2", `subscription($s:Int){changes(since:$s){version since reset}}`, `{"s":2}`)
	if _, event := c.changed(); event.Version != 3 || event.Reset || *event.Since != 2 {
		t.Errorf("got %+v", event)
	}
}

// story is one run of the property test: a diary is written, and clients that come and go have to end with all of it.
type story struct {
	*service
	over sync.WaitGroup
	goal int64
}

func TestEveryClientEndsWithAllThatWasWritten(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for round := range uint64(3) {
		s := &story{service: start(t, func(cfg *gqlserver.Config) { cfg.Limits.Linger = time.Millisecond }), goal: 200}
		for i := range uint64(12) {
			random := rand.New(rand.NewPCG(seed+round, i))
			s.over.Go(func() { s.follow(random) })
		}
		s.write(rand.New(rand.NewPCG(seed, round)))
		s.over.Wait()
	}
}

func (s *story) write(random *rand.Rand) {
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

// follow is a client: it connects again and again, until it has everything.
func (s *story) follow(random *rand.Rand) {
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
		s.t.Error("a client ends with something else")
	}
}

// resume goes on from what is known, for a while. It reports false when something went wrong.
func (c *client) resume(random *rand.Rand, known *[]string, again bool, goal int64) bool {
	since := "null"
	if again {
		since = fmt.Sprint(len(*known) + random.IntN(20)/19*1000) // now and then one that does not exist
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
		_, event := c.changed()
		if !apply(c.t, known, last, event) {
			return false
		}
		if last = event.Version; last == goal {
			break
		}
	}
	return true
}

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
