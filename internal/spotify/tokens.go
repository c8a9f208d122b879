package spotify

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// Accounts stores the hosts' Spotify credentials.
type Accounts interface {
	// SpotifyCredentials returns a host's credentials, or a NotFound error if the host has not connected Spotify.
	SpotifyCredentials(ctx context.Context, hostID string) (account.SpotifyCredentials, error)
	// SaveSpotifyTokens replaces a host's encrypted tokens, and releases the right to refresh them.
	SaveSpotifyTokens(ctx context.Context, hostID string, encrypted []byte) error
	// MarkSpotifyReconnect records that the host has to reconnect, because Spotify no longer accepts the authorization.
	MarkSpotifyReconnect(ctx context.Context, hostID string) error
	// BeginSpotifyRefresh acquires the right to refresh a host's tokens, which lasts for at most the given time. It
	// returns false while another server has that right.
	BeginSpotifyRefresh(ctx context.Context, hostID string, maxDuration time.Duration) (bool, error)
	// EndSpotifyRefresh releases the right to refresh a host's tokens.
	EndSpotifyRefresh(ctx context.Context, hostID string) error
}

// expiryMargin is how long before its expiry an access token is no longer used.
const expiryMargin = 30 * time.Second

// tokenSource provides the hosts' access tokens. It is safe for concurrent use.
type tokenSource struct {
	oauth       oauth2.Config
	cipher      *TokenCipher
	accounts    Accounts
	log         *slog.Logger
	newRecorder func(call string) *responseRecorder
	sharedCalls *callGroup
	backoff     *backoff
	rejections  *rejections
	random      random
}

// validGrant returns a grant whose access token has not expired, and refreshes the token if needed.
func (t *tokenSource) validGrant(ctx context.Context, hostID string) (grant, error) {
	g, err := t.load(ctx, hostID)
	if err != nil || g.usable() {
		return g, err
	}
	return t.renew(ctx, hostID, g.AccessToken)
}

// usable reports whether the access token can still be used.
func (g grant) usable() bool { return g.AccessToken != "" && time.Until(g.Expiry) > expiryMargin }

// mayHaveScope reports whether the host granted a scope. It returns true if the granted scopes are unknown.
func (g grant) mayHaveScope(scope string) bool {
	return g.Scope == "" || slices.Contains(strings.Fields(g.Scope), scope)
}

func (t *tokenSource) load(ctx context.Context, hostID string) (grant, error) {
	credentials, err := t.accounts.SpotifyCredentials(ctx, hostID)
	if party.CodeOf(err) == party.NotFound {
		return grant{}, &failure{
			kind: playback.ReconnectNeeded, healthReason: party.ReasonNotConnected,
			message: "the host has not connected Spotify",
		}
	}
	if err != nil {
		return grant{}, internalFailure("read the host's tokens", err)
	}
	if credentials.NeedsReconnect {
		return grant{}, &failure{kind: playback.ReconnectNeeded, message: "the host has to connect Spotify again"}
	}
	g, err := t.cipher.decrypt(hostID, credentials.EncryptedTokens)
	if err != nil {
		return grant{}, &failure{internal: true, kind: playback.ReconnectNeeded, message: "read the host's tokens", err: err}
	}
	return g, nil
}

// internalFailure returns a failure that this program caused, not Spotify. doing says what could not be done.
func internalFailure(doing string, err error) *failure {
	return &failure{internal: true, kind: playback.Unreachable, message: doing, err: err}
}

// requireReconnect marks the host as having to reconnect after invalid_grant, unless the grant has been
// replaced meanwhile. It returns the failure for the caller: f, or a failure that says that the grant was replaced.
func (t *tokenSource) requireReconnect(ctx context.Context, hostID string, used grant, f *failure) error {
	if err := t.checkUnchanged(ctx, hostID, used); err != nil {
		return err
	}
	t.log.Warn("a host has to connect Spotify again", "host_id", hostID, "error", f)
	if err := t.accounts.MarkSpotifyReconnect(ctx, hostID); err != nil {
		t.log.Error("recording that a host has to connect Spotify again failed", "host_id", hostID, "error", err)
	}
	return f
}

// checkUnchanged returns a failure if the host's tokens were replaced during a request, because the host reconnected,
// perhaps with another account, or another server refreshed them. The response then concerns an outdated authorization.
func (t *tokenSource) checkUnchanged(ctx context.Context, hostID string, used grant) error {
	g, err := t.load(ctx, hostID)
	if err != nil {
		return err
	}
	if g.RefreshToken != used.RefreshToken || g.AccessToken != used.AccessToken {
		return &failure{kind: playback.Unreachable, message: "the host's tokens have just been replaced"}
	}
	return nil
}
