package account_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// connect goes to Spotify and comes back with a code, or with what change makes of the answer.
func (f *fixture) connect(host context.Context, code string, change func(*account.SpotifyAnswer)) (string, error) {
	f.Helper()
	page := "/host"
	begun, err := f.ConnectSpotify(host, &page)
	f.must(err)
	answer := account.SpotifyAnswer{State: f.spotify.state, Browser: begun.Browser, Code: code}
	if change != nil {
		change(&answer)
	}
	_, returnTo, err := f.CompleteSpotify(f.Context(), answer)
	return returnTo, err
}

// connected returns the display name of a host's Spotify account, or nothing.
func (f *fixture) connected(host context.Context) string {
	f.Helper()
	profile, err := f.Profile(host)
	f.must(err)
	if !profile.Spotify.Connected {
		return ""
	}
	return *profile.Spotify.DisplayName
}

func TestConnectingSpotify(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		host := f.newHost()
		page, err := f.connect(host, "mine", nil)
		f.must(err)
		f.expect("page", page, "/host")
		f.expect("account", f.connected(host), "Account mine")

		_, err = f.connect(host, "other", func(a *account.SpotifyAnswer) { a.Browser = "another" })
		f.wants(party.BadUserInput, err)
		_, err = f.connect(host, "other", func(a *account.SpotifyAnswer) { a.State = "invented" })
		f.wants(party.BadUserInput, err)
		page, err = f.connect(host, "", func(a *account.SpotifyAnswer) { a.Error = "access_denied" })
		f.wants(party.Forbidden, err)
		f.expect("page after a refusal", page, "/host")
		var used account.SpotifyAnswer
		_, err = f.connect(host, "mine", func(a *account.SpotifyAnswer) { used = *a })
		f.must(err)
		_, _, err = f.CompleteSpotify(f.Context(), used)
		f.wants(party.BadUserInput, err)
		f.expect("account", f.connected(host), "Account mine")

		_, err = f.connect(f.newHost(), "mine", nil)
		f.wants(party.Forbidden, err) // it is connected to the first host
		_, err = f.ConnectSpotify(f.as(f.newUser(party.GuestUser)), nil)
		f.wants(party.Forbidden, err)
	})
}

func TestDeletedSpotifyAccountCanBeConnectedAgain(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		host := f.newHost()
		for range 2 {
			_, err := f.connect(host, "mine", nil)
			f.must(err)
			for range 2 { // deleting it twice is no error
				_, err := f.DeleteSpotifyAccount(host)
				f.must(err)
			}
			f.expect("account", f.connected(host), "")
		}
	})
}

func TestConnectingReturnsToAllowedPagesOnly(t *testing.T) {
	f := newFixture(t, testdb.SQLite(t))
	host := f.newHost()
	for page, good := range map[string]bool{
		"/host": true, "/r/PARTY?x=1#y": true, "http://party.test/host": true, "https://front.test/a": true,
		"": false, "host": false, "//evil.test": false, "/\\evil.test": false, "http://evil.test/": false,
		"https://party.test/": false, "https://front.test.evil.test/": false, "https://front.test@evil.test/": false,
		"javascript:alert(1)": false, "/a\r\nSet-Cookie: x": false, "/" + strings.Repeat("a", 2000): false,
	} {
		_, err := f.ConnectSpotify(host, &page)
		if (err == nil) != good {
			t.Errorf("%.40q: %v", page, err)
		}
	}
}

func TestAuthorizationExpiresAfterTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, testdb.SQLite(t))
		host := f.newHost()
		_, err := f.connect(host, "mine", func(*account.SpotifyAnswer) { time.Sleep(11 * time.Minute) })
		f.wants(party.BadUserInput, err)
		_, err = f.ConnectSpotify(host, nil)
		f.must(err)
		time.Sleep(11 * time.Minute)
		f.must(f.DeleteOldAuthorizations(f.Context()))
		if left, err := account.CountAuthorizations(f.Context(), f.db); left != 0 || err != nil {
			t.Errorf("%d authorizations are left (%v)", left, err)
		}
	})
}

func TestHostsAreWarnedInTheLastMonthOfTheirAuthorization(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, testdb.SQLite(t))
		host := f.newHost()
		_, err := f.connect(host, "mine", nil)
		f.must(err)
		warned := func() bool {
			profile, err := f.Profile(host)
			f.must(err)
			return profile.Spotify.ReconnectSoon
		}
		if warned() {
			t.Error("warned at once")
		}
		time.Sleep(5 * 31 * 24 * time.Hour)
		if !warned() {
			t.Error("not warned after five months")
		}
	})
}

func TestOneServerRefreshesTokensAtATime(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		host := f.newHost()
		_, err := f.connect(host, "mine", nil)
		f.must(err)
		viewer, err := account.ViewerFrom(host)
		f.must(err)
		store, id := account.NewCredentialStore(f.db), viewer.UserID
		begin := func(life time.Duration) bool {
			f.Helper()
			reserved, err := store.BeginSpotifyRefresh(f.Context(), id, life)
			f.must(err)
			return reserved
		}
		got := []bool{begin(time.Minute), begin(time.Minute)}
		f.must(store.EndSpotifyRefresh(f.Context(), id))
		got = append(got, begin(time.Minute), begin(time.Minute))
		f.must(store.SaveSpotifyTokens(f.Context(), id, []byte("new")))
		got = append(got, begin(-time.Second), begin(time.Minute)) // the first of these expired without being ended
		if want := []bool{true, false, true, false, true, true}; !slices.Equal(got, want) {
			f.Errorf("reserved %v, want %v", got, want)
		}
	})
}

// A host who begins again and again leaves ten authorizations, and can complete the latest.
func TestAuthorizationsThatNobodyFinishesAreBounded(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		otto := f.newHost()
		var last *account.SpotifyAuthorization
		for range 30 {
			var err error
			last, err = f.ConnectSpotify(otto, nil)
			f.must(err)
		}
		if n, err := account.CountAuthorizations(f.Context(), f.db); n != 10 || err != nil {
			f.Errorf("%d authorizations are stored (%v)", n, err)
		}
		answer := account.SpotifyAnswer{State: f.spotify.state, Browser: last.Browser, Code: "otto"}
		_, _, err := f.CompleteSpotify(f.Context(), answer)
		f.must(err)
	})
}

// Tokens of the largest size that the column has are stored and read back as they are, and larger ones are refused.
func TestLargestTokensAreStored(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		host := f.newHost()
		_, err := f.connect(host, "mine", nil)
		f.must(err)
		viewer, err := account.ViewerFrom(host)
		f.must(err)
		store := account.NewCredentialStore(f.db)
		tokens := bytes.Repeat([]byte{0, 0xff, '\'', '\\', 'x'}, 65_535/5)
		f.must(store.SaveSpotifyTokens(f.Context(), viewer.UserID, tokens))
		if got, err := store.SpotifyCredentials(f.Context(), viewer.UserID); err != nil ||
			!bytes.Equal(got.EncryptedTokens, tokens) {
			f.Errorf("%d bytes were stored, and %d read: %v", len(tokens), len(got.EncryptedTokens), err)
		}
		if err := store.SaveSpotifyTokens(f.Context(), viewer.UserID, append(tokens, 'x')); err == nil {
			f.Error("a byte more was stored")
		}
	})
}
