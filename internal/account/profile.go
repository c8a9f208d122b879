package account

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/party"
)

// Profile is what the server knows about a signed-in user.
type Profile struct {
	User          party.User
	Email         *string
	EmailVerified bool
	PictureURL    *string
	Spotify       SpotifyAccount
}

// SpotifyAccount says whether the server can control a host's player. Without a connection it is empty.
type SpotifyAccount struct {
	Connected      bool
	DisplayName    *string
	NeedsReconnect bool
	ReconnectBy    *time.Time // when Spotify ends the authorization: six months after the host gave it
	ReconnectSoon  bool       // whether ReconnectBy is less than a month away
}

// Profile returns what is known about the viewer, or nil if nobody is signed in. The error is Unauthenticated if the
// viewer's user has been deleted.
func (a *Accounts) Profile(ctx context.Context) (*Profile, error) {
	viewer, err := OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return nil, err
	}
	row, err := a.db.Read.User.Query().Where(user.ID(viewer.UserID)).WithSpotify().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, party.Errorf(party.Unauthenticated, "The user of this session no longer exists: sign in again.")
	}
	if err != nil {
		return nil, fmt.Errorf("load the viewer: %w", err)
	}
	p := &Profile{
		User:  party.User{ID: row.ID, Kind: party.UserKind(row.Kind), OwnName: &row.DisplayName},
		Email: row.Email, EmailVerified: row.EmailVerified, PictureURL: row.PictureURL,
	}
	if account := row.Edges.Spotify; account != nil {
		p.Spotify = spotifyAccountOf(account)
	}
	return p, nil
}

func spotifyAccountOf(account *ent.SpotifyAccount) SpotifyAccount {
	expiresAt := account.AuthorizedAt.UTC().AddDate(0, authorizationMonths, 0)
	warnAt := account.AuthorizedAt.AddDate(0, warningMonths, 0)
	return SpotifyAccount{
		Connected: true, DisplayName: &account.DisplayName, NeedsReconnect: account.NeedsReconnect,
		ReconnectBy: &expiresAt, ReconnectSoon: time.Now().After(warnAt),
	}
}
