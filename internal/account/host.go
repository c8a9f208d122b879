package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	maxEmail   = 255  // bytes
	maxPicture = 1024 // bytes of its URL

	unnamedHost = "Host" // the display name of a host without a usable one at the provider
)

// storeHost stores the user that the provider vouches for, or updates what the provider says about them, and returns
// their id.
func (a *Accounts) storeHost(ctx context.Context, who Identity) (id string, err error) {
	store := func(tx *ent.Tx) (err error) {
		id, err = upsertHost(ctx, tx, who)
		return err
	}
	err = a.db.InTx(ctx, store)
	if ent.IsConstraintError(err) { // a concurrent login of the same person stored the user first
		err = a.db.InTx(ctx, store)
	}
	if err != nil {
		return "", fmt.Errorf("store the host: %w", err)
	}
	return id, nil
}

func upsertHost(ctx context.Context, tx *ent.Tx, who Identity) (id string, err error) {
	subject := database.Hash([]byte(who.Issuer + "\n" + who.Subject))
	id, err = tx.User.Query().Where(user.Subject(subject)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		id = database.NewID()
		err = tx.User.Create().SetID(id).SetKind(string(party.HostUser)).SetSubject(subject).SetDisplayName(unnamedHost).
			SetCreatedAt(database.Microseconds(time.Now())).Exec(ctx)
	}
	if err != nil {
		return "", err
	}
	return id, tx.User.Update().Where(user.ID(id)).SetDisplayName(hostName(who.Names)).
		ClearEmail().SetNillableEmail(nilUnlessFits(who.Email, maxEmail)).SetEmailVerified(who.EmailVerified).
		ClearPictureURL().SetNillablePictureURL(secureURL(who.PictureURL)).Exec(ctx)
}

// hostName returns the first name that is valid as a display name, shortened where it is too long.
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

// secureURL returns the URL of a picture, or nil if it is not HTTPS.
func secureURL(address string) *string {
	if !strings.HasPrefix(address, "https://") {
		return nil
	}
	return nilUnlessFits(address, maxPicture)
}

// nilUnlessFits returns a text, or nil if it is empty or longer than its column.
func nilUnlessFits(text string, most int) *string {
	if text == "" || len(text) > most {
		return nil
	}
	return &text
}

// deleteGuest ends the sessions of a guest who has become a host, gives the browser to the host, and deletes the guest.
// A guest that rows still refer to, because they did something in the meantime, stays stored, but signed out.
func (a *Accounts) deleteGuest(ctx context.Context, guestID, hostID string) error {
	now, err := a.db.Now(ctx)
	if err != nil {
		return err
	}
	err = a.endingTx(ctx, now, func(tx *ent.Tx, end endFunc) error {
		guest, err := tx.User.Get(ctx, guestID)
		if err != nil {
			return err
		}
		if err := lockUser(ctx, tx, guestID); err != nil {
			return err
		}
		families, err := familiesOf(ctx, tx, guestID)
		if err != nil {
			return err
		}
		if err := end(families...); err != nil {
			return err
		}
		if guest.BrowserHash == nil {
			return nil
		}
		return tx.User.Update().Where(user.ID(hostID), user.BrowserHashIsNil()).SetBrowserHash(*guest.BrowserHash).Exec(ctx)
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
