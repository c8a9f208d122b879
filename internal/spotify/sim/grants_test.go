package sim_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

func wantOAuthError(t *testing.T, err error, code, description string) {
	t.Helper()
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); !ok || e.Response.StatusCode != 400 || e.ErrorCode != code ||
		e.ErrorDescription != description {
		t.Errorf("%v is not %s, %s", err, code, description)
	}
}

func TestAuthorizationExpiresAfterSixMonths(t *testing.T) {
	now := &clock{now: time.Date(2026, time.November, 21, 20, 0, 0, 0, time.UTC)}
	s, server := start(t, sim.Config{Now: now.Now})
	source := func(refresh string) (*oauth2.Token, error) {
		return tokens(server, oauth2.AuthStyleInHeader, refresh).Token()
	}
	account := addAccount(t, s)
	now.pass(time.Date(2027, time.May, 21, 19, 59, 59, 0, time.UTC).Sub(now.Now()))
	_, err := source(account.RefreshToken) // this does not extend the authorization
	must(t, err)
	now.pass(time.Second)
	_, err = source(account.RefreshToken)
	wantGrantError(t, err, "Refresh token revoked")
}

func TestRevokedAndReplacedTokensAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spotify.json")
	s, server := start(t, sim.Config{StateFile: file})
	account := addAccount(t, s)
	first := bearer(t, server.URL, account)
	must(t, s.ChangeAppSwitches(func(a *sim.AppSwitches) { a.Rotate = true }))
	token, err := tokens(server, oauth2.AuthStyleInParams, account.RefreshToken).Token()
	must(t, err)
	if token.RefreshToken == account.RefreshToken {
		t.Fatal("the token did not rotate")
	}
	server.Close() // the switch and the new token survive the process
	s, server = start(t, sim.Config{StateFile: file})
	_, err = tokens(server, oauth2.AuthStyleInParams, account.RefreshToken).Token()
	wantGrantError(t, err, "Refresh token revoked")
	next, err := tokens(server, oauth2.AuthStyleInParams, token.RefreshToken).Token()
	must(t, err)
	if next.RefreshToken == token.RefreshToken {
		t.Error("the token did not rotate after the restart")
	}

	must(t, s.Revoke(account.ID))
	_, err = tokens(server, oauth2.AuthStyleInParams, next.RefreshToken).Token()
	wantGrantError(t, err, "Refresh token revoked")
	for _, authorization := range []string{first, "Bearer " + next.AccessToken} { // both are valid until they expire
		if got := ask(t, "GET", server.URL+"/v1/me", authorization, ""); got.status != 200 {
			t.Errorf("an access token after the refresh token was revoked: %+v", got)
		}
	}
	if err := s.Revoke("nobody"); err == nil {
		t.Error("revoking for an unknown account succeeded")
	}
}

func TestRefreshTokenBelongsToItsClient(t *testing.T) {
	_, server := start(t, sim.Config{Clients: apps()})
	web := app(server.URL, "web", "s3cret", callback)
	_, to, _ := visit(t, browser(t), web.AuthCodeURL("s")+"&decision=allow")
	token, err := web.Exchange(t.Context(), to.Get("code"))
	must(t, err)
	refresh := func(c *oauth2.Config) error {
		_, err := c.TokenSource(context.Background(), &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
		return err
	}
	must(t, refresh(web))
	wantGrantError(t, refresh(app(server.URL, "native", "", callback)), "Invalid refresh token")
	wantOAuthError(t, refresh(app(server.URL, "web", "", callback)), "invalid_client", "Invalid client")
}
