package gqlserver_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/party"
)

// stillSource shows one state forever.
type stillSource struct{ value any }

func (s stillSource) Newest() (gqlserver.State, <-chan struct{}) {
	return gqlserver.State{Version: 1, ChangedAt: 1, Last: true}, nil
}

func (s stillSource) Event(context.Context, *int64, gqlserver.State) (any, error) {
	return s.value, nil
}

func (s stillSource) Close() {}

func still(value any) gqlserver.SubscribeFunc {
	return func(context.Context, map[string]any) (*gqlserver.Grant, error) {
		return &gqlserver.Grant{
			OpenSource: func(context.Context) (gqlserver.Source, error) { return stillSource{value}, nil },
		}, nil
	}
}

// The path of an error leads from the root of the data to the field, by the names that the client chose.
func TestPathsOfErrorsBeginAtTheRoot(t *testing.T) {
	s := startRealSchema(t)
	for _, test := range []struct{ operation, path string }{
		{`{ viewer { user { id } } }`, `["viewer"]`},
		{`{ me: viewer { user { id } } }`, `["me"]`},
		{`mutation { signOut }`, `["signOut"]`},
		{`mutation { bye: signOut }`, `["bye"]`},
		{`subscription { room(roomId: 1) { joinUrl } }`, `["room","joinUrl"]`},
		{`subscription { r: room(roomId: 1) { url: joinUrl } }`, `["r","url"]`},
		{`subscription { ...F } fragment F on Subscription { r: room(roomId: 1) { joinUrl } }`, `["r","joinUrl"]`},
		{`subscription { roomQueue(roomId: 1) { items { id likedByViewer } } }`, `["roomQueue","items",0,"likedByViewer"]`},
		{`subscription { q: roomQueue(roomId: 1) { i: items { position } } }`, `["q","i",0,"position"]`},
		{`subscription { q: playback(roomId: 1) { version } }`, `["q"]`}, // the subscription is refused
	} {
		want := `"message":"the resolver was called","path":` + test.path + `,`
		events := map[string]string{"Accept": "text/event-stream"}
		answers := map[string]string{
			"events":    s.do(http.MethodPost, "/", `{"query":"`+test.operation+`"}`, events).body,
			"WebSocket": s.ask(test.operation),
		}
		for transport, got := range answers {
			if !strings.Contains(got, want) {
				t.Errorf("%s over %s: got %s", test.operation, transport, got)
			}
		}
	}
}

// ask returns the first answer to an operation over a WebSocket.
func (s *service) ask(operation string) string {
	s.t.Helper()
	c := s.open(`{}`)
	c.subscribe("1", operation)
	got, err := c.hear()
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

var (
	someRoom  = &party.Room{ID: "1"}
	someQueue = &party.RoomQueue{Items: []*party.QueueItem{{ID: "2"}}}
)
