package database

import (
	"context"
	"fmt"
	"time"
)

// The pause before the next attempt to open a database doubles from the first to the last of these.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 5 * time.Second
)

// await opens a database, and tries again while it is unavailable, for opts.Wait. It logs each failed attempt.
func (opts Options) await(ctx context.Context, open func() (*DB, error)) (*DB, error) {
	began := time.Now()
	for next := firstPause; ; next = min(2*next, lastPause) {
		opened, err := open()
		left := opts.Wait - time.Since(began)
		switch {
		case err == nil || !Unavailable(err) || ctx.Err() != nil:
			return opened, err
		case left <= 0 && opts.Wait > 0:
			return nil, fmt.Errorf("the database did not become available within %s: %w", opts.Wait, err)
		case left <= 0:
			return nil, err
		}
		wait := min(next, left)
		opts.Log.Warn("the database is not available; trying again", "error", err, "pause", wait, "giving_up_in", left)
		pause(ctx, wait)
	}
}
