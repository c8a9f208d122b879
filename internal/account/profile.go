package account

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/party"
)

// Profile is what the server knows of a signed-in user.
type Profile struct {
	User          party.User
	Email         *string
	EmailVerified bool
	PictureURL    *string
	Spotify       SpotifyConnection
}

// SpotifyConnection says whether a host's player can be driven.
type SpotifyConnection struct {
	Connected      bool
	DisplayName    *string
	NeedsReconnect bool
	ReconnectBy    *time.Time // Spotify ends an authorization six months after it was given
	ReconnectSoon  bool       // that is in less than a month
}

// Profile returns what is known of the viewer, or nil where nobody is signed in.
func (a *Accounts) Profile(ctx context.Context) (*Profile, error) {
	viewer, err := OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return nil, err
	}
	row, err := a.db.Read.User.Query().Where(user.ID(viewer.UserID)).WithSpotify().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, party.Errorf(party.Unauthenticated, "this session's user is gone: sign in again")
	}
	if err != nil {
		return nil, fmt.Errorf("load the viewer: %w", err)
	}
	p := &Profile{
		User:  party.User{ID: row.ID, DisplayName: row.DisplayName, Kind: party.UserKind(row.Kind)},
		Email: row.Email, EmailVerified: row.EmailVerified, PictureURL: row.PictureURL,
	}
	if account := row.Edges.Spotify; account != nil {
		by, warn := account.AuthorizedAt.UTC().AddDate(0, authorizationMonths, 0), account.AuthorizedAt.AddDate(0, warningMonths, 0)
		p.Spotify = SpotifyConnection{true, &account.DisplayName, account.NeedsReconnect, &by, time.Now().After(warn)}
	}
	return p, nil
}
