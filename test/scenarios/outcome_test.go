package scenarios_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// outcome is how a party went.
type outcome struct {
	played string // the songs that were heard, in order
	// how long nothing was heard between the first song and the end of the last one, without the host's pauses
	silence string
	health  string // the healths that were shown, in order
	states  string // of the party's songs at the end, by number: "PLAYED PLAYED QUEUED"
}

func (p *fixture) outcome() outcome {
	p.t.Helper()
	o := outcome{
		played: p.played(), silence: p.silence().String(), health: p.health.String(), states: strings.Join(p.states(), " "),
	}
	if p.beside != nil {
		b := p.beside.outcome()
		o.played, o.silence = o.played+beside+b.played, o.silence+beside+b.silence
		o.health, o.states = o.health+beside+b.health, o.states+beside+b.states
	}
	return o
}

// beside separates the outcomes of two parties.
const beside = " / "

// played returns the songs that were heard, in order, according to the simulated Spotify.
func (p *fixture) played() string {
	var names []string
	for _, heard := range p.spotify.Plays(p.account.ID) {
		names = append(names, p.songName(heard.URI))
	}
	return strings.Join(names, " ")
}

// repeated returns the party's songs that were heard more than once.
func (p *fixture) repeated() (again []string) {
	heard := map[string]bool{}
	for _, name := range strings.Fields(p.played()) {
		if heard[name] && name != other {
			again = append(again, name)
		}
		heard[name] = true
	}
	return again
}

// gaps returns the times without sound from the first song to the end of the last one, or until now if songs still
// wait. A pause of the host is not a gap, and whatever else the player plays is a sound.
func (p *fixture) gaps() (gaps []sim.Silence) {
	heard := p.spotify.Plays(p.account.ID)
	for _, s := range p.spotify.Silences(p.account.ID) {
		over := s.From.Equal(heard[len(heard)-1].Ended) && !p.waiting()
		if !over && !slices.Contains([]string{"paused", "ad", "episode", "local", "unknown"}, s.Why) {
			gaps = append(gaps, s)
		}
	}
	return gaps
}

// silence returns the sum of all gaps.
func (p *fixture) silence() (silent time.Duration) {
	for _, gap := range p.gaps() {
		silent += gap.To.Sub(gap.From)
	}
	return silent
}

// longestGap returns the longest gap.
func (p *fixture) longestGap() (longest time.Duration) {
	for _, gap := range p.gaps() {
		longest = max(longest, gap.To.Sub(gap.From))
	}
	return longest
}

// states returns the states of the party's songs in the database, by number.
func (p *fixture) states() []string {
	p.t.Helper()
	rows, err := p.reading.QueryContext(p.t.Context(), "SELECT id, state FROM queue_items WHERE room_id = ?", p.room.ID)
	must(p.t, err)
	defer rows.Close()
	byID := map[string]string{}
	for rows.Next() {
		var id, state string
		must(p.t, rows.Scan(&id, &state))
		byID[id] = state
	}
	must(p.t, rows.Err())
	states := make([]string, len(p.items))
	for i, item := range p.items {
		states[i] = byID[item.ID]
	}
	return states
}

// waiting reports whether songs still have to be played.
func (p *fixture) waiting() bool {
	p.t.Helper()
	return slices.ContainsFunc(
		p.states(), func(state string) bool { return unfinished(state) && state != string(party.NowPlaying) },
	)
}

func unfinished(state string) bool {
	return state == string(party.Queued) || state == string(party.Committed) || state == string(party.NowPlaying)
}

// untilDone lets time pass until no song waits or plays, but not longer than most.
func (p *fixture) untilDone(most time.Duration) {
	p.t.Helper()
	for began := time.Now(); time.Since(began) < most; time.Sleep(10 * time.Second) {
		if !slices.ContainsFunc(p.states(), unfinished) {
			return
		}
	}
	p.t.Errorf("songs are left after %v: %v", most, p.states())
}

func (o outcome) String() string {
	return fmt.Sprintf("played %s\nsilence %s\nhealth %s\nstates %s", o.played, o.silence, o.health, o.states)
}

// untilLeft lets time pass until the given time is left of the current song; if left is negative, until that long after
// the song's end.
func (p *fixture) untilLeft(left time.Duration) {
	p.t.Helper()
	heard := p.spotify.Plays(p.account.ID)
	current := heard[len(heard)-1]
	time.Sleep(time.Until(current.Started.Add(lengthOf(p.spotify.tracks[current.URI]) + current.Paused - left)))
}
