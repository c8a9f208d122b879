package gqlserver_test

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"antwon.dj/backend/internal/gqlserver"
)

// revoke takes a subscriber's permission away, with an entry that says so.
func (d *diary) revoke(subscriberID string) {
	d.change(func() {
		d.entries = append(d.entries, subscriberID+" lost permission")
		if d.revoked == nil {
			d.revoked = map[string]int64{}
		}
		d.revoked[subscriberID] = int64(len(d.entries))
	})
}

// unmasked shows errors as they are.
func unmasked(cfg *gqlserver.Config) { cfg.Present = graphql.DefaultErrorPresenter }

// expectError reads responses of an operation until it ends with an error, which has the path and the place of the
// subscription's field.
func (c *client) expectError(id string) {
	c.t.Helper()
	for {
		text, err := c.hear()
		if err != nil {
			c.t.Fatal(err)
		}
		if strings.HasPrefix(text, `{"id":"`+id+`","type":"error"`) {
			if !strings.Contains(text, `"path":["`) || !strings.Contains(text, `"locations":[{"line":1,"column":14}]`) {
				c.t.Errorf("got %s, want a path and a place", text)
			}
			return
		}
		if !strings.Contains(text, `"type":"next"`) {
			c.t.Fatalf("got %s, want an error", text)
		}
	}
}

func TestSubscriptionEndsWhenItsPermissionIsRevoked(t *testing.T) {
	s := start(t, unmasked)
	s.schema.diary.write(entry(1))
	anna, bert := s.open(`{"authorization":"anna"}`), s.open(`{"authorization":"bert"}`)
	for _, c := range []*client{anna, bert} {
		c.subscribe("shared", "subscription{diary{version}}")
		c.hear()
	}
	s.schema.diary.revoke("anna")
	anna.expectError("shared")
	bert.expect(`{"id":"shared","type":"next","payload":{"data":{"diary":{"version":2}}}}`)
}

func TestSubscriptionEndsIfItsPermissionWasRevokedBeforeItJoined(t *testing.T) {
	s := start(t, unmasked)
	s.schema.diary.write(entry(1))
	bert := s.open(`{"authorization":"bert"}`)
	bert.subscribe("1", "subscription{diary{version}}")
	bert.hear()
	s.schema.diary.revoke("anna")
	bert.hear()
	anna := s.open(`{"authorization":"anna"}`)
	s.schema.diary.change(func() { s.schema.diary.lag = 1 }) // anna is admitted according to the version before
	anna.subscribe("1", "subscription{diary{version}}")
	anna.expectError("1")
}

func TestOnEndIsCalledWhenASubscriptionEnds(t *testing.T) {
	s := start(t, unmasked)
	s.schema.diary.write(entry(1))
	c := s.open(`{}`)
	for _, id := range []string{"1", "2"} {
		c.subscribe(id, "subscription{diary{version}}")
		c.hear()
	}
	c.say(`{"id":"1","type":"complete"}`)
	s.waitUntil("OnEnd was called once", func() bool { return s.schema.diary.subscribed.Load() == 1 })
	c.Close()
	s.waitUntil("OnEnd was called twice", func() bool { return s.schema.diary.subscribed.Load() == 0 })
}
