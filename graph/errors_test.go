package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/party"
)

func TestPresentErrorShowsClientsOnlySafeDetails(t *testing.T) {
	for name, c := range map[string]struct {
		err        error
		message    string
		extensions map[string]any
		logged     bool
	}{
		"wrapped on its way up": {
			fmt.Errorf("like: %w", &party.Error{Code: party.Forbidden, Message: "Join this room first."}),
			"Join this room first.", map[string]any{"code": party.Forbidden}, false,
		},
		"bad input": {
			&party.Error{Code: party.BadUserInput, Message: "code is too short", Field: "code"},
			"code is too short", map[string]any{"code": party.BadUserInput, "field": "code"}, false,
		},
		"a rule's no": {
			&party.Error{Code: party.Refused, Message: "It is too late.", Reason: party.ReasonCommitted},
			"It is too late.", map[string]any{"code": party.Refused, "reason": party.ReasonCommitted}, false,
		},
		"Spotify is down": {
			&party.Error{
				Code: party.UpstreamUnavailable, Message: "Spotify does not answer.", RetryAfter: 37 * time.Second,
				Err: errors.New("token abc"),
			},
			"Spotify does not answer.", map[string]any{"code": party.UpstreamUnavailable, "retryAfterMs": int64(37_000)}, true,
		},
		"the database does not answer": {
			fmt.Errorf("like: %w", mysql.ErrInvalidConn), "The server cannot reach its database. Please try again in a moment.",
			map[string]any{"code": party.UpstreamUnavailable, "retryAfterMs": int64(2_000)}, true,
		},
		"a failure of ours": {
			errors.New("dial tcp 10.0.0.7: password of root"),
			"Something went wrong on the server.", map[string]any{"code": party.Internal}, true,
		},
		"gqlgen's own": {
			&gqlerror.Error{Message: "Cannot query field", Extensions: map[string]any{"code": "GRAPHQL_VALIDATION_FAILED"}},
			"Cannot query field", map[string]any{"code": "GRAPHQL_VALIDATION_FAILED"}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			r := graph.New(nil, nil, slog.New(slog.NewTextHandler(&log, nil)))
			shown := r.PresentError(t.Context(), c.err)
			if shown.Message != c.message || !maps.Equal(shown.Extensions, c.extensions) {
				t.Errorf("shown %q %v, want %q %v", shown.Message, shown.Extensions, c.message, c.extensions)
			}
			if lines := strings.Count(log.String(), "\n"); lines > 1 || (lines == 1) != c.logged {
				t.Errorf("logged: %s", log.String())
			}
		})
	}
}

func TestPanicIsHiddenAndLoggedWithItsStack(t *testing.T) {
	var log bytes.Buffer
	r := graph.New(nil, nil, slog.New(slog.NewTextHandler(&log, nil)))
	shown := r.PresentError(t.Context(), r.Recover(t.Context(), "boom"))
	if shown.Message != "Something went wrong on the server." || shown.Extensions["code"] != party.Internal {
		t.Errorf("shown %+v", shown)
	}
	if text := log.String(); !strings.Contains(text, "boom") || !strings.Contains(text, "errors_test.go") {
		t.Errorf("logged %s", text)
	}
}

func TestDisconnectedClientIsNotLoggedAsFailure(t *testing.T) {
	var log bytes.Buffer
	r := graph.New(nil, nil, slog.New(slog.NewTextHandler(&log, nil)))
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if r.PresentError(ctx, ctx.Err()); log.Len() > 0 {
		t.Errorf("logged %s", log.String())
	}
}
