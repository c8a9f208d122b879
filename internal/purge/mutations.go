package purge

import (
	"context"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/likes"
)

// commandsKept is how long a command is stored: longer than it can be repeated with its idempotency key.
const commandsKept = likes.KeyLifetime + time.Hour

// Keys deletes the idempotency keys that are no longer recognised.
func (p *Purger) Keys(ctx context.Context) error {
	before := database.Microseconds(time.Now().Add(-likes.KeyLifetime))
	_, err := p.db.DeleteWhere(ctx, "idempotency_keys", "created_at < ?", before)
	return wrap("delete idempotency keys", err)
}

// Commands deletes commands that were enqueued longer ago than commandsKept, answered or not: those of a room without a
// driver are never answered.
func (p *Purger) Commands(ctx context.Context) error {
	before := database.Microseconds(time.Now().Add(-commandsKept))
	_, err := p.db.DeleteWhere(ctx, "room_commands", "created_at < ?", before)
	return wrap("delete commands", err)
}
