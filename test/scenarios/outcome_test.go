package scenarios_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// outcome is what came of a party.
type outcome struct {
	played  string // the songs that were heard, in order
	silence string // how long, between the first song and the end of the last one, but for the host's pauses
	health  string // the healths that were shown, in order
	states  string // of the party's songs in the end, by number: "PLAYED PLAYED QUEUED"
}

func (p *fixture) outcome() outcome {
	p.t.Helper()
	o := outcome{p.played(), p.silence().String(), p.health.String(), strings.Join(p.states(), " ")}
	if p.beside != nil {
		b := p.beside.outcome()
		o = outcome{o.played + beside + b.played, o.silence + beside + b.silence, o.health + beside + b.health, o.states + beside + b.states}
	}
	return o
}

// beside stands between two parties.
const beside = " / "

// played lists the songs that were heard, in order, in the words of the one who really played them.
func (p *fixture) played() string {
	var names []string
	for _, heard := range p.spotify.Heard(p.spotifyAccount.ID) {
		names = append(names, p.songName(heard.URI))
	}
	return strings.Join(names, " ")
}

// repeated lists the party's songs that were heard more than once.
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

// gaps are the times without sound: from the first song to the end of the last one, or to now if songs still wait. What the
// host paused is no gap, and an advertisement is a sound.
func (p *fixture) gaps() (gaps []sim.Silence) {
	heard := p.spotify.Heard(p.spotifyAccount.ID)
	for _, s := range p.spotify.Silences(p.spotifyAccount.ID) {
		over := s.From.Equal(heard[len(heard)-1].Ended) && !p.waiting()
		if !over && s.Why != "paused" && s.Why != "ad" && s.Why != "episode" {
			gaps = append(gaps, s)
		}
	}
	return gaps
}

func (p *fixture) silence() (silent time.Duration) {
	for _, gap := range p.gaps() {
		silent += gap.To.Sub(gap.From)
	}
	return silent
}

func (p *fixture) longestGap() (longest time.Duration) {
	for _, gap := range p.gaps() {
		longest = max(longest, gap.To.Sub(gap.From))
	}
	return longest
}

// states are the states of the party's songs, as they stand in the database.
func (p *fixture) states() []string {
	p.t.Helper()
	rows, err := p.reading.Query("SELECT id, state FROM queue_items WHERE room_id = ?", p.room.ID)
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

// waiting says that songs have yet to be played.
func (p *fixture) waiting() bool {
	p.t.Helper()
	return slices.ContainsFunc(p.states(), func(state string) bool { return unfinished(state) && state != string(party.NowPlaying) })
}

func unfinished(state string) bool {
	return state == string(party.Queued) || state == string(party.Committed) || state == string(party.NowPlaying)
}

// untilDone lets time pass until no song waits or plays any more; at most so long.
func (p *fixture) untilDone(most time.Duration) {
	p.t.Helper()
	for began := time.Now(); time.Since(began) < most; time.Sleep(10 * time.Second) {
		if !slices.ContainsFunc(p.states(), unfinished) {
			return
		}
	}
	p.t.Errorf("after %v songs are left: %v", most, p.states())
}

func (o outcome) String() string {
	return fmt.Sprintf("played %s\nsilence %s\nhealth %s\nstates %s", o.played, o.silence, o.health, o.states)
}

// untilLeft lets time pass until so much of the current song is left.
func (p *fixture) untilLeft(left time.Duration) {
	p.t.Helper()
	heard := p.spotify.Heard(p.spotifyAccount.ID)
	current := heard[len(heard)-1]
	time.Sleep(time.Until(current.Started.Add(lengthOf(p.spotify.tracks[current.URI]) + current.Paused - left)))
}
