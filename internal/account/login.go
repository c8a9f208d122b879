package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/login"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	loginLife   = 10 * time.Minute // from asking somebody who they are to the provider's answer
	maxEmail    = 255
	maxPicture  = 1024
	unnamedHost = "Host"
)

// Identity is whom an identity provider vouches for.
type Identity struct {
	Issuer, Subject string   // who this is, for ever
	Names           []string // what to call them, the best first
	Email           string   // empty: not told
	EmailVerified   bool
	PictureURL      string // empty: not told
}

// IdentityProvider says who somebody is, by OpenID Connect's authorization code flow, with PKCE. Its methods give
// UpstreamUnavailable while the provider does not answer.
type IdentityProvider interface {
	// LoginURL is where somebody is asked who they are. The state comes back with the answer, and the nonce in the identity;
	// the verifier, of 43 to 128 characters, does not leave the server before Identify.
	LoginURL(ctx context.Context, state, nonce, verifier string) (string, error)
	// Identify exchanges the code that came back. BadUserInput if the provider does not take the code, or vouches for
	// something else than was asked.
	Identify(ctx context.Context, code, nonce, verifier string) (Identity, error)
	// LogoutURL is where the provider signs somebody out, who then comes back to a page of ours. Empty: there is none.
	LogoutURL(ctx context.Context, page string) (string, error)
}

// LoginRedirect is somebody's way to the provider's page. The browser that goes there has to keep Browser to itself, and
// bring it when it comes back.
type LoginRedirect struct {
	URL     string
	Browser string
}

// BeginLogin begins to sign in a host. Afterwards the browser returns to returnTo, a path of ours or a page of an allowed
// origin. Forbidden where there is no identity provider.
func (a *Accounts) BeginLogin(ctx context.Context, returnTo string) (*LoginRedirect, error) {
	if a.cfg.Identity == nil {
		return nil, party.Errorf(party.Forbidden, "nobody signs in here: this server has no identity provider")
	}
	page, err := a.parseReturnTo(&returnTo)
	if err != nil {
		return nil, err
	}
	if err := a.AllowNewcomer(ctx); err != nil {
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
		return tx.Login.Create().SetID(database.NewID()).SetStateHash(database.Hash([]byte(state))).SetBrowserHash(database.Hash([]byte(browser))).
			SetNonce(nonce).SetVerifier(verifier).SetReturnTo(page).SetExpiresAt(now.Add(loginLife)).Exec(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("begin a login: %w", err)
	}
	return &LoginRedirect{address, browser}, nil
}

// LoginAnswer is what a browser brought back from the identity provider: a code, or an error such as access_denied. Refresh
// is the session that the browser has, if any.
type LoginAnswer struct{ State, Browser, Code, Error, Refresh string }

// AdoptGuest gives a host the rooms, songs and likes of the guest they were before they signed in.
type AdoptGuest func(ctx context.Context, guestID, hostID string) error

// CompleteLogin completes, once, the login that BeginLogin began: the user whom the provider vouches for is signed in as a host.
// A guest of the same browser becomes this host, by adopt. It returns the page to go to, if it is known, also with an error:
// Forbidden if the provider refused, BadUserInput if the state is unknown, expired or another browser's.
func (a *Accounts) CompleteLogin(ctx context.Context, answer LoginAnswer, adopt AdoptGuest) (returnTo string, s *Session, err error) {
	asked, err := a.takeLogin(ctx, answer)
	if err != nil {
		return "", nil, err
	}
	if answer.Error != "" || answer.Code == "" {
		return asked.ReturnTo, nil, party.Errorf(party.Forbidden, "You were not signed in: %s.", loginRefusal(answer.Error))
	}
	who, err := a.cfg.Identity.Identify(ctx, answer.Code, asked.Nonce, asked.Verifier)
	if err == nil {
		s, err = a.signInHost(ctx, who, answer.Refresh, adopt)
	}
	if err != nil {
		return asked.ReturnTo, nil, fmt.Errorf("sign in: %w", err)
	}
	return asked.ReturnTo, s, nil
}

func loginRefusal(code string) string {
	if code == "access_denied" {
		return "it was not allowed"
	}
	return "the identity provider answered an error; try again"
}

// takeLogin finds what a state belongs to, and deletes it: it counts once. Who brings another browser's is told nothing more.
func (a *Accounts) takeLogin(ctx context.Context, answer LoginAnswer) (*ent.Login, error) {
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	var asked *ent.Login
	err = a.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		here := login.StateHash(database.Hash([]byte(answer.State)))
		if asked, err = tx.Login.Query().Where(here).Only(ctx); err != nil {
			return err
		}
		n, err := tx.Login.Delete().Where(here).Exec(ctx)
		if err == nil && n == 0 { // another request of this moment took it
			asked = nil
		}
		return err
	})
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("end a login: %w", err)
	}
	browser := []byte(database.Hash([]byte(answer.Browser)))
	if asked == nil || now.After(asked.ExpiresAt) || subtle.ConstantTimeCompare(browser, []byte(asked.BrowserHash)) != 1 {
		return nil, party.BadInput("state", "is not that of a login begun in this browser in the last ten minutes: begin again")
	}
	return asked, nil
}

// signInHost ends the session that the browser had. If that was a guest's, they are one with the host from now on.
func (a *Accounts) signInHost(ctx context.Context, who Identity, refresh string, adopt AdoptGuest) (*Session, error) {
	hostID, err := a.keepHost(ctx, who)
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
		if err := a.forgetGuest(ctx, before.UserID, hostID); err != nil {
			return nil, fmt.Errorf("forget the guest: %w", err)
		}
	}
	if err := a.SignOut(ctx, refresh); err != nil && party.CodeOf(err) != party.Unauthenticated {
		return nil, err
	}
	return a.SignIn(ctx, Viewer{UserID: hostID, Kind: party.HostUser})
}

// keepHost stores who was vouched for, or what is new about them, and returns their id.
func (a *Accounts) keepHost(ctx context.Context, who Identity) (id string, err error) {
	subject := database.Hash([]byte(who.Issuer + "\n" + who.Subject))
	keep := func(tx *ent.Tx) error {
		id, err = tx.User.Query().Where(user.Subject(subject)).OnlyID(ctx)
		if ent.IsNotFound(err) {
			id = database.NewID()
			err = tx.User.Create().SetID(id).SetKind(string(party.HostUser)).SetSubject(subject).SetDisplayName(unnamedHost).
				SetCreatedAt(database.Microseconds(time.Now())).Exec(ctx)
		}
		if err != nil {
			return err
		}
		return tx.User.Update().Where(user.ID(id)).SetDisplayName(hostName(who.Names)).ClearEmail().SetNillableEmail(fitting(who.Email, maxEmail)).
			SetEmailVerified(who.EmailVerified).ClearPictureURL().SetNillablePictureURL(picture(who.PictureURL)).Exec(ctx)
	}
	err = a.db.InTx(ctx, keep)
	if ent.IsConstraintError(err) { // the same person logs in elsewhere at this moment
		err = a.db.InTx(ctx, keep)
	}
	if err != nil {
		return "", fmt.Errorf("keep the host: %w", err)
	}
	return id, nil
}

// hostName is the first name that can be shown, shortened where it is too long.
func hostName(names []string) string {
	for _, name := range names {
		if runes := []rune(name); len(runes) > party.MaxName {
			name = string(runes[:party.MaxName])
		}
		if name, err := party.ParseName("name", name); err == nil {
			return name
		}
	}
	return unnamedHost
}

func picture(address string) *string {
	if !strings.HasPrefix(address, "https://") {
		return nil
	}
	return fitting(address, maxPicture)
}

// fitting returns a text that its column takes, or nil.
func fitting(text string, most int) *string {
	if text == "" || len(text) > most {
		return nil
	}
	return &text
}

// Logout ends the session that a refresh token belongs to, if any, and returns where the identity provider ends its own; empty
// if it has no such page, or does not answer.
func (a *Accounts) Logout(ctx context.Context, refresh string) (next string, err error) {
	if err := a.SignOut(ctx, refresh); err != nil && party.CodeOf(err) != party.Unauthenticated {
		return "", err
	}
	if a.cfg.Identity == nil {
		return "", nil
	}
	next, err = a.cfg.Identity.LogoutURL(ctx, a.cfg.PublicURL+"/")
	if err != nil {
		a.cfg.Log.WarnContext(ctx, "the identity provider could not be asked where to sign out", "error", err)
		return "", nil
	}
	return next, nil
}

// forgetGuest ends the guest's sessions, and then the guest, unless something new of theirs came meanwhile.
func (a *Accounts) forgetGuest(ctx context.Context, guestID, hostID string) error {
	err := a.db.InTx(ctx, func(tx *ent.Tx) error {
		guest, err := tx.User.Get(ctx, guestID)
		if err != nil {
			return err
		}
		if err := lockUser(ctx, tx, guestID); err != nil {
			return err
		}
		if _, err := tx.Session.Delete().Where(session.UserID(guestID)).Exec(ctx); err != nil {
			return err
		}
		if guest.DeviceHash == nil {
			return nil
		}
		return tx.User.Update().Where(user.ID(hostID), user.DeviceHashIsNil()).SetDeviceHash(*guest.DeviceHash).Exec(ctx)
	})
	if err != nil {
		return err
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.User.Delete().Where(user.ID(guestID)).Exec(ctx)
		return err
	})
	if ent.IsConstraintError(err) {
		return nil
	}
	return err
}
