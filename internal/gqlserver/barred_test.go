package gqlserver_test

import (
	"strings"
	"testing"
)

// bar keeps somebody from reading on, as of an entry that says so.
func (d *diary) bar(who string) {
	d.change(func() {
		d.entries = append(d.entries, who+" is barred")
		if d.barred == nil {
			d.barred = map[string]int64{}
		}
		d.barred[who] = int64(len(d.entries))
	})
}

func (c *client) expectBarred(id string) {
	c.t.Helper()
	for {
		text, err := c.hear()
		if err != nil {
			c.t.Fatal(err)
		}
		if strings.HasPrefix(text, `{"id":"`+id+`","type":"error"`) {
			return
		}
		if !strings.Contains(text, `"type":"next"`) {
			c.t.Fatalf("got %s, want an error", text)
		}
	}
}

func TestWhoIsBarredIsCutOffAndNobodyElse(t *testing.T) {
	s := start(t, nil)
	s.schema.diary.write(entry(1))
	anna, bert := s.open(`{"authorization":"anna"}`), s.open(`{"authorization":"bert"}`)
	for _, c := range []*client{anna, bert} {
		c.subscribe("shared", "subscription{diary{version}}")
		c.hear()
	}
	s.schema.diary.bar("anna")
	anna.expectBarred("shared")
	bert.expect(`{"id":"shared","type":"next","payload":{"data":{"diary":{"version":2}}}}`)
}

func TestWhoWasBarredBetweenBeingLetInAndJoiningIsCutOff(t *testing.T) {
	s := start(t, nil)
	s.schema.diary.write(entry(1))
	bert := s.open(`{"authorization":"bert"}`)
	bert.subscribe("1", "subscription{diary{version}}")
	bert.hear()
	s.schema.diary.bar("anna")
	bert.hear()
	anna := s.open(`{"authorization":"anna"}`)
	s.schema.diary.change(func() { s.schema.diary.lag = 1 }) // anna is let in by what was true before
	anna.subscribe("1", "subscription{diary{version}}")
	anna.expectBarred("1")
}

func TestTheEndOfASubscriptionIsTold(t *testing.T) {
	s := start(t, nil)
	s.schema.diary.write(entry(1))
	c := s.open(`{}`)
	for _, id := range []string{"1", "2"} {
		c.subscribe(id, "subscription{diary{version}}")
		c.hear()
	}
	c.say(`{"id":"1","type":"complete"}`)
	s.eventually("the end to be told", func() bool { return s.schema.diary.reading.Load() == 1 })
	c.Close()
	s.eventually("the end to be told", func() bool { return s.schema.diary.reading.Load() == 0 })
}
