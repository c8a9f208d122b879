package spotify

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/playback"
)

const (
	// renewTimeout bounds a renewal. It continues when the callers that wait for it leave, because the response may
	// contain the only copy of a new refresh token. For the same reason refreshTimeout, which bounds the request, is
	// shorter: time has to remain to store the tokens.
	renewTimeout   = 15 * time.Second
	refreshTimeout = 10 * time.Second
	releaseTimeout = 5 * time.Second
	// maxPollInterval is the longest time between two checks whether another server has refreshed the tokens.
	maxPollInterval = 250 * time.Millisecond
	// backoffMin and backoffMax bound the pause after a failure of the token endpoint.
	backoffMin = time.Second
	backoffMax = 30 * time.Second
)

// renew returns a grant with another access token than stale, which has expired or was rejected. Concurrent callers for
// the same host share one renewal. While another server refreshes the host's tokens, renew waits for its result.
func (t *tokenSource) renew(ctx context.Context, hostID, stale string) (grant, error) {
	return doShared(ctx, t.sharedCalls, "renew "+hostID, renewTimeout, func(ctx context.Context) (grant, error) {
		for {
			g, err := t.tryRenew(ctx, hostID, stale)
			if err != nil || g.AccessToken != "" {
				return g, err
			}
			select { // another server is refreshing
			case <-time.After(maxPollInterval - time.Duration(t.random(int64(maxPollInterval/2)))):
			case <-ctx.Done():
				return grant{}, &failure{
					kind: playback.Unreachable, message: "another server is refreshing the host's tokens", err: ctx.Err(),
				}
			}
		}
	})
}

// tryRenew returns a grant that another server has renewed meanwhile, or renews it. It returns an empty grant while
// another server is refreshing.
func (t *tokenSource) tryRenew(ctx context.Context, hostID, stale string) (grant, error) {
	g, err := t.load(ctx, hostID)
	if err != nil || g.usable() && g.AccessToken != stale {
		return g, err
	}
	if failed := t.backoff.failure(time.Now()); failed != nil {
		return grant{}, failed
	}
	acquired, err := t.accounts.BeginSpotifyRefresh(ctx, hostID, renewTimeout+releaseTimeout)
	if err != nil {
		return grant{}, internalFailure("begin to refresh the host's tokens", err)
	}
	if !acquired {
		return grant{}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTimeout)
	defer cancel()
	return t.renewExclusively(ctx, hostID, stale)
}

// renewExclusively is the part of tryRenew that runs on one server at a time. The right to refresh ends when the tokens
// are stored, or is released after a failure.
func (t *tokenSource) renewExclusively(ctx context.Context, hostID, stale string) (grant, error) {
	g, err := t.load(ctx, hostID)
	if err == nil && !(g.usable() && g.AccessToken != stale) {
		if g, err = t.refresh(ctx, hostID, g); err == nil {
			return g, nil
		}
	}
	t.releaseRefresh(ctx, hostID)
	return g, err
}

// releaseRefresh releases the right to refresh, even when the context of the renewal has ended.
func (t *tokenSource) releaseRefresh(ctx context.Context, hostID string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := t.accounts.EndSpotifyRefresh(ctx, hostID); err != nil {
		t.log.Error("releasing the right to refresh a host's tokens failed", "host_id", hostID, "error", err)
	}
}

// refresh requests an access token and stores it. As a rule the response has no new refresh token, and the old one
// remains in use ("Refreshing tokens", developer.spotify.com). If it has one, it replaces the old one.
func (t *tokenSource) refresh(ctx context.Context, hostID string, old grant) (grant, error) {
	token, failed := t.requestToken(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return t.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	})
	if failed != nil && failed.kind == playback.ReconnectNeeded {
		return grant{}, t.requireReconnect(ctx, hostID, old, failed)
	}
	if failed != nil {
		return grant{}, failed
	}
	if err := t.checkUnchanged(ctx, hostID, old); err != nil {
		return grant{}, err
	}
	g := newGrant(token, old.Scope)
	encrypted, err := t.cipher.encrypt(hostID, g)
	if err == nil {
		err = t.accounts.SaveSpotifyTokens(ctx, hostID, encrypted)
	}
	if err != nil {
		return grant{}, internalFailure("store the host's tokens", err)
	}
	return g, nil
}

// requestToken sends a request to the token endpoint, unless the backoff after an earlier failure still lasts.
func (t *tokenSource) requestToken(
	ctx context.Context, request func(context.Context) (*oauth2.Token, error),
) (*oauth2.Token, *failure) {
	if failed := t.backoff.failure(time.Now()); failed != nil {
		return nil, failed
	}
	recorder := t.newRecorder("token")
	ctx, span := startSpan(ctx, recorder.callName, 1)
	ctx = context.WithValue(ctx, oauth2.HTTPClient, webClient(recorder, refreshTimeout)) // oauth2 reads its client there
	token, err := request(ctx)
	endSpan(span, recorder.last, err)
	failed := classifyToken(recorder.last, err)
	if ctx.Err() == nil { // otherwise the caller left, and the endpoint did not fail
		t.backoff.record(failed, time.Now())
	}
	return token, failed
}

// newGrant returns the grant of a token response. A response without a scope leaves the scope unchanged (RFC 6749, 6).
func newGrant(token *oauth2.Token, scope string) grant {
	newScope, _ := token.Extra("scope").(string)
	return grant{*token, cmp.Or(newScope, scope)}
}

// backoff pauses requests to the token endpoint after failures, for the whole app. It is safe for concurrent use.
type backoff struct {
	mu       sync.Mutex
	until    time.Time
	failures int // consecutive ones
	last     failure
}

// record registers the outcome of a request; nil is a success. A refusal concerns one host, so it counts as a success
// of the endpoint.
func (b *backoff) record(f *failure, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f == nil || f.status >= 400 && f.status < 500 && f.status != http.StatusTooManyRequests {
		b.failures = 0
		return
	}
	b.failures++
	wait := min(backoffMin<<min(b.failures-1, 10), backoffMax)
	b.last, b.until = *f, now.Add(max(wait, f.retryAfter))
}

// failure returns the failure of requests during the pause, and nil when there is no pause.
func (b *backoff) failure(now time.Time) *failure {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.until.Sub(now)
	if left <= 0 {
		return nil
	}
	again := b.last
	again.message, again.err, again.retryAfter = "no token is requested yet, after: "+b.last.message, nil, left
	return &again
}
