package account_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// However a session ends, its access token ends with it: here at once, and at another server with its next load.
func TestAccessTokenEndsWithItsSession(t *testing.T) {
	for name, end := range map[string]func(f *fixture, s *account.Session){
		"signed out by the cookie": func(f *fixture, s *account.Session) { f.must(f.SignOut(f.Context(), s.Refresh)) },
		"signed out by the token":  func(f *fixture, s *account.Session) { f.must(f.SignOut(f.as(s), "")) },
		"signed out everywhere, by another session": func(f *fixture, s *account.Session) {
			f.must(f.SignOutEverywhere(f.as(f.signIn(s.User)), ""))
		},
		"signed out everywhere, by the cookie": func(f *fixture, s *account.Session) {
			f.must(f.SignOutEverywhere(f.Context(), s.Refresh))
		},
		"signed in as a host": func(f *fixture, s *account.Session) { f.login("hanna", s.Refresh) },
		"logged out": func(f *fixture, s *account.Session) {
			_, err := f.Logout(f.Context(), s.Refresh)
			f.must(err)
		},
		"a stolen refresh token": func(f *fixture, s *account.Session) {
			f.refresh(s.Refresh)
			f.age(11 * time.Second)
			f.hasEnded(s.Refresh)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBothDatabases(t, func(f *fixture) {
				s, other := f.newUser(party.GuestUser), f.newUser(party.GuestUser)
				elsewhere := f.server()
				f.must(elsewhere.LoadEnded(f.Context()))
				closed := 0
				f.OnEnded(func() { closed++ })
				for _, server := range []*account.Accounts{f.Accounts, elsewhere} {
					_, err := server.Authenticate(s.AccessToken)
					f.must(err)
				}
				end(f, s)
				if closed != 1 {
					f.Errorf("open connections were closed %d times", closed)
				}
				f.must(elsewhere.LoadEnded(f.Context()))
				restarted := f.server()
				f.must(restarted.LoadEnded(f.Context()))
				for _, server := range []*account.Accounts{f.Accounts, elsewhere, restarted} {
					_, err := server.Authenticate(s.AccessToken)
					f.wants(party.Unauthenticated, err)
					viewer, err := server.Authenticate(other.AccessToken)
					f.must(err)
					if server.HasEnded(viewer.SessionID) {
						f.Error("another user's session has ended, too")
					}
				}
			})
		})
	}
}

// Signing out ends one session, and leaves those of the user's other browsers alone.
func TestSigningOutLeavesOtherSessionsAlone(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		here := f.newUser(party.GuestUser)
		there := f.signIn(here.User)
		f.must(f.SignOut(f.as(here), here.Refresh))
		_, err := f.Authenticate(there.AccessToken)
		f.must(err)
		f.refresh(there.Refresh)
	})
}

// A user who signs in with nothing but their own access token gets a session that lasts no longer.
func TestAccessTokenMakesNoLongerSession(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		s := f.newUser(party.GuestUser)
		before, err := f.tokens.Check(s.AccessToken)
		f.must(err)
		again, err := f.SignIn(f.as(s), s.User)
		f.must(err)
		after, err := f.tokens.Check(again.AccessToken)
		f.must(err)
		if again.Refresh != "" || after.SessionID != before.SessionID || after.ExpiresAt.After(before.ExpiresAt) {
			f.Errorf("got %+v and the refresh token %q, for %+v", after, again.Refresh, before)
		}
	})
}

// A server loads sessions that ended elsewhere when a hint comes, and every five seconds in case none does.
func TestEndedSessionsReachOtherServers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		f := newFixture(t, url)
		elsewhere, closed := f.server(), make(chan struct{}, 10)
		elsewhere.OnEnded(func() { closed <- struct{}{} })
		f.must(elsewhere.LoadEnded(f.Context()))
		ctx, stop := context.WithCancel(f.Context())
		done := make(chan error, 1)
		go func() { done <- elsewhere.WatchEnded(ctx) }()
		for _, silent := range []bool{false, true} {
			sender := f.Accounts
			if silent { // hints are lost
				f.bus = nil
				sender = f.server()
			}
			s := f.newUser(party.GuestUser)
			f.must(sender.SignOut(f.Context(), s.Refresh))
			<-closed
			_, err := elsewhere.Authenticate(s.AccessToken)
			f.wants(party.Unauthenticated, err)
		}
		stop()
		f.must(<-done)
	})
}

// When more sessions end than a server remembers, it refuses all tokens that are as old as those it has forgotten.
func TestForgottenSessionsStayEnded(t *testing.T) {
	f := newFixture(t, testdb.SQLite(t))
	synctest.Test(t, func(t *testing.T) {
		mint := func(session string) string {
			token, _, err := f.tokens.Mint(account.Viewer{UserID: "u", SessionID: session, Kind: party.GuestUser})
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		ended := mint("0")
		for n := range account.EndedCached + 1 {
			f.RememberEnded(fmt.Sprint(n), time.Now())
			time.Sleep(time.Millisecond)
		}
		if n := f.CountEnded(); n > account.EndedCached {
			t.Errorf("%d sessions are remembered", n)
		}
		if _, err := f.Authenticate(ended); party.CodeOf(err) != party.Unauthenticated {
			t.Errorf("the token of a forgotten session: %v, want Unauthenticated", err)
		}
		time.Sleep(time.Minute)
		if _, err := f.Authenticate(mint("another")); err != nil {
			t.Errorf("a new token: %v", err)
		}
	})
}

func TestRecordsOfEndedSessionsAreDeleted(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		f.must(f.SignOut(f.Context(), f.newUser(party.GuestUser).Refresh))
		for _, want := range []int{1, 0} {
			f.must(f.DeleteOldSessions(f.Context()))
			n, err := f.db.Read.EndedSession.Query().Count(f.Context())
			f.must(err)
			if n != want {
				f.Errorf("%d sessions are recorded as ended, want %d", n, want)
			}
			f.age(account.EndedKept + time.Minute)
		}
	})
}

// A Spotify authorization is not completed if the host who began it is signed out meanwhile.
func TestSigningOutEndsConnectingSpotify(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		host := f.newHost()
		_, err := f.connect(host, "account", func(*account.SpotifyAnswer) { f.must(f.SignOutEverywhere(host, "")) })
		f.wants(party.BadUserInput, err)
		if name := f.connected(host); name != "" {
			f.Errorf("connected to %s", name)
		}
	})
}

// If a client goes away once its session has ended, the rest of signing out is still done, and succeeds.
func TestSigningOutGoesOnWithoutItsClient(t *testing.T) {
	onBothDatabases(t, func(f *fixture) {
		here := f.newUser(party.GuestUser)
		request, goAway := context.WithCancel(f.Context())
		var told []string
		f.OnSignedOut(func(ctx context.Context, users []string) {
			goAway()
			f.must(ctx.Err())
			told = users
		})
		f.must(f.SignOut(request, here.Refresh))
		if len(told) != 1 || told[0] != here.User.UserID {
			f.Errorf("%v have signed out, want %s", told, here.User.UserID)
		}
		again := f.newUser(party.GuestUser)
		f.signIn(again.User)
		f.must(f.SignOut(f.Context(), again.Refresh))
		if len(told) != 0 {
			f.Errorf("%v have signed out, although they have another session", told)
		}
	})
}
