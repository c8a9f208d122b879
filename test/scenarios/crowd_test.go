package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// TestFourHoursOfAHundredGuests runs, in each order mode, a party with all rules switched on. A checker with its own
// implementation of the rules watches the room. The same seed gives the same guests and the same acts.
func TestFourHoursOfAHundredGuests(t *testing.T) {
	const seed = 7
	parties := []struct {
		name     string
		mode     party.OrderMode
		database func(testing.TB) string
	}{
		{"LIKES", party.OrderLikes, testdb.SQLite},
		{"FAIR", party.OrderFair, testdb.SQLite},
		{"FAIR on MySQL", party.OrderFair, testdb.MySQL},
		{"TURNS", party.OrderTurns, testdb.SQLite},
	}
	rows := make([]string, len(parties))
	t.Run("mode", func(t *testing.T) {
		for i, one := range parties {
			t.Run(one.name, func(t *testing.T) {
				t.Parallel()
				began, url := time.Now(), one.database(t)
				inBubble(t, func(t *testing.T) {
					c := newCrowd(t, url, one.mode, seed)
					c.run()
					c.checker.finish()
					c.checker.checkLog()
					rows[i] = fmt.Sprintf("| %s | %v |", one.name, c.checker.fairness())
					t.Logf("acts:%s\nrefusals:%s", counted(c.did), counted(c.refused))
					t.Logf("%d songs; longest gap between two songs %v", len(c.spotify.Plays(c.account.ID)), c.longestGap())
				})
				t.Logf("took %v", time.Since(began))
			})
		}
	})
	t.Logf("fairness:\n"+
		"| order | songs | guests who added | of them heard | songs of one guest: least, median, most | "+
		"share of ten friends | Jain's index | wait for one's first song: median, longest | "+
		"longest wait of a song that played |\n"+
		"|---|---|---|---|---|---|---|---|---|\n%s", strings.Join(rows, "\n"))
}
