package gqlserver_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/gqlserver/guard"
	"antwon.dj/backend/internal/ratelimit"
)

// answered has the parts that a client reads of a response, or of a message of type next or error.
type answered struct {
	Type       string
	Payload    json.RawMessage
	Data       any
	Errors     []refused
	Extensions struct{ Cost []ratelimit.Use }
}

type refused struct {
	Message    string
	Extensions struct {
		Code         string
		RetryAfterMS int
		Cost         []ratelimit.Use
	}
}

// costsOf runs an operation whose client asks for its cost over each transport, and returns the first response.
func (s *service) costsOf(query string) map[string]answered {
	s.t.Helper()
	read := func(text string) (got answered) {
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			s.t.Fatalf("%s: %v", text, err)
		}
		return got
	}
	asking := fmt.Sprintf(`{"query":%q,"extensions":{"cost":true}}`, query)
	byTransport := map[string]answered{}
	if !strings.HasPrefix(query, "subscription") {
		byTransport["POST"] = read(s.do(http.MethodPost, "/", asking, nil).body)
		byTransport["header"] = read(s.post(query, map[string]string{"GraphQL-Cost": "1"}).body)
	}
	e := s.events(s.Client(), http.MethodPost, query, map[string]string{"GraphQL-Cost": "1"})
	defer e.leave()
	got, err := e.next()
	if got == comment {
		got, err = e.next()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	byTransport["events"] = read(got.data)

	c := s.open(`{}`)
	defer c.Close()
	c.say(`{"id":"1","type":"subscribe","payload":` + asking + `}`)
	text, err := c.hear()
	if err != nil {
		s.t.Fatal(err)
	}
	message := read(text)
	switch err := json.Unmarshal(message.Payload, &message.Errors); {
	case message.Type == "next":
		byTransport["WebSocket"] = read(string(message.Payload))
	case err != nil || len(message.Errors) == 0:
		s.t.Fatalf("got %s, %v", text, err)
	default:
		message.Extensions.Cost = message.Errors[0].Extensions.Cost
		byTransport["WebSocket"] = message
	}
	return byTransport
}

func useOf(uses []ratelimit.Use, name string) ratelimit.Use {
	at := slices.IndexFunc(uses, func(u ratelimit.Use) bool { return u.Name == name })
	if at < 0 {
		return ratelimit.Use{}
	}
	return uses[at]
}

func TestCostIsSentToClientsThatAsk(t *testing.T) {
	s := start(t, nil)
	for query, fields := range map[string]int{`{hello viewer}`: 2, `subscription{diary{version}}`: 2} {
		for transport, got := range s.costsOf(query) {
			if want := ratelimit.NewUse("fields", fields, 1000); useOf(got.Extensions.Cost, "fields") != want {
				t.Errorf("%s over %s costs %+v, want %+v", query, transport, got.Extensions.Cost, want)
			}
			if got.Data == nil || len(got.Errors) > 0 {
				t.Errorf("%s over %s: %+v", query, transport, got)
			}
			operations := useOf(got.Extensions.Cost, "operations")
			running := useOf(got.Extensions.Cost, "running operations")
			if transport != "WebSocket" {
				if operations.Limit != 0 || running.Limit != 0 {
					t.Errorf("%s over %s is limited as on a WebSocket: %+v", query, transport, got.Extensions.Cost)
				}
				continue
			}
			if operations.Requested != 1 || operations.Remaining != 99 || operations.ResetAt.Before(time.Now().Add(-patience)) {
				t.Errorf("%s uses %+v", query, operations)
			}
			if running != ratelimit.NewUse("running operations", 1, 100) {
				t.Errorf("%s uses %+v", query, running)
			}
		}
	}
}

func TestRefusedOperationSendsItsCost(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.Document = guard.Limits{Fields: 2} })
	for _, query := range []string{`{hello viewer transport}`, `subscription{diary{version entries}}`} {
		for transport, got := range s.costsOf(query) {
			want := ratelimit.Use{Name: "fields", Requested: 3, Limit: 2}
			if use := useOf(got.Extensions.Cost, "fields"); use != want || len(got.Errors) != 1 {
				t.Errorf("%s over %s costs %+v, want %+v", query, transport, got, want)
			}
		}
	}
}

// A document that is too long to be read has no cost; the refusal says which limit it exceeds.
func TestUnreadDocumentHasNoCost(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.Tokens = 3 })
	body := s.do(http.MethodPost, "/", `{"query":"{hello viewer}","extensions":{"cost":true}}`, nil).body
	if !strings.Contains(body, `"cost":[]`) || !strings.Contains(body, "exceeded token limit of 3") {
		t.Errorf("got %s", body)
	}
}

func TestOperationAboveTheRateSendsItsCost(t *testing.T) {
	limited := func(cfg *gqlserver.Config) { cfg.Limits.Operations, cfg.Limits.OperationsPerSecond = 2, 1 }
	inFakeTime(t, limited, func(t *testing.T, s *service) {
		c := s.open(`{}`)
		var message struct{ Payload []refused }
		for range 2 {
			c.subscribe("1", `{hello}`)
			c.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"hello world"}}}`)
			c.expect(`{"id":"1","type":"complete"}`)
		}
		c.say(`{"id":"1","type":"subscribe","payload":{"query":"{hello}","extensions":{"cost":true}}}`)
		text, err := c.hear()
		if err != nil || json.Unmarshal([]byte(text), &message) != nil || len(message.Payload) != 1 {
			t.Fatalf("got %s, %v", text, err)
		}
		want := ratelimit.Use{
			Name: "operations", Requested: 1, Limit: 2, ResetAt: time.Now().Add(2 * time.Second).UTC(),
		}
		got := message.Payload[0].Extensions
		if useOf(got.Cost, "operations") != want || got.Code != "RATE_LIMITED" || got.RetryAfterMS != 1000 {
			t.Errorf("got %s, want %+v", text, want)
		}
	})
}

// Only the first response of a subscription has the cost, and only that of a subscriber who asked: all others are
// shared.
func TestCostOfSharedSubscriptionIsSentToItsSubscriberOnly(t *testing.T) {
	s := start(t, nil)
	const query = `subscription{diary{version}}`
	asks := s.events(s.Client(), http.MethodPost, query, map[string]string{"GraphQL-Cost": "1"})
	asks.expect(comment)
	if first, err := asks.next(); err != nil || !strings.HasPrefix(first.data, `{"extensions":{"cost":[`) {
		t.Errorf("got %+v, %v", first, err)
	}
	other := s.events(s.Client(), http.MethodPost, query, nil)
	other.expect(comment)
	other.expect(diaryEvent(int(s.schema.diary.version())))
	version := int(s.schema.diary.write("a"))
	asks.expect(diaryEvent(version))
	other.expect(diaryEvent(version))
	if n := s.gauge("graphql_shared_streams"); n != 1 {
		t.Errorf("%v streams are shared, want 1", n)
	}
}

func TestUnaskedCostAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { gqlserver.HandleCost(t.Context(), nil) }); n != 0 {
		t.Errorf("an operation whose client does not ask for its cost allocates %v times more", n)
	}
	if n := testing.AllocsPerRun(100, func() { gqlserver.HandleCost(t.Context(), map[string]any{"cost": true}) }); n == 0 {
		t.Error("the cost is not collected")
	}
}
