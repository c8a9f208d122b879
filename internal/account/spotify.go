package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/spotifyaccount"
	"antwon.dj/backend/ent/spotifyauthorization"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	// authorizationLife is how long a browser may take from ConnectSpotify to CompleteSpotify.
	authorizationLife = 10 * time.Minute
	// authorizationsPerHost is how many authorizations a host may have begun, in several windows, and not completed.
	authorizationsPerHost = 10
	// authorizationMonths is how long Spotify's refresh tokens live, however often they are used (developer.spotify.com,
	// 18 June 2026). Hosts are warned once warningMonths have passed.
	authorizationMonths = 6
	warningMonths       = 5
)

// SpotifyAuthorization sends a browser to Spotify.
type SpotifyAuthorization struct {
	URL     string // Spotify's page
	Browser string // a secret that the browser keeps and presents to CompleteSpotify: it shows that it is the same browser
}

// ConnectSpotify begins to connect the viewer's Spotify account. After CompleteSpotify the browser goes to returnTo, a
// path of this server or a page of an allowed origin; nil: it stays on a page that shows the outcome. It returns
// Forbidden unless the viewer is a host, and on servers without a Spotify app.
func (a *Accounts) ConnectSpotify(ctx context.Context, returnTo *string) (*SpotifyAuthorization, error) {
	host, err := a.hostViewer(ctx)
	if err != nil {
		return nil, err
	}
	if a.cfg.Authorizer == nil {
		return nil, party.Errorf(party.Forbidden,
			"This server has no Spotify app of its own: ask its operator to set ANTWON_SPOTIFY_CLIENT_ID.")
	}
	page, err := a.parseReturnTo(returnTo)
	if err != nil {
		return nil, err
	}
	state, browser, verifier := rand.Text(), rand.Text(), rand.Text()+rand.Text()
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		if err := forgetAuthorizations(ctx, tx, host.UserID); err != nil {
			return err
		}
		return tx.SpotifyAuthorization.Create().SetID(database.NewID()).SetUserID(host.UserID).
			SetStateHash(database.Hash([]byte(state))).SetBrowserHash(database.Hash([]byte(browser))).
			SetVerifier(verifier).SetReturnTo(page).
			SetExpiresAt(database.Microseconds(time.Now().Add(authorizationLife))).Exec(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("connect Spotify: %w", err)
	}
	return &SpotifyAuthorization{URL: a.cfg.Authorizer.AuthorizationURL(state, verifier), Browser: browser}, nil
}

// forgetAuthorizations deletes a host's oldest authorizations, so that there is room for another one.
func forgetAuthorizations(ctx context.Context, tx *ent.Tx, hostID string) error {
	oldest, err := tx.SpotifyAuthorization.Query().Where(spotifyauthorization.UserID(hostID)).
		Order(spotifyauthorization.ByExpiresAt(sql.OrderDesc())).Offset(authorizationsPerHost - 1).Limit(100).IDs(ctx)
	if err != nil || len(oldest) == 0 {
		return err
	}
	_, err = tx.SpotifyAuthorization.Delete().Where(spotifyauthorization.IDIn(oldest...)).Exec(ctx)
	return err
}

// hostViewer returns the viewer, or Forbidden if the viewer is not a host, and RateLimited if they do this too often.
func (a *Accounts) hostViewer(ctx context.Context) (Viewer, error) {
	viewer, err := ViewerFrom(ctx)
	switch {
	case err != nil:
		return Viewer{}, err
	case viewer.Kind != party.HostUser:
		return Viewer{}, party.Errorf(party.Forbidden, "Only hosts connect Spotify: sign in as a host.")
	}
	return viewer, a.Allow(ctx, viewer.UserID, "connect spotify")
}

// SpotifyAnswer is what a browser brings back from Spotify.
type SpotifyAnswer struct {
	State   string
	Browser string // the secret of SpotifyAuthorization
	Code    string // empty if Error is set
	Error   string // OAuth's error code, such as access_denied
}

// CompleteSpotify completes, once, what ConnectSpotify began, and replaces the host's Spotify account with the new one.
// It returns the host and the page to go to, if they are known, also with an error. The error is Forbidden if the host
// refused, the account may not be used, or another host has connected it; BadUserInput if the state is unknown, has
// expired, or belongs to another browser.
func (a *Accounts) CompleteSpotify(ctx context.Context, answer SpotifyAnswer) (hostID, returnTo string, err error) {
	begun, err := a.consumeAuthorization(ctx, answer)
	if err != nil {
		return "", "", err
	}
	if answer.Error != "" || answer.Code == "" {
		err := party.Errorf(party.Forbidden, "Spotify was not connected: %s.", authorizationRefusal(answer.Error))
		return begun.UserID, begun.ReturnTo, err
	}
	credentials, err := a.cfg.Authorizer.Authorize(ctx, begun.UserID, answer.Code, begun.Verifier)
	if err == nil {
		err = a.replaceSpotifyAccount(ctx, begun.UserID, credentials)
	}
	if err != nil {
		return begun.UserID, begun.ReturnTo, fmt.Errorf("connect Spotify: %w", err)
	}
	return begun.UserID, begun.ReturnTo, nil
}

func authorizationRefusal(code string) string {
	if code == "access_denied" {
		return "you did not allow it"
	}
	return "Spotify reported an error; try again"
}

// consumeAuthorization finds and deletes the authorization to which a state belongs, so that the state works once. To
// another browser a valid state looks like an unknown one.
func (a *Accounts) consumeAuthorization(ctx context.Context, answer SpotifyAnswer) (*ent.SpotifyAuthorization, error) {
	var begun *ent.SpotifyAuthorization
	err := a.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		matches := spotifyauthorization.StateHash(database.Hash([]byte(answer.State)))
		if begun, err = tx.SpotifyAuthorization.Query().Where(matches).Only(ctx); err != nil {
			return err
		}
		n, err := tx.SpotifyAuthorization.Delete().Where(matches).Exec(ctx)
		if err == nil && n == 0 { // a concurrent request consumed it
			begun = nil
		}
		return err
	})
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("connect Spotify: %w", err)
	}
	if begun == nil || time.Now().After(begun.ExpiresAt) || !matchesHash(answer.Browser, begun.BrowserHash) {
		return nil, party.BadInput("state",
			"does not belong to a connection that this browser began in the last ten minutes: begin again")
	}
	return begun, nil
}

// replaceSpotifyAccount stores a host's Spotify account in place of the one they had. It returns Forbidden if another
// host has connected the account.
func (a *Accounts) replaceSpotifyAccount(ctx context.Context, hostID string, c SpotifyCredentials) error {
	return a.db.InTx(ctx, func(tx *ent.Tx) error {
		taken, err := tx.SpotifyAccount.Query().
			Where(spotifyaccount.AccountID(c.AccountID), spotifyaccount.UserIDNEQ(hostID)).Exist(ctx)
		if err != nil {
			return err
		}
		if taken {
			return party.Errorf(party.Forbidden,
				"This Spotify account is connected to another host here: disconnect it there first.")
		}
		if _, err := tx.SpotifyAccount.Delete().Where(spotifyaccount.UserID(hostID)).Exec(ctx); err != nil {
			return err
		}
		return createSpotifyAccount(ctx, tx, hostID, c)
	})
}

func createSpotifyAccount(ctx context.Context, tx *ent.Tx, hostID string, c SpotifyCredentials) error {
	return tx.SpotifyAccount.Create().SetID(database.NewID()).SetUserID(hostID).SetAccountID(c.AccountID).
		SetDisplayName(party.Truncate(c.DisplayName, 255)).SetEncryptedTokens(c.EncryptedTokens).
		SetAuthorizedAt(database.Microseconds(time.Now())).Exec(ctx)
}

// DeleteSpotifyAccount deletes the viewer's Spotify account with its tokens, and what the Authorizer caches about it.
// It returns Forbidden unless the viewer is a host; deleting an account twice is no error.
func (a *Accounts) DeleteSpotifyAccount(ctx context.Context) (hostID string, err error) {
	host, err := a.hostViewer(ctx)
	if err != nil {
		return "", err
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		begun := spotifyauthorization.UserID(host.UserID)
		if _, err := tx.SpotifyAuthorization.Delete().Where(begun).Exec(ctx); err != nil {
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

// DeleteOldAuthorizations deletes authorizations that were begun and not completed in time.
func (a *Accounts) DeleteOldAuthorizations(ctx context.Context) error {
	_, err := a.db.DeleteWhere(ctx, "spotify_authorizations", "expires_at < ?", database.Microseconds(time.Now()))
	return err
}
