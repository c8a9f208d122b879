package jukebox

import (
	"context"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/ratelimit"
)

// retryUnavailable is the RetryAfter of what failed because the database was unavailable: long enough for a lost
// connection to be replaced, and for a fail-over to go on.
const retryUnavailable = 2 * time.Second

// Unavailable returns UpstreamUnavailable with cause as its cause, if that is an error of a database that is
// unavailable at present; otherwise nil. What the operation of ctx took from rate limits is given back, because its
// client is not at fault.
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
