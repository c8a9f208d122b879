package account_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

func TestSessionKeepsItsUserAcrossRefreshes(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		host, err := f.DemoLogin(f.Context(), "Otto")
		f.must(err)
		firsts := []*account.Session{f.newUser(party.GuestUser), f.newUser(party.ScreenUser), host}
		sessions := slices.Clone(firsts)
		for range 3 {
			f.age(29 * 24 * time.Hour) // each refresh starts the thirty days again
			for i, first := range firsts {
				sessions[i] = f.refresh(sessions[i].Refresh)
				viewer, err := f.tokens.Check(sessions[i].AccessToken)
				f.must(err)
				f.expect("user", viewer.UserID, first.User.UserID)
				f.expect("kind", string(viewer.Kind), string(first.User.Kind))
			}
		}
		f.age(31 * 24 * time.Hour)
		for _, s := range sessions {
			f.hasEnded(s.Refresh)
		}
		f.must(f.DeleteOldSessions(f.Context()))
		if n, _, err := account.StoredSessions(f.Context(), f.db, "nothing"); n != 0 || err != nil {
			f.Errorf("%d expired sessions are still stored (%v)", n, err)
		}
	})
}

func TestOnlyHashesOfRefreshTokensAreStored(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		s := f.newUser(party.GuestUser)
		if len(s.Refresh) < 43 { // 256 bits in base64
			f.Errorf("the refresh token has %d characters", len(s.Refresh))
		}
		if _, found, err := account.StoredSessions(f.Context(), f.db, s.Refresh); found || err != nil {
			f.Errorf("the database contains the refresh token itself (%v)", err)
		}
		for _, token := range []string{"", "guessed", s.AccessToken} {
			f.hasEnded(token)
		}
	})
}

// A refresh above the rate is refused without an exchange, so that the token stays valid.
func TestSessionIsNotRefreshedTooOften(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		s, done := f.newUser(party.GuestUser), 0
		var err error
		for next := s; err == nil && done < 1000; done++ {
			s = next
			next, err = f.RefreshSession(f.Context(), s.Refresh)
		}
		if party.CodeOf(err) != party.RateLimited || done < 50 {
			f.Errorf("after %d refreshes: %v, want RATE_LIMITED", done, err)
		}
		if unused, err := account.IsUnused(f.Context(), f.db, s.Refresh); err != nil || !unused {
			f.Errorf("the token of a refused refresh was exchanged (%v)", err)
		}
	})
}

func TestReusedRefreshTokenEndsItsFamily(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		first := f.newUser(party.GuestUser)
		elsewhere := f.signIn(first.User) // the same user on another device: a family of its own
		stolen := first.Refresh
		second := f.refresh(stolen)
		third := f.refresh(second.Refresh)
		f.age(11 * time.Second)
		f.hasEnded(stolen)
		f.hasEnded(third.Refresh)
		f.hasEnded(second.Refresh)
		f.expect("the other device's user", f.refresh(elsewhere.Refresh).User.UserID, first.User.UserID)
	})
}

func TestTabsMayRefreshWithTheSameTokenWithinTenSeconds(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		first := f.newUser(party.GuestUser)
		const tabs = 8
		got := make([]*account.Session, tabs)
		failed := make([]error, tabs)
		var all sync.WaitGroup
		for i := range tabs {
			all.Go(func() { got[i], failed[i] = f.RefreshSession(f.Context(), first.Refresh) })
		}
		all.Wait()
		seen := map[string]bool{}
		for i, s := range got {
			f.must(failed[i])
			f.expect("user", s.User.UserID, first.User.UserID)
			seen[s.Refresh] = true
		}
		if len(seen) != 1 {
			f.Errorf("%d different tokens for %d tabs", len(seen), tabs)
		}
		f.age(4 * time.Second)
		next := f.refresh(got[3].Refresh)
		f.age(5 * time.Second)
		f.expect("what a late tab goes on with", f.refresh(first.Refresh).Refresh, next.Refresh)
		f.age(2 * time.Second)
		f.hasEnded(first.Refresh) // eleven seconds are too late, and the whole family ends
		f.hasEnded(next.Refresh)
		f.hasEnded(got[5].Refresh)
	})
}

// However often a token is sent, and however long a session lasts, few rows of it are stored.
func TestSessionLeavesFewRows(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		rows := func() int {
			n, _, err := account.StoredSessions(f.Context(), f.db, "nothing")
			f.must(err)
			return n
		}
		s := f.newUser(party.GuestUser)
		first := s
		for range 30 {
			s = f.refresh(first.Refresh)
		}
		f.expect("rows after 30 refreshes with one token", fmt.Sprint(rows()), "2")
		for range 5 {
			f.age(time.Hour)
			s = f.refresh(f.refresh(s.Refresh).Refresh)
		}
		f.expect("rows after five hours", fmt.Sprint(rows()), "3")
		f.must(f.DeleteOldSessions(f.Context()))
		f.expect("rows within the grace period", fmt.Sprint(rows()), "3")
		f.age(11 * time.Second)
		f.must(f.DeleteOldSessions(f.Context()))
		f.expect("rows after it", fmt.Sprint(rows()), "1")
		f.hasEnded(first.Refresh) // which is not stored any longer, but still ends its family
		f.hasEnded(s.Refresh)
		f.expect("rows of an ended session", fmt.Sprint(rows()), "0")
	})
}

// Somebody who knows a session's id, which access tokens contain, cannot end it by a forged refresh token.
func TestForgedRefreshTokenEndsNothing(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		s := f.newUser(party.GuestUser)
		for _, forged := range []string{s.User.SessionID, s.Refresh[:20], s.User.SessionID + s.Refresh[30:]} {
			f.hasEnded(forged)
		}
		f.refresh(s.Refresh)
	})
}

func TestSigningOut(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		here := f.newUser(party.GuestUser)
		guest, there, other := f.as(here), f.signIn(here.User), f.newUser(party.GuestUser)

		f.wants(party.Unauthenticated, f.SignOut(f.Context(), ""))
		f.wants(party.Unauthenticated, f.SignOutEverywhere(f.Context(), "guessed"))
		next := f.refresh(here.Refresh)
		f.must(f.SignOut(f.Context(), next.Refresh))
		f.hasEnded(next.Refresh)
		f.hasEnded(here.Refresh)
		f.must(f.SignOut(guest, "")) // there is no session to end, but the client may forget its access token

		again := f.refresh(there.Refresh)
		third := f.signIn(here.User)
		f.must(f.SignOutEverywhere(f.Context(), again.Refresh))
		f.hasEnded(third.Refresh)
		f.hasEnded(again.Refresh)
		fourth := f.signIn(here.User)
		f.must(f.SignOutEverywhere(guest, ""))
		f.hasEnded(fourth.Refresh)
		f.refresh(other.Refresh) // another user's session stays
	})
}

// A refresh that runs at the same time as signing out everywhere leaves no session behind, whichever is first.
func TestSignOutEverywhereEndsConcurrentRefreshes(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		for range 10 {
			first := f.newUser(party.GuestUser)
			var all sync.WaitGroup
			tokens := make(chan string, 4)
			for range cap(tokens) {
				all.Go(func() {
					if s, err := f.RefreshSession(context.WithoutCancel(f.Context()), first.Refresh); err == nil {
						tokens <- s.Refresh
					}
				})
			}
			f.must(f.SignOutEverywhere(f.as(first), ""))
			all.Wait()
			close(tokens)
			for token := range tokens {
				f.hasEnded(token)
			}
		}
	})
}
