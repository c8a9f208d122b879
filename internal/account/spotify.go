package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/url"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/spotifyaccount"
	"antwon.dj/backend/ent/spotifyauthorization"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	authorizationLife = 10 * time.Minute // from asking a host to Spotify's answer
	// authorizationMonths is how long Spotify's refresh tokens live, however often they are used (developer.spotify.com,
	// 18 June 2026); hosts are warned in the last of them.
	authorizationMonths = 6
	warningMonths       = 5
	maxReturnTo         = 1024
)

// SpotifyAuthorization is a host's way to Spotify's page. The browser that goes there has to keep Browser to itself, and
// bring it when it comes back.
type SpotifyAuthorization struct {
	URL     string
	Browser string
}

// ConnectSpotify begins to connect the viewer's Spotify account. Afterwards the browser returns to returnTo, a path of ours
// or a page of an allowed origin; without one it is only told how it went. For hosts.
func (a *Accounts) ConnectSpotify(ctx context.Context, returnTo *string) (*SpotifyAuthorization, error) {
	host, err := a.hostAccount(ctx)
	if err != nil {
		return nil, err
	}
	if a.cfg.Authorizer == nil {
		return nil, party.Errorf(party.Forbidden, "this server has no Spotify app of its own: ask who runs it for ANTWON_SPOTIFY_CLIENT_ID")
	}
	page, err := a.parseReturnTo(returnTo)
	if err != nil {
		return nil, err
	}
	state, browser, verifier := rand.Text(), rand.Text(), rand.Text()+rand.Text()
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.SpotifyAuthorization.Create().SetID(database.NewID()).SetUserID(host.UserID).SetStateHash(database.Hash([]byte(state))).
			SetBrowserHash(database.Hash([]byte(browser))).SetVerifier(verifier).SetReturnTo(page).
			SetExpiresAt(database.Microseconds(time.Now().Add(authorizationLife))).Exec(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("connect Spotify: %w", err)
	}
	return &SpotifyAuthorization{a.cfg.Authorizer.AuthorizationURL(state, verifier), browser}, nil
}

// hostAccount returns the viewer if they can host.
func (a *Accounts) hostAccount(ctx context.Context) (Viewer, error) {
	viewer, err := ViewerFrom(ctx)
	if err == nil && viewer.Kind != party.HostUser {
		err = party.Errorf(party.Forbidden, "only hosts connect Spotify: sign in as one")
	}
	return viewer, err
}

// parseReturnTo takes pages of ours, and those of front ends that may use the API.
func (a *Accounts) parseReturnTo(text *string) (string, error) {
	if text == nil {
		return "", nil
	}
	page := *text
	u, err := url.Parse(page)
	switch {
	case err != nil || page == "" || len(page) > maxReturnTo || strings.ContainsAny(page, "\\\r\n\t"):
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(page, "/") && !strings.HasPrefix(page, "//"):
		return page, nil
	case u.User == nil && a.isOurs(u.Scheme+"://"+u.Host):
		return page, nil
	}
	return "", party.BadInput("returnTo", "must be a path of this server, such as /host, or a page of an origin that may use it")
}

func (a *Accounts) isOurs(origin string) bool {
	for _, allowed := range append([]string{a.cfg.PublicURL}, a.cfg.AllowedOrigins...) {
		if strings.EqualFold(origin, allowed) {
			return true
		}
	}
	return false
}

// SpotifyAnswer is what a browser brought back from Spotify: a code, or an error such as access_denied.
type SpotifyAnswer struct{ State, Browser, Code, Error string }

// CompleteSpotify completes, once, what ConnectSpotify began: the account belongs to the host from now on. It returns the page to
// go to, if there is one, also with an error: Forbidden if the host refused or the account may not be used or is
// another host's, BadUserInput if the state is unknown, expired or another browser's.
func (a *Accounts) CompleteSpotify(ctx context.Context, answer SpotifyAnswer) (hostID, returnTo string, err error) {
	asked, err := a.takeAuthorization(ctx, answer)
	if err != nil {
		return "", "", err
	}
	if answer.Error != "" || answer.Code == "" {
		return asked.UserID, asked.ReturnTo, party.Errorf(party.Forbidden, "Spotify was not connected: %s", refusalOf(answer.Error))
	}
	credentials, err := a.cfg.Authorizer.Authorize(ctx, asked.UserID, answer.Code, asked.Verifier)
	if err != nil {
		return asked.UserID, asked.ReturnTo, fmt.Errorf("connect Spotify: %w", err)
	}
	if err := a.keepAccount(ctx, asked.UserID, credentials); err != nil {
		return asked.UserID, asked.ReturnTo, fmt.Errorf("connect Spotify: %w", err)
	}
	return asked.UserID, asked.ReturnTo, nil
}

func refusalOf(code string) string {
	if code == "access_denied" {
		return "you did not allow it"
	}
	return "Spotify answered an error; try again"
}

// takeAuthorization finds what a state belongs to, and deletes it: it counts once. Who brings another browser's is told
// nothing more.
func (a *Accounts) takeAuthorization(ctx context.Context, answer SpotifyAnswer) (*ent.SpotifyAuthorization, error) {
	var asked *ent.SpotifyAuthorization
	err := a.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		here := spotifyauthorization.StateHash(database.Hash([]byte(answer.State)))
		if asked, err = tx.SpotifyAuthorization.Query().Where(here).Only(ctx); err != nil {
			return err
		}
		n, err := tx.SpotifyAuthorization.Delete().Where(here).Exec(ctx)
		if err == nil && n == 0 { // another request of this moment took it
			asked = nil
		}
		return err
	})
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("connect Spotify: %w", err)
	}
	browser := []byte(database.Hash([]byte(answer.Browser)))
	if asked == nil || time.Now().After(asked.ExpiresAt) || subtle.ConstantTimeCompare(browser, []byte(asked.BrowserHash)) != 1 {
		return nil, party.BadInput("state", "is not that of a connection begun in this browser in the last ten minutes: begin again")
	}
	return asked, nil
}

// keepAccount makes a Spotify account a host's, instead of the one that they had.
func (a *Accounts) keepAccount(ctx context.Context, hostID string, c SpotifyCredentials) error {
	return a.db.InTx(ctx, func(tx *ent.Tx) error {
		taken, err := tx.SpotifyAccount.Query().Where(spotifyaccount.AccountID(c.AccountID), spotifyaccount.UserIDNEQ(hostID)).Exist(ctx)
		if err != nil {
			return err
		}
		if taken {
			return party.Errorf(party.Forbidden, "this Spotify account is connected to another host here: disconnect it there first")
		}
		if _, err := tx.SpotifyAccount.Delete().Where(spotifyaccount.UserID(hostID)).Exec(ctx); err != nil {
			return err
		}
		return tx.SpotifyAccount.Create().SetID(database.NewID()).SetUserID(hostID).SetAccountID(c.AccountID).
			SetDisplayName(party.Truncate(c.DisplayName, 255)).SetSealedTokens(c.Sealed).SetAuthorizedAt(database.Microseconds(time.Now())).Exec(ctx)
	})
}

// ForgetSpotify deletes the viewer's Spotify account, its tokens and whatever else is known of it. For hosts; deleting it twice is
// no error.
func (a *Accounts) ForgetSpotify(ctx context.Context) (hostID string, err error) {
	host, err := a.hostAccount(ctx)
	if err != nil {
		return "", err
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		if _, err := tx.SpotifyAuthorization.Delete().Where(spotifyauthorization.UserID(host.UserID)).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.SpotifyAccount.Delete().Where(spotifyaccount.UserID(host.UserID)).Exec(ctx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("disconnect Spotify: %w", err)
	}
	if a.cfg.Authorizer != nil {
		a.cfg.Authorizer.Forget(host.UserID)
	}
	return host.UserID, nil
}

// ForgetOldAuthorizations deletes those that nobody came back for.
func (a *Accounts) DeleteOldAuthorizations(ctx context.Context) error {
	return a.db.InTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.SpotifyAuthorization.Delete().Where(spotifyauthorization.ExpiresAtLT(database.Microseconds(time.Now()))).Exec(ctx)
		return err
	})
}
