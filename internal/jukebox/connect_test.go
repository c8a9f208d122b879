package jukebox_test

import (
	"fmt"
	"testing"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
)

// connect goes to Spotify and comes back with a code, or with what change makes of the answer.
func (p *fixture) connect(code string, change func(*account.SpotifyAnswer)) (string, error) {
	p.Helper()
	asked, err := p.ConnectSpotify(p.host, pointer("/host"))
	p.must(err)
	answer := account.SpotifyAnswer{State: p.catalog.state, Browser: asked.Browser, Code: code}
	if change != nil {
		change(&answer)
	}
	return p.FinishSpotify(p.Context(), answer)
}

func (p *fixture) spotify() string {
	p.Helper()
	profile, err := p.Profile(p.host)
	p.must(err)
	if !profile.Spotify.Connected {
		return ""
	}
	return *profile.Spotify.DisplayName
}

func TestDisconnectingDeletesTheAccountAndTellsTheDriver(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		_, err := p.connect("mine", nil)
		p.must(err)
		p.expect("account", p.spotify(), "Account mine")
		before := p.version()
		p.must(p.DisconnectSpotify(p.host))
		p.must(p.DisconnectSpotify(p.host))
		p.expect("account", p.spotify(), "")
		left, err := jukebox.Count(p.Context(), p.store,
			"SELECT COUNT(*) FROM spotify_accounts WHERE display_name = 'Account mine'")
		p.must(err)
		p.expect("rows", fmt.Sprint(left), "0")
		if len(p.catalog.forgot) != 2 || p.version() == before {
			p.Errorf("forgotten %v, and version %d after %d; want 2 calls and a newer version",
				p.catalog.forgot, p.version(), before)
		}
		_, err = p.connect("mine", nil)
		p.must(err)
	})
}
