package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/ratelimit"
)

// costly is a response with the cost of its operation.
type costly struct {
	Errors []struct {
		Extensions struct {
			Code         string
			RetryAfterMS int
		}
	}
	Extensions struct{ Cost []ratelimit.Use }
}

// cost runs an operation whose client asks for its cost.
func (s *server) cost(who *person, query string) (got costly) {
	s.Helper()
	body := fmt.Sprintf(`{"query":%q,"extensions":{"cost":true}}`, query)
	request, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.URL, strings.NewReader(body))
	s.must(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+who.token)
	response, err := s.Client().Do(request)
	s.must(err)
	defer response.Body.Close()
	s.must(json.NewDecoder(response.Body).Decode(&got))
	return got
}

// of returns what was used of a limit.
func (c costly) of(name string) (use ratelimit.Use) {
	for _, u := range c.Extensions.Cost {
		if u.Name == name {
			use = u
		}
	}
	return use
}

// Each host sees what is left of their own limits, also when refused. They see nothing of the limits of another host,
// of the limit that the hosts of a room share, or of limits in a room that they are not in.
func TestCostShowsOnlyTheViewersOwnLimits(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.limited = true
		gina := p.join("Gina")
		p.makeCohost(gina, p.roomID)
		clear := func(times int) string {
			var fields strings.Builder
			for n := range times {
				fmt.Fprintf(&fields, " f%d: clearQueue(roomId: %q) { id }", n, p.roomID)
			}
			return "mutation {" + fields.String() + " }"
		}
		use := p.first.cost(gina, clear(2)).of("clear")
		if use.Requested != 2 || use.Limit != 5 || use.Remaining != 3 || time.Until(use.ResetAt) <= 0 {
			t.Errorf("clearing twice uses %+v", use)
		}
		refused := p.first.cost(gina, clear(15))
		use = refused.of("clear")
		if use.Requested != 15 || use.Limit != 5 || use.Remaining != 0 || time.Until(use.ResetAt) <= 0 {
			t.Errorf("being refused uses %+v", use)
		}
		if e := refused.Errors[0].Extensions; e.Code != "RATE_LIMITED" || e.RetryAfterMS <= 0 {
			t.Errorf("got %+v", e)
		}
		others := p.first.cost(p.host, clear(1))
		if use := others.of("clear"); use.Requested != 1 || use.Remaining != 4 {
			t.Errorf("clearing as another host uses %+v", use)
		}
		stranger, err := p.first.accounts.DemoLogin(p.Context(), "Otto")
		p.must(err)
		forbidden := p.first.cost(p.person(stranger), clear(1))
		if e := forbidden.Errors[0].Extensions; e.Code != "FORBIDDEN" || forbidden.of("clear").Limit != 0 {
			t.Errorf("clearing as a stranger: %+v", forbidden)
		}
		for _, got := range []costly{refused, others, forbidden} {
			if got.of("room").Limit != 0 {
				t.Errorf("the limit of the room is shown: %+v", got)
			}
		}
	})
}
