package account_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// adoptNothing is for logins of browsers that were no guests.
func adoptNothing(context.Context, string, string) error { return nil }

// login signs a host in, in a browser with this refresh token, or without one.
func (f *fixture) login(who, refresh string) *account.Session {
	f.Helper()
	begun, err := f.BeginLogin(f.Context(), "/host")
	f.must(err)
	answer := account.LoginAnswer{State: f.provider.state, Browser: begun.Browser, Code: who, Refresh: refresh}
	page, s, err := f.CompleteLogin(f.Context(), answer, adoptNothing)
	f.must(err)
	f.expect("page", page, "/host")
	return s
}

func TestLoginIsForOneBrowserOnceWithinTenMinutes(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		begin := func() account.LoginAnswer {
			begun, err := f.BeginLogin(f.Context(), "/host")
			f.must(err)
			return account.LoginAnswer{State: f.provider.state, Browser: begun.Browser, Code: "hanna"}
		}
		refused := func(what string, answer account.LoginAnswer) {
			f.Helper()
			page, s, err := f.CompleteLogin(f.Context(), answer, adoptNothing)
			if f.wants(party.BadUserInput, err).Field != "state" || page != "" || s != nil {
				f.Errorf("%s: %q, %v, %v", what, page, s, err)
			}
		}
		mine, theirs := begin(), begin()
		foreign := theirs
		foreign.Browser = mine.Browser
		refused("another browser's state", foreign)
		refused("a state that another browser has presented", theirs)
		refused("no state", account.LoginAnswer{Code: "hanna"})
		invented := account.LoginAnswer{State: strings.Repeat("A", 26), Browser: mine.Browser, Code: "hanna"}
		refused("an invented state", invented)
		late := begin()
		f.age(11 * time.Minute)
		refused("an expired state", late)

		answer := begin()
		_, s, err := f.CompleteLogin(f.Context(), answer, adoptNothing)
		f.must(err)
		f.expect("kind", string(s.User.Kind), "HOST")
		refused("a used state", answer)

		denied := begin()
		denied.Code, denied.Error = "", "access_denied"
		page, _, err := f.CompleteLogin(f.Context(), denied, adoptNothing)
		f.wants(party.Forbidden, err)
		f.expect("page", page, "/host")
	})
}

func TestLoginReturnsToAllowedPagesOnly(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		for _, elsewhere := range []string{
			"https://evil.example", "//evil.example", `/\evil.example`, "javascript:alert(1)", "", "host",
		} {
			_, err := f.BeginLogin(f.Context(), elsewhere)
			f.expect("returning to "+elsewhere, f.wants(party.BadUserInput, err).Field, "returnTo")
		}
	})
}

func TestHostIsTheSameUserAtEachLogin(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		first, other := f.login("hanna", ""), f.login("otto", "")
		f.provider.people["hanna"] = account.Identity{
			Issuer: "https://provider.test", Subject: "1", Names: []string{"a\nb", strings.Repeat("Hanna ", 20)},
			PictureURL: "https://pictures.test/1",
		}
		f.provider.people["impostor"] = account.Identity{Issuer: "https://other.test", Subject: "1"}
		again, impostor := f.login("hanna", first.Refresh), f.login("impostor", "")
		f.expect("user", again.User.UserID, first.User.UserID)
		for _, s := range []*account.Session{other, impostor} {
			if s.User.UserID == first.User.UserID {
				f.Error("two people are one user")
			}
		}
		f.hasEnded(first.Refresh) // the browser has another session now
		profile, err := f.Profile(f.as(again))
		f.must(err)
		f.expect("name", *profile.User.OwnName, strings.TrimSpace(strings.Repeat("Hanna ", 20)[:40]))
		f.expect("picture", *profile.PictureURL, "https://pictures.test/1")
		if profile.Email != nil || profile.EmailVerified {
			f.Errorf("the provider no longer gives an address, and the profile is still %v", profile)
		}
		next, err := f.Logout(f.Context(), again.Refresh)
		f.must(err)
		f.expect("next", next, "https://provider.test/logout?to=http://party.test/")
		f.hasEnded(again.Refresh)
	})
}

// Logins that nobody finishes are limited for each address and for all together, and deleted once they have expired.
func TestLoginsThatNobodyFinishesAreBounded(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		begin := func(address string) error {
			_, err := f.BeginLogin(account.WithCaller(f.Context(), account.Caller{Address: address}), "/host")
			return err
		}
		one, all := 0, 0
		for ; one < 400 && begin("192.0.2.1") == nil; one++ {
		}
		f.wants(party.RateLimited, begin("192.0.2.1"))
		for all = one; all < 1000 && begin(fmt.Sprintf("192.0.2.%d", 2+all/50)) == nil; all++ {
		}
		if one < 300 || one > 390 || all < 600 || all > 900 {
			f.Errorf("%d logins were begun at one address and %d at all", one, all)
		}
		f.wants(party.RateLimited, begin("198.51.100.1"))
		f.age(11 * time.Minute)
		f.must(f.DeleteOldSessions(f.Context()))
		if n, err := f.db.Read.Login.Query().Count(f.Context()); n != 0 || err != nil {
			f.Errorf("%d expired logins are stored (%v)", n, err)
		}
	})
}
