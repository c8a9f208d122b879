package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// Four hours of a hundred guests under all the rules of a house, once in each order. A judge who knows the rules, but not the
// program, watches the room as a screen does. The same seed gives the same guests with the same moods.
func TestAnEveningOfTheHouse(t *testing.T) {
	if testing.Short() {
		t.Skip("whole evenings left out: -short")
	}
	const seed = 7
	evenings := []struct {
		name     string
		mode     party.OrderMode
		database func(testing.TB) string
	}{
		{"LIKES", party.OrderLikes, testdb.SQLite},
		{"FAIR", party.OrderFair, testdb.SQLite},
		{"FAIR on MySQL", party.OrderFair, testdb.MySQL},
		{"TURNS", party.OrderTurns, testdb.SQLite},
	}
	rows := make([]string, len(evenings))
	t.Run("evening", func(t *testing.T) {
		for i, evening := range evenings {
			t.Run(evening.name, func(t *testing.T) {
				t.Parallel()
				began, url := time.Now(), evening.database(t)
				inBubble(t, func(t *testing.T) {
					c := newCrowd(t, url, evening.mode, seed)
					c.evening()
					c.judge.closes()
					rows[i] = fmt.Sprintf("| %s | %v |", evening.name, c.judge.fairness())
					t.Logf("what people did:%s\nwhat they were refused:%s", counted(c.did), counted(c.refused))
					t.Logf("%d songs, longest gap between two %v", len(c.spotify.Heard(c.spotifyAccount.ID)), c.longestGap())
				})
				t.Logf("took %v", time.Since(began))
			})
		}
	})
	t.Logf("how fair it was:\n| order | songs | guests who asked | of them heard | songs of one guest: least, median, most | share of ten friends | "+
		"Jain's index | wait for one's first song: median, longest | longest wait of a song that played |\n|---|---|---|---|---|---|---|---|---|\n%s", strings.Join(rows, "\n"))
}
