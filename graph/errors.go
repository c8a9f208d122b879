package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// PresentError returns the error that the client sees for err, and logs failures. It is the only way for errors to
// reach clients. Of a party.Error the client sees code, message, field, reason and retryAfterMs; while the database is
// unavailable it sees UPSTREAM_UNAVAILABLE, and the operation's tokens are given back to its rate limits. Of any other
// error it sees INTERNAL_SERVER_ERROR without the text. gqlgen's own errors, about documents that do not parse or
// validate, pass unchanged.
func (r *Resolver) PresentError(ctx context.Context, err error) *gqlerror.Error {
	shown := graphql.DefaultErrorPresenter(ctx, err)
	if shown.Err == nil && shown.Extensions["code"] != nil {
		return shown // gqlgen's own
	}
	known := explain(ctx, err)
	if known == nil || known.Code == party.Internal {
		return r.hide(ctx, err, shown)
	}
	if known.Code == party.UpstreamUnavailable {
		r.log.WarnContext(ctx, "an operation failed because something it needs is unavailable",
			"error", known, "path", shown.Path.String())
	}
	shown.Message = known.Message
	shown.Extensions = map[string]any{"code": known.Code}
	if known.Field != "" {
		shown.Extensions["field"] = known.Field
	}
	if known.Reason != "" {
		shown.Extensions["reason"] = known.Reason
	}
	if known.RetryAfter > 0 {
		shown.Extensions["retryAfterMs"] = known.RetryAfter.Milliseconds()
	}
	return shown
}

// explain returns the party.Error that says what happened, or nil if it is a failure of ours.
func explain(ctx context.Context, err error) *party.Error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil { // it ran out of time: no tokens are given back
		return &party.Error{
			Code: party.UpstreamUnavailable, Message: "This took too long. Please try again in a moment.",
			RetryAfter: time.Second, Err: err,
		}
	}
	if known, ok := errors.AsType[*party.Error](err); ok {
		return known
	}
	return jukebox.Unavailable(ctx, err)
}

// hide logs an error and replaces what the client sees of it. A client that disconnected during its request is not a
// failure, so that is not logged.
func (r *Resolver) hide(ctx context.Context, err error, shown *gqlerror.Error) *gqlerror.Error {
	if !errors.Is(err, context.Canceled) {
		r.log.ErrorContext(ctx, "an operation failed", "error", err, "path", shown.Path.String())
	}
	shown.Message = "Something went wrong on the server."
	shown.Extensions = map[string]any{"code": party.Internal}
	return shown
}

// Recover turns a panic into an error with the stack trace, for PresentError to log.
func (r *Resolver) Recover(_ context.Context, panicked any) error {
	return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
}
