package jukebox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// connect goes to Spotify and comes back with a code, or with what answer makes of it.
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

func TestConnectingSpotify(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		page, err := p.connect("mine", nil)
		p.must(err)
		p.expect("page", page, "/host")
		p.expect("account", p.spotify(), "Account mine")

		_, err = p.connect("other", func(a *account.SpotifyAnswer) { a.Browser = "another" })
		p.wants(party.BadUserInput, err)
		_, err = p.connect("other", func(a *account.SpotifyAnswer) { a.State = "invented" })
		p.wants(party.BadUserInput, err)
		page, err = p.connect("", func(a *account.SpotifyAnswer) { a.Error = "access_denied" })
		p.wants(party.Forbidden, err)
		p.expect("page after a refusal", page, "/host")
		var used account.SpotifyAnswer
		_, err = p.connect("mine", func(a *account.SpotifyAnswer) { used = *a })
		p.must(err)
		_, err = p.FinishSpotify(p.Context(), used)
		p.wants(party.BadUserInput, err)
		p.expect("account", p.spotify(), "Account mine")

		other := *p
		other.host = p.newHost("Otto")
		_, err = other.connect("mine", nil)
		p.wants(party.Forbidden, err) // it is connected to the first host
		_, err = p.ConnectSpotify(p.join("Gina"), nil)
		p.wants(party.Forbidden, err)
	})
}

func TestDisconnectingForgetsTheAccount(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		_, err := p.connect("mine", nil)
		p.must(err)
		before := p.version()
		p.must(p.DisconnectSpotify(p.host))
		p.must(p.DisconnectSpotify(p.host))
		p.expect("account", p.spotify(), "")
		left, err := jukebox.Count(p.Context(), p.store, "SELECT COUNT(*) FROM spotify_accounts WHERE display_name = 'Account mine'")
		p.must(err)
		p.expect("rows", fmt.Sprint(left), "0")
		if len(p.catalog.forgot) != 2 || p.version() == before {
			t.Errorf("forgotten %v, and the player's driver is told at version %d after %d", p.catalog.forgot, p.version(), before)
		}
		_, err = p.connect("mine", nil)
		p.must(err)
	})
}

func TestReturnToIsAPageOfOurs(t *testing.T) {
	p := newParty(t, testdb.SQLite(t))
	for page, good := range map[string]bool{
		"/host": true, "/r/PARTY?x=1#y": true, "http://party.test/host": true, "https://front.test/a": true,
		"": false, "host": false, "//evil.test": false, "/\\evil.test": false, "http://evil.test/": false, "https://party.test/": false,
		"https://front.test.evil.test/": false, "https://front.test@evil.test/": false, "javascript:alert(1)": false,
		"/a\r\nSet-Cookie: x": false, "/" + strings.Repeat("a", 2000): false,
	} {
		_, err := p.ConnectSpotify(p.host, &page)
		if (err == nil) != good {
			t.Errorf("%.40q: %v", page, err)
		}
	}
}

func TestAnAuthorizationEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		asked, err := p.ConnectSpotify(p.host, nil)
		p.must(err)
		time.Sleep(11 * time.Minute)
		_, err = p.FinishSpotify(p.Context(), account.SpotifyAnswer{State: p.catalog.state, Browser: asked.Browser, Code: "mine"})
		p.wants(party.BadUserInput, err)
		_, err = p.ConnectSpotify(p.host, nil)
		p.must(err)
		time.Sleep(11 * time.Minute)
		p.must(p.DeleteOldAuthorizations(p.Context()))
		left, err := jukebox.Count(p.Context(), p.store, "SELECT COUNT(*) FROM spotify_authorizations")
		p.must(err)
		p.expect("left", fmt.Sprint(left), "0")
	})
}

func TestHostsAreWarnedInTheLastMonth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		warned := func() bool {
			profile, err := p.Profile(p.host)
			p.must(err)
			return profile.Spotify.ReconnectSoon
		}
		if warned() {
			t.Error("warned at once")
		}
		p.Close() // nothing need run meanwhile
		time.Sleep(5 * 31 * 24 * time.Hour)
		if !warned() {
			t.Error("not warned after five months")
		}
	})
}

func TestOneServerRefreshesTokensAtATime(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		accounts, host := account.NewCredentialStore(p.store), p.room.HostID
		begin := func(life time.Duration) bool {
			t.Helper()
			taken, err := accounts.BeginSpotifyRefresh(p.Context(), host, life)
			p.must(err)
			return taken
		}
		got := []bool{begin(time.Minute), begin(time.Minute)}
		p.must(accounts.EndSpotifyRefresh(p.Context(), host))
		got = append(got, begin(time.Minute), begin(time.Minute))
		p.must(accounts.SaveSpotifyTokens(p.Context(), host, []byte("new")))
		got = append(got, begin(-time.Second), begin(time.Minute)) // the first of them never gave it back
		if want := []bool{true, false, true, false, true, true}; !slices.Equal(got, want) {
			t.Errorf("taken %v, want %v", got, want)
		}
	})
}
