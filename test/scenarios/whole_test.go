package scenarios_test

import (
	"fmt"
	"time"

	"antwon.dj/backend/internal/party"
)

// maxHourlyCalls is how many calls one room's player may cause in an hour, whatever Spotify answers.
const maxHourlyCalls = 350

// wholeParty lets the party play to its end, and then ends all faults and looks. It fails the test if a song that
// counts as played was not heard to its end, if a silence was longer than most, if there were too many calls in an
// hour, or if no request met an expected fault or look.
func (p *fixture) wholeParty(most time.Duration) {
	p.t.Helper()
	p.untilDone(3 * time.Hour)
	if cut := p.cut(); len(cut) > 0 {
		p.t.Errorf("songs that count as played and were not heard to their ends: %v", cut)
	}
	if gap := p.longestGap(); gap > most {
		p.t.Errorf("nothing was heard for %v, want at most %v", gap, most)
	}
	if calls := p.spotify.playerCalls(time.Hour); calls > maxHourlyCalls {
		p.t.Errorf("%d calls in the busiest hour, want at most %d: %v", calls, maxHourlyCalls, p.spotify.calls(time.Time{}))
	}
	if n := p.injected(); n < p.faults {
		p.t.Errorf("%d faults and looks were expected, %d happened: %v", p.faults, n, p.spotify.Injected())
	}
	p.heal()
}

// cut returns the songs that count as played although they were not heard to their ends.
func (p *fixture) cut() (cut []string) {
	states := p.states()
	for _, play := range p.spotify.Plays(p.account.ID) {
		for i, state := range states {
			if p.songName(play.URI) == fmt.Sprint(i+1) && state == string(party.Played) && !play.Full {
				cut = append(cut, fmt.Sprint(i+1))
			}
		}
	}
	return cut
}

// shown returns what the room shows of its player.
func (p *fixture) shown() *party.Playback {
	p.t.Helper()
	shown, err := p.server.RoomPlayback(p.host, p.room)
	must(p.t, err)
	return shown
}
