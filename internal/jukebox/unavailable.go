package jukebox

import (
	"context"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// retryUnavailable is the RetryAfter of requests that failed because the database was unavailable: long enough for a
// lost connection to be replaced, and for a fail-over to go on.
const retryUnavailable = 2 * time.Second

// Unavailable returns an UpstreamUnavailable error that wraps cause if cause means that the database is unavailable,
// and nil otherwise. It also gives back what the operation of ctx took from rate limits, because its client is not at
// fault.
func Unavailable(ctx context.Context, cause error) *party.Error {
	if !database.Unavailable(cause) {
		return nil
	}
	ratelimit.GiveBack(ctx)
	return &party.Error{
		Code: party.UpstreamUnavailable, Message: "The server cannot reach its database. Please try again in a moment.",
		RetryAfter: retryUnavailable, Err: cause,
	}
}
