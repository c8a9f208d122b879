package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/party"
)

// PresentError is the one door through which errors reach clients. An Error of jukebox tells its code and message; any
// other failure is logged here and shown as INTERNAL_SERVER_ERROR without its text. What gqlgen says of a document that
// does not parse or validate passes as it is.
func (r *Resolver) PresentError(ctx context.Context, err error) *gqlerror.Error {
	shown := graphql.DefaultErrorPresenter(ctx, err)
	if shown.Err == nil && shown.Extensions["code"] != nil {
		return shown // gqlgen's own
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		r.log.WarnContext(ctx, "an operation took too long", "error", err, "path", shown.Path.String())
		err = &party.Error{Code: party.UpstreamUnavailable, Message: "This took too long: try again in a moment.", RetryAfter: time.Second}
	}
	known, ok := errors.AsType[*party.Error](err)
	if !ok || known.Code == party.Internal {
		return r.hide(ctx, err, shown)
	}
	if known.Code == party.UpstreamUnavailable {
		r.log.WarnContext(ctx, "spotify is unavailable", "error", err, "path", shown.Path.String())
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

// hide keeps the failure for the log. A client that left while it was served is no failure of ours.
func (r *Resolver) hide(ctx context.Context, err error, shown *gqlerror.Error) *gqlerror.Error {
	if !errors.Is(err, context.Canceled) {
		r.log.ErrorContext(ctx, "an operation failed", "error", err, "path", shown.Path.String())
	}
	shown.Message = "internal server error"
	shown.Extensions = map[string]any{"code": party.Internal}
	return shown
}

// Recover turns a panic into an error that tells where it happened; PresentError logs it.
func (r *Resolver) Recover(_ context.Context, panicked any) error {
	return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
}
