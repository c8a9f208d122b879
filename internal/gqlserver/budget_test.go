package gqlserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/gqlserver"
)

// withBudgets gives every viewer but the anonymous a budget.
func withBudgets(perUser, perAddress int) func(*gqlserver.Config) {
	return func(cfg *gqlserver.Config) {
		cfg.Limits.CostPerUser, cfg.Limits.CostPerAddress = perUser, perAddress
		cfg.Identify = func(ctx context.Context) gqlserver.Client {
			if viewer(ctx) == "anonymous" {
				return gqlserver.Client{}
			}
			return gqlserver.Client{ID: viewer(ctx), Unlimited: viewer(ctx) == "host"}
		}
	}
}

// spend sends a query over HTTP until it is refused, and returns how often it was answered.
func (s *service) spend(who string) (answered int, refused answered) {
	s.t.Helper()
	for answered = range 1000 {
		got := s.do(http.MethodPost, "/", `{"query":"{hello}","extensions":{"cost":true}}`, map[string]string{
			"Authorization": "Bearer " + who, "Accept": "application/graphql-response+json",
		})
		if got.status == http.StatusOK {
			continue
		}
		if err := json.Unmarshal([]byte(got.body), &refused); err != nil || got.status != http.StatusTooManyRequests {
			s.t.Fatalf("%d %s", got.status, got.body)
		}
		return answered, refused
	}
	s.t.Fatalf("%s was never refused", who)
	return 0, refused
}

// A user's operations, over whatever transport, share one budget. When it is spent, the refusal says when to try again.
func TestUserWhoHasSpentTheBudgetIsRefusedOverAllTransports(t *testing.T) {
	inFakeTime(t, withBudgets(10, 1000), func(t *testing.T, s *service) {
		answered, refused := s.spend("ana") // each costs 10 for the request, some for its bytes, and 101 for the answer
		if answered != 2 {
			t.Errorf("%d operations were answered with 200 points, want 2", answered)
		}
		e := refused.Errors[0]
		if e.Extensions.Code != "RATE_LIMITED" || !strings.Contains(e.Message, "Try again in ") {
			t.Errorf("refused with %+v", e)
		}
		wait := time.Duration(e.Extensions.RetryAfterMS) * time.Millisecond
		use := useOf(refused.Extensions.Cost, "cost")
		if use.Limit != 200 || use.Remaining != 0 || time.Until(use.ResetAt) < 20*time.Second || use.Requested == 0 {
			t.Errorf("the refusal shows the cost %+v", use)
		}
		c := s.open(`{"authorization":"Bearer ana"}`)
		for n, query := range []string{`{hello}`, `mutation{set(value:1)}`, `subscription{diary{version}}`} {
			c.subscribe(fmt.Sprint(n), query)
			if text, err := c.hear(); err != nil || !strings.Contains(text, `"type":"error"`) ||
				!strings.Contains(text, "RATE_LIMITED") || !strings.Contains(text, "retryAfterMs") {
				t.Errorf("%s over WebSocket: %s, %v", query, text, err)
			}
			e := s.events(s.Client(), http.MethodPost, query, map[string]string{"Authorization": "Bearer ana"})
			if got, err := e.next(); err != nil || got.name != "next" || !strings.Contains(got.data, "RATE_LIMITED") {
				t.Errorf("%s as events: %+v, %v", query, got, err)
			}
			e.leave()
		}
		if other, _ := s.spend("ben"); other != 2 {
			t.Errorf("another user has %d answers, want 2", other)
		}
		if host := s.post(`{hello}`, map[string]string{"Authorization": "Bearer host"}); host.status != http.StatusOK {
			t.Errorf("a user without limits got %+v", host)
		}
		time.Sleep(wait)
		if again, _ := s.spend("ana"); again != 1 {
			t.Errorf("after the wait %d operations were answered, want 1", again)
		}
	})
}

// A user who has spent their budget can still execute essential mutations, such as signing out, at a limited rate. An
// operation that contains anything else is refused.
func TestEssentialMutationsAreDoneInDebt(t *testing.T) {
	essential := func(cfg *gqlserver.Config) { withBudgets(10, 10)(cfg); cfg.Essential = []string{"set"} }
	inFakeTime(t, essential, func(t *testing.T, s *service) {
		ana := map[string]string{"Authorization": "Bearer ana"}
		s.spend("ana")
		got := s.post(`mutation M {a: set(value:1)}`, ana)
		if got.status != http.StatusOK || !strings.Contains(got.body, `"data"`) {
			t.Errorf("got %+v", got)
		}
		for _, query := range []string{
			`mutation{set(value:1) again:set(value:2)}`, `{hello}`, `mutation{...F} fragment F on Mutation{set(value:1)}`,
			`mutation{set(value:1)} # ` + strings.Repeat("x", 500), `query A{hello} mutation B{set(value:1)}`, `{`,
		} {
			if got := s.post(query, ana); !strings.Contains(got.body, "RATE_LIMITED") {
				t.Errorf("%.60s: %+v", query, got)
			}
		}
		done := 0
		for range 100 {
			if got := s.post(`mutation{set(value:1)}`, ana); !strings.Contains(got.body, "RATE_LIMITED") {
				done++
			}
		}
		if done != 19 {
			t.Errorf("%d more mutations are done at once, want 19", done)
		}
		time.Sleep(time.Second)
		if got := s.post(`mutation{set(value:1)}`, ana); !strings.Contains(got.body, `"data"`) {
			t.Errorf("after a second: %+v", got)
		}
	})
}

// When the budget of an address is spent, unknown clients there are refused, but users who have spent less than half of
// their own budget are still served.
func TestSpentAddressServesModestUsers(t *testing.T) {
	inFakeTime(t, withBudgets(100, 10), func(t *testing.T, s *service) {
		if answered, refused := s.spend("ana"); answered > 10 ||
			!strings.Contains(refused.Errors[0].Message, "from your address") {
			t.Errorf("%d operations were answered with 400 points of the address: %+v", answered, refused)
		} else if use := useOf(refused.Extensions.Cost, "cost of the address"); use.Limit != 400 {
			t.Errorf("the refusal shows %+v", refused.Extensions.Cost)
		}
		got := s.do(http.MethodPost, "/", `{"query":"{hello}"}`, nil)
		if !strings.Contains(got.body, "RATE_LIMITED") {
			t.Errorf("an unknown client got %s", got.body)
		}
		if modest, _ := s.spend("ben"); modest < 5 {
			t.Errorf("a user who had spent nothing has %d answers", modest)
		}
	})
}

// An invalid document is charged, too.
func TestInvalidDocumentsCostMoreThanTheyTake(t *testing.T) {
	inFakeTime(t, withBudgets(100, 1000), func(t *testing.T, s *service) {
		query := `{nothing` + strings.Repeat(" ", 1000) + `}`
		for n := 0; ; n++ {
			got := s.post(query, map[string]string{"Authorization": "Bearer ana"})
			if strings.Contains(got.body, "RATE_LIMITED") {
				if n != 2 {
					t.Errorf("%d documents of 1 KB were validated for 2,000 points, want 2", n)
				}
				return
			}
		}
	})
}

// While a client has nothing left, a large body is not even read.
func TestLargeBodyOfAClientInDebtIsNotRead(t *testing.T) {
	inFakeTime(t, withBudgets(10, 1000), func(t *testing.T, s *service) {
		s.spend("ana")
		for size, isRead := range map[int]bool{100: true, 100_000: false} {
			body := `{"query":"{hello}","extensions":{"cost":true,"x":"` + strings.Repeat("x", size) + `"}}`
			got := s.do(http.MethodPost, "/", body, map[string]string{"Authorization": "Bearer ana"})
			if !strings.Contains(got.body, "RATE_LIMITED") || strings.Contains(got.body, `"cost":[`) != isRead {
				t.Errorf("%d bytes: %+v", size, got)
			}
		}
	})
}

// The only subscriber of a stream pays for its executions. In debt, the subscriber gets a later state, and no backlog.
// A shared stream costs its subscribers nothing.
func TestUnsharedSubscriptionPaysForItsEvents(t *testing.T) {
	inFakeTime(t, withBudgets(10, 100_000), func(t *testing.T, s *service) {
		alone, shared := s.open(`{"authorization":"Bearer ana"}`), []*client{}
		alone.subscribe("1", `subscription{own{reader version}}`) // 110 and its bytes, and 3 for each event
		alone.expect(`{"id":"1","type":"next","payload":{"data":{"own":{"reader":"ana","version":0}}}}`)
		for _, who := range []string{"ben", "cem"} {
			c := s.open(`{"authorization":"Bearer ` + who + `"}`)
			c.subscribe("1", `subscription{diary{version}}`)
			c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
			shared = append(shared, c)
		}
		write := func() string {
			version := s.schema.diary.write("x")
			for _, c := range shared {
				c.expect(fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":%d}}}}`, version))
			}
			return fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"own":{"reader":"ana","version":%d}}}}`, version)
		}
		begun, events := time.Now(), 0
		for ; time.Since(begun) == 0 && events < 100; events++ {
			alone.expect(write())
		}
		if events < 20 || events > 40 {
			t.Errorf("a user with 80 points got %d events of 3 points before they had to wait", events)
		}
		begun = time.Now()
		var last string
		for range 20 {
			last = write()
		}
		if time.Since(begun) != 0 {
			t.Errorf("shared events took %s", time.Since(begun))
		}
		if alone.expect(last); time.Since(begun) == 0 {
			t.Error("a user in debt got an event at once")
		}
	})
}

// A subscriber who has nothing left is nevertheless told at once that they have lost permission.
func TestRevokedSubscriberInDebtIsDisconnected(t *testing.T) {
	limited := func(cfg *gqlserver.Config) { withBudgets(1, 100_000)(cfg); unmasked(cfg) }
	inFakeTime(t, limited, func(t *testing.T, s *service) {
		c := s.open(`{"authorization":"Bearer ana"}`)
		c.subscribe("1", `subscription{own{reader version}}`) // costs more than the 20 points that there are
		s.schema.diary.write("x")
		begun := time.Now()
		s.schema.diary.revoke("ana")
		text, err := c.hear()
		if err != nil || !strings.Contains(text, errRevoked.Error()) || time.Since(begun) > time.Second {
			t.Errorf("got %s, %v, after %s", text, err, time.Since(begun))
		}
	})
}

func TestAnswerThatIsTooLargeIsNotSent(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.AnswerBytes = 1000 })
	s.schema.diary.write(strings.Repeat("x", 1000))
	long := strings.Repeat("y", 1000)
	for query, want := range map[string]string{
		`{hello(name:"` + long + `")}`:       `Most of them are in \"hello\": select fewer`,
		`subscription{diary{entries}}`:       `Most of them are in \"diary.entries\"`,
		`subscription{own{entries version}}`: `Most of them are in \"own.entries\"`,
	} {
		for transport, got := range s.costsOf(query) {
			text, err := json.Marshal(got.Errors)
			if err != nil || !strings.Contains(string(text), want) || got.Errors[0].Extensions.Code != "BAD_USER_INPUT" {
				t.Errorf("%.40s over %s: %+v", query, transport, got)
			}
		}
	}
}
