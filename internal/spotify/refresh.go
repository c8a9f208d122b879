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
	// renewTimeout bounds a renewal, which goes on when those who wait for it leave: the answer may be the only copy of a
	// new refresh token. For that reason too Spotify has to answer so early that time remains to store it.
	renewTimeout   = 15 * time.Second
	refreshTimeout = 10 * time.Second
	endTimeout     = 5 * time.Second
	// pollEvery is the longest time between two looks at whether another server has refreshed.
	pollEvery = 250 * time.Millisecond
	// backoffFirst and backoffMost are how long the token endpoint is left alone after it failed.
	backoffFirst = time.Second
	backoffMost  = 30 * time.Second
)

// renew returns a grant with a new access token instead of one that is too old, or that Spotify refused. All who ask for a
// host's at the same time get the same.
func (t *tokens) renew(ctx context.Context, hostID, instead string) (grant, error) {
	return together(ctx, t.flights, "renew "+hostID, renewTimeout, func(ctx context.Context) (grant, error) {
		for {
			g, err := t.renewed(ctx, hostID, instead)
			if err != nil || g.AccessToken != "" {
				return g, err
			}
			select { // another server is at it
			case <-time.After(pollEvery - time.Duration(t.random(int64(pollEvery/2)))):
			case <-ctx.Done():
				return grant{}, &failure{kind: playback.Unreachable, message: "another server refreshes the host's tokens", err: ctx.Err()}
			}
		}
	})
}

// renewed returns the grant that another server has renewed, or renews it; an empty one while another server does that.
func (t *tokens) renewed(ctx context.Context, hostID, instead string) (grant, error) {
	g, err := t.load(ctx, hostID)
	if err != nil || g.usable() && g.AccessToken != instead {
		return g, err
	}
	if failed := t.backoff.failure(time.Now()); failed != nil {
		return grant{}, failed
	}
	mine, err := t.accounts.BeginSpotifyRefresh(ctx, hostID, renewTimeout+endTimeout)
	if err != nil {
		return grant{}, oursToMend("begin to refresh the host's tokens", err)
	}
	if !mine {
		return grant{}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTimeout)
	defer cancel()
	return t.holding(ctx, hostID, instead)
}

// holding is the part of renewed that one server at a time may do. Storing the tokens ends it, and so does a failure.
func (t *tokens) holding(ctx context.Context, hostID, instead string) (grant, error) {
	g, err := t.load(ctx, hostID)
	if err == nil && !(g.usable() && g.AccessToken != instead) {
		if g, err = t.refresh(ctx, hostID, g); err == nil {
			return g, nil
		}
	}
	t.end(ctx, hostID)
	return g, err
}

// end gives the right to refresh back, even if the time for the renewal is over.
func (t *tokens) end(ctx context.Context, hostID string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if err := t.accounts.EndSpotifyRefresh(ctx, hostID); err != nil {
		t.log.Error("giving back the right to refresh a host's tokens failed", "host_id", hostID, "error", err)
	}
}

// refresh gets an access token and stores it. As a rule Spotify sends no new refresh token with it, and the old one is
// kept ("Refreshing tokens", developer.spotify.com); where one comes, it replaces the old one.
func (t *tokens) refresh(ctx context.Context, hostID string, old grant) (grant, error) {
	token, failed := t.ask(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return t.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	})
	if failed != nil && failed.kind == playback.ReconnectNeeded {
		return grant{}, t.refused(ctx, hostID, old, failed)
	}
	if failed != nil {
		return grant{}, failed
	}
	if err := t.unchanged(ctx, hostID, old); err != nil {
		return grant{}, err
	}
	g := granted(token, old.Scope)
	sealed, err := t.vault.seal(hostID, g)
	if err == nil {
		err = t.accounts.SaveSpotifyTokens(ctx, hostID, sealed)
	}
	if err != nil {
		return grant{}, oursToMend("store the host's tokens", err)
	}
	return g, nil
}

// ask asks the token endpoint, unless it is to be left alone.
func (t *tokens) ask(ctx context.Context, request func(context.Context) (*oauth2.Token, error)) (*oauth2.Token, *failure) {
	if failed := t.backoff.failure(time.Now()); failed != nil {
		return nil, failed
	}
	observed := t.observe("token")
	ctx, span := begin(ctx, observed.call, 1)
	token, err := request(context.WithValue(ctx, oauth2.HTTPClient, webClient(observed, refreshTimeout))) // how oauth2 takes its client
	finish(span, observed.answer, err)
	failed := classifyToken(observed.answer, err)
	if ctx.Err() == nil { // otherwise nobody waited for the endpoint
		t.backoff.after(failed, time.Now())
	}
	return token, failed
}

// granted is what came from the token endpoint; a scope that is not repeated stays (RFC 6749, 6).
func granted(token *oauth2.Token, scope string) grant {
	said, _ := token.Extra("scope").(string)
	return grant{*token, cmp.Or(said, scope)}
}

// backoff leaves the token endpoint alone for a while after it failed, for the whole app.
type backoff struct {
	mu    sync.Mutex
	until time.Time
	times int // in a row
	last  failure
}

// after remembers how the endpoint answered; nil: well. A refusal is about one host and passes for an answer.
func (b *backoff) after(f *failure, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f == nil || f.status >= 400 && f.status < 500 && f.status != http.StatusTooManyRequests {
		b.times = 0
		return
	}
	b.times++
	wait := min(backoffFirst<<min(b.times-1, 10), backoffMost)
	b.last, b.until = *f, now.Add(max(wait, f.retryAfter))
}

// failure returns why the endpoint is not asked now; nil: it may be.
func (b *backoff) failure(now time.Time) *failure {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := b.until.Sub(now)
	if left <= 0 {
		return nil
	}
	again := b.last
	again.message, again.err, again.retryAfter = "no token is asked for yet, after: "+b.last.message, nil, left
	return &again
}
