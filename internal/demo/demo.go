// Package demo holds what only a demo with a simulated Spotify has: simulated accounts for its hosts, a host and a room
// of its own, and covers that the server serves itself. No other server needs these, so the core does not know them.
//
// A Demo is safe for concurrent use.
package demo

import (
	"context"
	"crypto/rand"
	"net/http"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

// Config has the dependencies and settings of a Demo. Every field is required.
type Config struct {
	Database  *database.DB
	Simulator *sim.Spotify
	Cipher    *spotify.TokenCipher // encrypts the tokens of the simulated accounts
	CoverURL  string               // where browsers get the simulator's covers, without a slash at the end
}

// Demo makes simulated accounts for hosts, and keeps a host and a room of its own. It implements account.DemoAccounts.
type Demo struct {
	cfg Config
	key string
}

// New returns a demo whose own host signs in with a new key.
func New(cfg Config) *Demo { return &Demo{cfg, rand.Text()} }

// Key returns the key that SignIn requires. It is different after each start.
func (d *Demo) Key() string { return d.key }

// Covers serves the simulator's covers below /covers/.
func (d *Demo) Covers() http.Handler { return http.StripPrefix("/covers", d.cfg.Simulator.Covers()) }

// NewAccount makes a simulated Spotify account, and returns its credentials for this host.
func (d *Demo) NewAccount(_ context.Context, hostID, displayName string) (account.SpotifyCredentials, error) {
	added, err := d.cfg.Simulator.AddAccount(displayName)
	if err != nil {
		return account.SpotifyCredentials{}, err
	}
	encrypted, err := d.cfg.Cipher.EncryptRefreshToken(hostID, added.RefreshToken)
	return account.SpotifyCredentials{AccountID: added.ID, DisplayName: added.DisplayName, EncryptedTokens: encrypted}, err
}
