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

// Accounts is where the hosts' Spotify accounts are kept.
type Accounts interface {
	// SpotifyCredentials returns a host's credentials; NotFound if the host has not connected Spotify.
	SpotifyCredentials(ctx context.Context, hostID string) (account.SpotifyCredentials, error)
	// SaveSpotifyTokens replaces a host's sealed tokens.
	SaveSpotifyTokens(ctx context.Context, hostID string, sealed []byte) error
	// MarkSpotifyReconnect remembers that Spotify accepts the host's authorization no more.
	MarkSpotifyReconnect(ctx context.Context, hostID string) error
	// BeginSpotifyRefresh takes the right to refresh a host's tokens for so long; false while another server has it.
	BeginSpotifyRefresh(ctx context.Context, hostID string, most time.Duration) (bool, error)
	// EndSpotifyRefresh gives it back. SaveSpotifyTokens does so too.
	EndSpotifyRefresh(ctx context.Context, hostID string) error
}

// renewBefore is how long before its end an access token is not used any more.
const renewBefore = 30 * time.Second

// tokens gives out the hosts' access tokens.
type tokens struct {
	oauth    oauth2.Config
	vault    *Vault
	accounts Accounts
	log      *slog.Logger
	observe  func(call string) *observer
	flights  *flights
	backoff  *backoff
	random   random
}

// access returns a grant whose access token should be valid.
func (t *tokens) access(ctx context.Context, hostID string) (grant, error) {
	g, err := t.load(ctx, hostID)
	if err != nil || g.usable() {
		return g, err
	}
	return t.renew(ctx, hostID, g.AccessToken)
}

func (g grant) usable() bool { return g.AccessToken != "" && time.Until(g.Expiry) > renewBefore }

// allows says whether the host granted a scope; where that is not known, they may have.
func (g grant) allows(scope string) bool {
	return g.Scope == "" || slices.Contains(strings.Fields(g.Scope), scope)
}

func (t *tokens) load(ctx context.Context, hostID string) (grant, error) {
	credentials, err := t.accounts.SpotifyCredentials(ctx, hostID)
	if party.CodeOf(err) == party.NotFound {
		return grant{}, &failure{
			kind: playback.ReconnectNeeded, why: party.ReasonNotConnected, message: "the host has not connected Spotify",
		}
	}
	if err != nil {
		return grant{}, oursToMend("read the host's tokens", err)
	}
	if credentials.NeedsReconnect {
		return grant{}, &failure{kind: playback.ReconnectNeeded, message: "the host has to connect Spotify again"}
	}
	g, err := t.vault.open(hostID, credentials.Sealed)
	if err != nil {
		return grant{}, &failure{ours: true, kind: playback.ReconnectNeeded, message: "read the host's tokens", err: err}
	}
	return g, nil
}

// oursToMend is a failure in which Spotify has no part. Nothing was asked of it.
func oursToMend(doing string, err error) *failure {
	return &failure{ours: true, kind: playback.Unreachable, message: doing, err: err}
}

// refused marks the host whose authorization is gone, unless it was replaced meanwhile: the grant is the one that Spotify
// refused. It returns what there is to tell.
func (t *tokens) refused(ctx context.Context, hostID string, used grant, f *failure) error {
	if err := t.unchanged(ctx, hostID, used); err != nil {
		return err
	}
	t.log.Warn("a host has to connect Spotify again", "host_id", hostID, "error", f)
	if err := t.accounts.MarkSpotifyReconnect(ctx, hostID); err != nil {
		t.log.Error("remembering that a host has to connect Spotify again failed", "host_id", hostID, "error", err)
	}
	return f
}

// unchanged fails if the host's tokens were replaced while Spotify was asked: the host connected anew, perhaps with another
// account, or another server refreshed them. Then the answer is about an authorization of the past.
func (t *tokens) unchanged(ctx context.Context, hostID string, used grant) error {
	g, err := t.load(ctx, hostID)
	if err != nil {
		return err
	}
	if g.RefreshToken != used.RefreshToken || g.AccessToken != used.AccessToken {
		return &failure{kind: playback.Unreachable, message: "the host's tokens have just been replaced"}
	}
	return nil
}
