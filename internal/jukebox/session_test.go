package jukebox_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

func (p *fixture) refresh(token string) *account.Session {
	p.Helper()
	session, err := p.RefreshSession(p.Context(), token)
	p.must(err)
	return session
}

// ended checks that a refresh token is good no more.
func (p *fixture) ended(token string) {
	p.Helper()
	_, err := p.RefreshSession(p.Context(), token)
	p.wants(party.Unauthenticated, err)
}

func (p *fixture) age(by time.Duration) {
	p.Helper()
	p.must(jukebox.Age(p.Context(), p.store, by))
}

func TestSessionIsTheSameUserAfterEachRefresh(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		joined, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
		p.must(err)
		watching, err := p.WatchRoom(p.Context(), "PARTY")
		p.must(err)
		host, err := p.DemoLogin(p.Context(), "Otto")
		p.must(err)
		firsts := []*account.Session{&joined.Session, &watching.Session, host}
		sessions := slices.Clone(firsts)
		for range 3 {
			p.age(29 * 24 * time.Hour) // each refresh begins the thirty days anew
			for i, first := range firsts {
				sessions[i] = p.refresh(sessions[i].Refresh)
				viewer, err := p.tokens.Check(sessions[i].AccessToken)
				p.must(err)
				p.expect("user", viewer.UserID, first.User.UserID)
				p.expect("kind", string(viewer.Kind), string(first.User.Kind))
			}
		}
		p.age(31 * 24 * time.Hour)
		for _, session := range sessions {
			p.ended(session.Refresh)
		}
		p.must(p.DeleteOldSessions(p.Context()))
		if n, _, err := jukebox.KeptSessions(p.Context(), p.store, "nothing"); n != 0 || err != nil {
			p.Errorf("%d sessions are kept that have ended (%v)", n, err)
		}
	})
}

func TestOnlyHashesOfRefreshTokensAreKept(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		joined, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
		p.must(err)
		if token := joined.Session.Refresh; len(token) < 43 { // 256 bits in base64
			p.Errorf("the refresh token has %d characters", len(token))
		}
		if _, found, err := jukebox.KeptSessions(p.Context(), p.store, joined.Session.Refresh); found || err != nil {
			p.Errorf("the database has the refresh token itself (%v)", err)
		}
		for _, token := range []string{"", "guessed", joined.Session.AccessToken} {
			p.ended(token)
		}
	})
}

func TestStolenRefreshTokenEndsTheFamily(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		joined, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
		p.must(err)
		other := p.as(&joined.Session)
		elsewhere, err := p.JoinRoom(other, "PARTY", "Gina") // the same user on another device: a family of its own
		p.must(err)
		stolen := joined.Session.Refresh
		second := p.refresh(stolen)
		third := p.refresh(second.Refresh)
		p.age(11 * time.Second)
		p.ended(stolen)
		p.ended(third.Refresh)
		p.ended(second.Refresh)
		p.expect("the other device's user", p.refresh(elsewhere.Session.Refresh).User.UserID, joined.Session.User.UserID)
	})
}

func TestTwoTabsRefreshAtOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		joined, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
		p.must(err)
		const tabs = 8
		got := make([]*account.Session, tabs)
		failed := make([]error, tabs)
		var all sync.WaitGroup
		for i := range tabs {
			all.Go(func() { got[i], failed[i] = p.RefreshSession(p.Context(), joined.Session.Refresh) })
		}
		all.Wait()
		seen := map[string]bool{}
		for i, session := range got {
			p.must(failed[i])
			p.expect("user", session.User.UserID, joined.Session.User.UserID)
			seen[session.Refresh] = true
		}
		if len(seen) != tabs {
			p.Errorf("%d different tokens for %d tabs", len(seen), tabs)
		}
		p.age(9 * time.Second)
		last := p.refresh(joined.Session.Refresh)
		p.refresh(got[3].Refresh)
		p.age(2 * time.Second)
		p.ended(joined.Session.Refresh) // eleven seconds are too late, and all of the family pay for it
		p.ended(last.Refresh)
		p.ended(got[5].Refresh)
	})
}

func TestSigningOut(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		here, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
		p.must(err)
		guest := p.as(&here.Session)
		there, err := p.JoinRoom(guest, "PARTY", "Gina")
		p.must(err)
		other, err := p.JoinRoom(p.Context(), "PARTY", "Olga")
		p.must(err)

		p.wants(party.Unauthenticated, p.SignOut(p.Context(), ""))
		p.wants(party.Unauthenticated, p.SignOutEverywhere(p.Context(), "guessed"))
		next := p.refresh(here.Session.Refresh)
		p.must(p.SignOut(p.Context(), next.Refresh))
		p.ended(next.Refresh)
		p.ended(here.Session.Refresh)
		p.must(p.SignOut(guest, "")) // nothing to end but what the client forgets by itself

		again := p.refresh(there.Session.Refresh)
		third, err := p.JoinRoom(guest, "PARTY", "Gina")
		p.must(err)
		p.must(p.SignOutEverywhere(p.Context(), again.Refresh))
		p.ended(third.Session.Refresh)
		p.ended(again.Refresh)
		fourth, err := p.JoinRoom(guest, "PARTY", "Gina")
		p.must(err)
		p.must(p.SignOutEverywhere(guest, ""))
		p.ended(fourth.Session.Refresh)
		p.refresh(other.Session.Refresh) // nobody else's business
	})
}

// Whoever refreshes while the user signs out everywhere is out afterwards, whichever was first.
func TestNobodySlipsThroughASignOut(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for range 10 {
			joined, err := p.JoinRoom(p.Context(), "PARTY", "Gina")
			p.must(err)
			guest := p.as(&joined.Session)
			var all sync.WaitGroup
			tokens := make(chan string, 4)
			for range cap(tokens) {
				all.Go(func() {
					if session, err := p.RefreshSession(context.WithoutCancel(p.Context()), joined.Session.Refresh); err == nil {
						tokens <- session.Refresh
					}
				})
			}
			p.must(p.SignOutEverywhere(guest, ""))
			all.Wait()
			close(tokens)
			for token := range tokens {
				p.ended(token)
			}
		}
	})
}
