package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/login"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// loginLife is how long a browser may take from BeginLogin to CompleteLogin.
const loginLife = 10 * time.Minute

// Identity is what an identity provider vouches for about a user.
type Identity struct {
	Issuer, Subject string   // together they identify the user permanently
	Names           []string // candidates for the display name, the best first
	Email           string   // empty: the provider gave none
	EmailVerified   bool
	PictureURL      string // empty: the provider gave none
}

// IdentityProvider identifies users by the authorization code flow of OpenID Connect, with PKCE. Its methods return
// UpstreamUnavailable if the provider does not answer.
type IdentityProvider interface {
	// LoginURL returns the page on which the provider asks a user to sign in. The provider returns the state with its
	// answer, and the nonce in the identity; the verifier, of 43 to 128 characters, stays on the server until it is given
	// to Identify.
	LoginURL(ctx context.Context, state, nonce, verifier string) (string, error)
	// Identify exchanges the code that the provider returned for an identity. The error is BadUserInput if the provider
	// rejects the code, or if the identity is not for this nonce and this server.
	Identify(ctx context.Context, code, nonce, verifier string) (Identity, error)
	// LogoutURL returns the page that ends the provider's own session and then redirects to page. Empty: there is none.
	LogoutURL(ctx context.Context, page string) (string, error)
}

// LoginRedirect sends a browser to the identity provider.
type LoginRedirect struct {
	URL     string // the provider's page
	Browser string // a secret that the browser keeps and presents to CompleteLogin: it shows that it is the same browser
}

// BeginLogin begins to sign in a host. After CompleteLogin the browser goes to returnTo, a path of this server or a
// page of an allowed origin; any other value is BadUserInput. It returns Forbidden if the server has no identity
// provider.
func (a *Accounts) BeginLogin(ctx context.Context, returnTo string) (*LoginRedirect, error) {
	if a.cfg.Identity == nil {
		return nil, party.Errorf(party.Forbidden, "Hosts cannot sign in: this server has no identity provider.")
	}
	page, err := a.parseReturnTo(&returnTo)
	if err != nil {
		return nil, err
	}
	if err := a.allowLogin(ctx); err != nil {
		return nil, err
	}
	state, browser, nonce, verifier := rand.Text(), rand.Text(), rand.Text(), rand.Text()+rand.Text()
	address, err := a.cfg.Identity.LoginURL(ctx, state, nonce, verifier)
	if err != nil {
		return nil, fmt.Errorf("begin a login: %w", err)
	}
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.Login.Create().SetID(database.NewID()).
			SetStateHash(database.Hash([]byte(state))).SetBrowserHash(database.Hash([]byte(browser))).
			SetNonce(nonce).SetVerifier(verifier).SetReturnTo(page).SetExpiresAt(now.Add(loginLife)).Exec(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("begin a login: %w", err)
	}
	return &LoginRedirect{URL: address, Browser: browser}, nil
}

// LoginAnswer is what a browser brings back from the identity provider.
type LoginAnswer struct {
	State   string
	Browser string // the secret of LoginRedirect
	Code    string // empty if Error is set
	Error   string // OAuth's error code, such as access_denied
	Refresh string // the refresh token of the session that the browser already has; empty: it has none
}

// AdoptGuest gives a host the rooms, songs and likes of the guest that the same person was before signing in.
type AdoptGuest func(ctx context.Context, guestID, hostID string) error

// CompleteLogin completes, once, the login that BeginLogin began: it signs in the user that the provider vouches for as
// a host. If the browser was a guest before, adopt gives what the guest had to the host. CompleteLogin returns the page
// to go to if it is known, also with an error. The error is Forbidden if the provider refused, and BadUserInput if the
// state is unknown, has expired, or belongs to another browser.
func (a *Accounts) CompleteLogin(
	ctx context.Context, answer LoginAnswer, adopt AdoptGuest,
) (returnTo string, s *Session, err error) {
	begun, err := a.consumeLogin(ctx, answer)
	if err != nil {
		return "", nil, err
	}
	if answer.Error != "" || answer.Code == "" {
		return begun.ReturnTo, nil, party.Errorf(party.Forbidden, "You were not signed in: %s.", loginRefusal(answer.Error))
	}
	identity, err := a.cfg.Identity.Identify(ctx, answer.Code, begun.Nonce, begun.Verifier)
	if err == nil {
		s, err = a.signInHost(ctx, identity, answer.Refresh, adopt)
	}
	if err != nil {
		return begun.ReturnTo, nil, fmt.Errorf("sign in: %w", err)
	}
	return begun.ReturnTo, s, nil
}

func loginRefusal(code string) string {
	if code == "access_denied" {
		return "it was not allowed"
	}
	return "the identity provider reported an error; try again"
}

// consumeLogin finds and deletes the login to which a state belongs, so that the state works once. To another browser a
// valid state looks like an unknown one.
func (a *Accounts) consumeLogin(ctx context.Context, answer LoginAnswer) (*ent.Login, error) {
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	var begun *ent.Login
	err = a.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		matches := login.StateHash(database.Hash([]byte(answer.State)))
		if begun, err = tx.Login.Query().Where(matches).Only(ctx); err != nil {
			return err
		}
		n, err := tx.Login.Delete().Where(matches).Exec(ctx)
		if err == nil && n == 0 { // a concurrent request consumed it
			begun = nil
		}
		return err
	})
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("complete a login: %w", err)
	}
	if begun == nil || now.After(begun.ExpiresAt) || !matchesHash(answer.Browser, begun.BrowserHash) {
		return nil, party.BadInput("state",
			"does not belong to a login that this browser began in the last ten minutes: begin again")
	}
	return begun, nil
}

// matchesHash reports in constant time whether a secret has this hash.
func matchesHash(secret, hash string) bool {
	return subtle.ConstantTimeCompare([]byte(database.Hash([]byte(secret))), []byte(hash)) == 1
}

// signInHost stores the host, merges the guest that the browser was before, begins a new session, and ends the
// browser's old one.
func (a *Accounts) signInHost(ctx context.Context, who Identity, refresh string, adopt AdoptGuest) (*Session, error) {
	hostID, err := a.storeHost(ctx, who)
	if err != nil {
		return nil, err
	}
	before, err := a.sessionUser(ctx, refresh)
	if err != nil {
		return nil, err
	}
	if before != nil && before.Kind == party.GuestUser {
		if err := adopt(ctx, before.UserID, hostID); err != nil {
			return nil, err
		}
		if err := a.deleteGuest(ctx, before.UserID, hostID); err != nil {
			return nil, fmt.Errorf("delete the guest: %w", err)
		}
	}
	s, err := a.SignIn(ctx, Viewer{UserID: hostID, Kind: party.HostUser})
	if err != nil {
		return nil, err
	}
	if err := a.SignOut(ctx, refresh); err != nil && party.CodeOf(err) != party.Unauthenticated {
		return nil, err
	}
	return s, nil
}

// Logout ends the session to which a refresh token belongs, if any, and returns the page on which the identity provider
// ends its own session. The page is empty if the provider has none, or does not answer.
func (a *Accounts) Logout(ctx context.Context, refresh string) (next string, err error) {
	if err := a.SignOut(ctx, refresh); err != nil && party.CodeOf(err) != party.Unauthenticated {
		return "", err
	}
	if a.cfg.Identity == nil {
		return "", nil
	}
	next, err = a.cfg.Identity.LogoutURL(ctx, a.cfg.PublicURL+"/")
	if err != nil {
		a.cfg.Log.WarnContext(ctx, "could not get the logout page of the identity provider", "error", err)
		return "", nil
	}
	return next, nil
}
