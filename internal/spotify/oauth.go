package spotify

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/jukebox"
)

// Accounts is where the hosts' Spotify accounts are kept.
type Accounts interface {
	// SpotifyCredentials returns a host's credentials; NotFound if the host has not connected Spotify.
	SpotifyCredentials(ctx context.Context, hostID string) (jukebox.SpotifyCredentials, error)
	// SaveSpotifyTokens replaces a host's sealed tokens.
	SaveSpotifyTokens(ctx context.Context, hostID string, sealed []byte) error
	// MarkSpotifyReconnect remembers that Spotify accepts the host's authorization no more.
	MarkSpotifyReconnect(ctx context.Context, hostID string) error
}

// earlier is how long before its end an access token is renewed.
const earlier = 30 * time.Second

// refreshTimeout bounds a refresh, which goes on when the one who began it leaves: the answer may be the only copy of a
// new refresh token.
const refreshTimeout = 10 * time.Second

// tokens keeps the hosts' access tokens. Refreshes of one host wait for each other; hosts do not.
type tokens struct {
	oauth    oauth2.Config
	http     *http.Client
	vault    *Vault
	accounts Accounts

	mu    sync.Mutex
	hosts map[string]*hostToken // guarded by mu; entries are never removed
}

type hostToken struct {
	mu    sync.Mutex
	token *oauth2.Token // guarded by mu; nil: not read yet
}

// access returns a valid access token of a host. One that Spotify has just refused is given as stale: then it is renewed
// whatever its clock says, unless somebody has done so meanwhile.
func (t *tokens) access(ctx context.Context, hostID, stale string) (string, error) {
	h := t.host(hostID)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.token == nil {
		token, err := t.read(ctx, hostID)
		if err != nil {
			return "", err
		}
		h.token = token
	}
	if h.token.AccessToken != "" && h.token.AccessToken != stale && time.Until(h.token.Expiry) > earlier {
		return h.token.AccessToken, nil
	}
	token, err := t.refresh(context.WithoutCancel(ctx), hostID, h.token.RefreshToken)
	if err != nil {
		h.token = nil // read anew next time: the host may have reconnected meanwhile
		return "", err
	}
	h.token = token
	return token.AccessToken, nil
}

func (t *tokens) host(hostID string) *hostToken {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[hostID]
	if h == nil {
		h = &hostToken{}
		t.hosts[hostID] = h
	}
	return h
}

func (t *tokens) read(ctx context.Context, hostID string) (*oauth2.Token, error) {
	credentials, err := t.accounts.SpotifyCredentials(ctx, hostID)
	if err != nil {
		return nil, fmt.Errorf("read the host's tokens: %w", err)
	}
	if credentials.NeedsReconnect {
		return nil, &failure{class: reconnect, message: "the host has to connect Spotify again"}
	}
	return t.vault.open(hostID, credentials.Sealed)
}

// refresh gets a new access token and stores it. Spotify gives no new refresh token as a rule: the old one stays good for
// six months from the authorization (developer.spotify.com, refreshing tokens).
func (t *tokens) refresh(ctx context.Context, hostID, refreshToken string) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(ctx, refreshTimeout)
	defer cancel()
	ctx, seen := observed(context.WithValue(ctx, oauth2.HTTPClient, t.http))
	token, err := t.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	if err != nil {
		failed := classifyRefresh(seen, err)
		if failed.class == reconnect {
			if err := t.accounts.MarkSpotifyReconnect(ctx, hostID); err != nil {
				return nil, fmt.Errorf("remember that the host has to reconnect: %w", err)
			}
		}
		return nil, failed
	}
	sealed, err := t.vault.seal(hostID, token)
	if err != nil {
		return nil, err
	}
	if err := t.accounts.SaveSpotifyTokens(ctx, hostID, sealed); err != nil {
		return nil, fmt.Errorf("store the host's tokens: %w", err)
	}
	return token, nil
}
