package graph_test

import (
	"testing"

	"antwon.dj/backend/graph"
)

// A session that has ended can do nothing, and least of all begin another one: every mutation is refused, whatever it
// needs. The schema says which mutations there are.
func TestEndedSessionIsRefusedByEveryMutation(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		sessions := func() int {
			n, err := p.store.Read.Session.Query().Count(p.Context())
			p.must(err)
			return n
		}
		code := p.codeOf(p.roomID)
		p.must(p.first.accounts.SignOutEverywhere(p.host.ctx, ""))
		before := sessions()
		schema := graph.NewExecutableSchema(graph.Config{}).Schema()
		for _, field := range schema.Mutation.Fields {
			query := "mutation { " + call(schema, field, map[string]string{"roomId": p.roomID, "code": code}) + " }"
			if got := p.first.send(p.host, query); len(got.Errors) != 1 || got.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
				p.Errorf("%s: %s %+v, want UNAUTHENTICATED", field.Name, got.Data, got.Errors)
			}
		}
		if n := sessions(); n != before {
			p.Errorf("%d sessions have begun", n-before)
		}
	})
}
