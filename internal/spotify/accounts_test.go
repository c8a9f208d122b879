package spotify_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// accounts implements spotify.Accounts in memory. If one of its errors is set, the corresponding method returns it.
type accounts struct {
	mu                                 sync.Mutex
	kept                               map[string]account.SpotifyCredentials
	refreshing                         map[string]time.Time // until when a server holds the right to refresh
	cannotRead, cannotSave, cannotMark error
}

func (a *accounts) BeginSpotifyRefresh(_ context.Context, hostID string, most time.Duration) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Now().Before(a.refreshing[hostID]) {
		return false, nil
	}
	a.refreshing[hostID] = time.Now().Add(most)
	return true, nil
}

func (a *accounts) EndSpotifyRefresh(ctx context.Context, hostID string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.refreshing, hostID)
	return ctx.Err()
}

func (a *accounts) isRefreshing(hostID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Now().Before(a.refreshing[hostID])
}

func (a *accounts) change(hostID string, fn func(*account.SpotifyCredentials)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.kept[hostID]
	fn(&c)
	a.kept[hostID] = c
}

func (a *accounts) of(hostID string) account.SpotifyCredentials {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.kept[hostID]
}

func (a *accounts) SpotifyCredentials(_ context.Context, hostID string) (account.SpotifyCredentials, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.kept[hostID]
	if !ok {
		return c, &party.Error{Code: party.NotFound, Message: "not connected"}
	}
	return c, a.cannotRead
}

func (a *accounts) SaveSpotifyTokens(ctx context.Context, hostID string, encrypted []byte) error {
	if err := errors.Join(ctx.Err(), a.cannotSave); err != nil {
		return err
	}
	a.change(hostID, func(c *account.SpotifyCredentials) { c.EncryptedTokens = encrypted })
	return a.EndSpotifyRefresh(ctx, hostID)
}

func (a *accounts) MarkSpotifyReconnect(_ context.Context, hostID string) error {
	if a.cannotMark != nil {
		return a.cannotMark
	}
	a.change(hostID, func(c *account.SpotifyCredentials) { c.NeedsReconnect = true })
	return nil
}
