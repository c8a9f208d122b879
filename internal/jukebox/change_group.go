package jukebox

import (
	"context"

	"entgo.io/ent/dialect"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/groups"
	"antwon.dj/backend/internal/likes"
	"antwon.dj/backend/internal/live"
)

// changer runs all changes of rooms. Changes that wait at the same time share a transaction: see package groups.
type changer struct {
	db     *database.DB
	bus    live.Bus
	groups *groups.Groups[job]
}

// pendingChange is a change that waits for its group, or belongs to the group that runs. Its key is the room's id.
type pendingChange = groups.Work[job]

// job is what a change does: it has either fn or like.
type job struct {
	fn   func(context.Context, *roomTx) error
	like *likes.Change
}

func newChanger(db *database.DB, bus live.Bus, groupSizes prometheus.Observer) *changer {
	c := &changer{db: db, bus: bus}
	c.groups = groups.New(groups.Config[job]{
		Attempt: c.attempts, OneQueue: db.Dialect == dialect.SQLite, Sizes: groupSizes,
	})
	return c
}

// change runs fn as one change of an open room, and publishes a hint after the commit. fn must follow the rules of a
// transaction in the package comment. change returns nil after the commit, and the refusal if fn refuses. The error is
// Conflict if the room is not open, and RateLimited if too many changes wait already or this one has waited for too
// long. If ctx ends, a waiting change does not run, but a running one is not interrupted.
func (c *changer) change(ctx context.Context, roomID string, fn func(context.Context, *roomTx) error) error {
	return c.groups.Do(&pendingChange{Ctx: ctx, Key: roomID, Job: job{fn: fn}})
}

// like is change for a like. Its outcome is in l.
func (c *changer) like(ctx context.Context, l *likes.Change) error {
	return c.groups.Do(&pendingChange{Ctx: ctx, Key: l.RoomID, Shares: true, Job: job{like: l}})
}

// attempts runs the group's transaction, repeats it after a deadlock or a lock timeout, and publishes the hints after
// the commit. It returns how many changes were made, beginning with the first, and sets the Err of each to its outcome.
// If it returns an error, none was made; only after a failed commit is that unknown.
func (c *changer) attempts(group []*pendingChange) (made int, err error) {
	for attempt := range database.MaxAttempts {
		var hints []live.Hint
		if made, hints, err = c.transact(group); err == nil {
			for _, hint := range hints {
				hint.Cause = trace.SpanContextFromContext(group[0].Ctx)
				c.bus.Publish(hint)
			}
			return made, nil
		}
		if !database.Retryable(err) {
			return 0, err
		}
		database.Backoff(attempt)
	}
	return 0, err
}
