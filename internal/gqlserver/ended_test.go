package gqlserver_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"antwon.dj/backend/internal/gqlserver"
)

// endable makes each viewer's name the id of their session, of which one has ended.
func endable(ended *atomic.Value) func(*gqlserver.Config) {
	return func(cfg *gqlserver.Config) {
		cfg.Identify = func(ctx context.Context) gqlserver.Client { return gqlserver.Client{SessionID: viewer(ctx)} }
		cfg.Ended = func(id string) bool { return id == ended.Load() }
	}
}

func TestConnectionsOfAnEndedSessionAreClosed(t *testing.T) {
	var ended atomic.Value
	s := start(t, endable(&ended))
	s.schema.diary.write(entry(1))
	anna, bert := s.open(`{"authorization":"anna"}`), s.open(`{"authorization":"bert"}`)
	const query = "subscription{diary{version}}"
	for _, c := range []*client{anna, bert} {
		c.subscribe("1", query)
		c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":1}}}}`)
	}
	events := s.events(s.Client(), http.MethodPost, query, map[string]string{"Authorization": "anna"})
	events.expect(comment)
	events.expect(diaryEvent(1))
	ended.Store("anna")
	s.handler.CloseEnded()
	anna.expectClose(4403, "Session ended")
	events.expectEnd()
	s.schema.diary.write(entry(2))
	bert.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":2}}}}`)
}

// A session may end after its token was checked and before the connection is registered for it. Its connection is
// closed, too.
func TestSessionThatEndsDuringTheHandshakeIsClosed(t *testing.T) {
	var ended atomic.Value
	s := start(t, func(cfg *gqlserver.Config) {
		endable(&ended)(cfg)
		authenticate := cfg.Authenticate
		cfg.Authenticate = func(ctx context.Context, authorization string) (context.Context, error) {
			defer ended.Store("anna")
			return authenticate(ctx, authorization)
		}
	})
	c := s.connect()
	c.say(`{"type":"connection_init","payload":{"authorization":"anna"}}`)
	c.expectClose(4403, "Session ended")
}
