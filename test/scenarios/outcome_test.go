package scenarios_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/jukebox"
)

// outcome is what came of a party.
type outcome struct {
	played  string        // the songs that were heard, in order
	silence time.Duration // between the first song and the end of the queue, but for the host's pauses
	health  string        // the healths that were shown, in order
	states  string        // of the party's songs in the end, by number: "PLAYED PLAYED QUEUED"
	calls   map[string]int
}

func (p *party) outcome() outcome {
	p.t.Helper()
	return outcome{p.played(), p.silence(), p.health.String(), strings.Join(p.states(), " "), p.spotify.calls(time.Time{})}
}

// played lists the songs that were heard, in order. One that the host paused and resumed was heard once.
func (p *party) played() string {
	var names []string
	for _, s := range p.ear.sounds() {
		if !s.resumed {
			names = append(names, p.songName(s.uri))
		}
	}
	return strings.Join(names, " ")
}

// repeated lists the party's songs that were heard more than once.
func (p *party) repeated() (again []string) {
	heard := map[string]bool{}
	for _, name := range strings.Fields(p.played()) {
		if heard[name] {
			again = append(again, name)
		}
		heard[name] = true
	}
	return again
}

// silence is how long nothing was heard although the party could have gone on: between the first song and the end of the
// last one, or now if songs still wait. Pauses, which sound the same, were the host's if the same song went on.
func (p *party) silence() (silent time.Duration) {
	sounds := p.ear.sounds()
	for i, s := range sounds {
		if i > 0 && !s.resumed {
			silent += s.from.Sub(sounds[i-1].to)
		}
	}
	if n := len(sounds); n > 0 && !sounds[n-1].to.IsZero() && p.waiting() {
		silent += time.Since(sounds[n-1].to)
	}
	return silent
}

// longestGap is the longest silence between two songs.
func (p *party) longestGap() (longest time.Duration) {
	sounds := p.ear.sounds()
	for i, s := range sounds {
		if i > 0 && !s.resumed {
			longest = max(longest, s.from.Sub(sounds[i-1].to))
		}
	}
	return longest
}

// states are the states of the party's songs, as they stand in the database.
func (p *party) states() (states []string) {
	p.t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(p.database, "sqlite:")+"?mode=ro")
	must(p.t, err)
	defer db.Close()
	for _, item := range p.items {
		var state string
		must(p.t, db.QueryRow("SELECT state FROM queue_items WHERE id = ?", item.ID).Scan(&state))
		states = append(states, state)
	}
	return states
}

// waiting says that songs have yet to be played.
func (p *party) waiting() bool {
	p.t.Helper()
	return slices.ContainsFunc(p.states(), func(state string) bool {
		return state == string(jukebox.Queued) || state == string(jukebox.Committed)
	})
}

// untilDone lets time pass until no song waits or plays any more; at most so long.
func (p *party) untilDone(most time.Duration) {
	p.t.Helper()
	for began := time.Now(); time.Since(began) < most; time.Sleep(10 * time.Second) {
		if !p.waiting() && !slices.Contains(p.states(), string(jukebox.NowPlaying)) {
			return
		}
	}
	p.t.Errorf("after %v songs are left: %v", most, p.states())
}

func (o outcome) String() string {
	return fmt.Sprintf("played %s\nsilence %v\nhealth %s\nstates %s\ncalls %v", o.played, o.silence, o.health, o.states, o.calls)
}
