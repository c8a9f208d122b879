package graph_test

import (
	"strings"
	"testing"

	"antwon.dj/backend/graph"
)

// unlimitedMutations have no limit for each user, and say why.
var unlimitedMutations = map[string]string{
	"demoLogin":         "it is limited by address",
	"joinRoom":          "it is limited by address",
	"watchRoom":         "it is limited by address",
	"refreshSession":    "it needs a cookie: TestSessionIsNotRefreshedTooOften tries it",
	"signOut":           "it must always be possible",
	"signOutEverywhere": "it must always be possible",
}

// Every mutation is limited for each user: its cost names a limit that refills with time. The schema says which
// mutations there are. They run in a room that is closed, where they count and change nothing.
func TestEveryMutationIsRateLimited(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		added, err := p.first.jukebox.AddSong(p.host.ctx, p.roomID, uri(1), nil)
		p.must(err)
		_, err = p.first.jukebox.CloseRoom(p.host.ctx, p.roomID, nil)
		p.must(err)
		p.limited = true
		ids := map[string]string{"roomId": p.roomID, "itemId": added.Item.ID}
		schema := graph.NewExecutableSchema(graph.Config{}).Schema()
		for _, field := range schema.Mutation.Fields {
			who := p.host
			if strings.HasPrefix(field.Name, "signOut") { // the others still need the host's session
				session, err := p.first.accounts.DemoLogin(p.Context(), "Otto")
				p.must(err)
				who = p.person(session)
			}
			got := p.first.cost(who, "mutation { "+call(schema, field, ids)+" }")
			limited := false
			for _, use := range got.Extensions.Cost {
				limited = limited || !use.ResetAt.IsZero() && use.Name != "cost" // every operation costs something
			}
			if because := unlimitedMutations[field.Name]; limited == (because != "") {
				t.Errorf("%s: limited: %t, and the reason why not is %q; it costs %+v", field.Name, limited, because, got)
			}
		}
	})
}
