package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"antwon.dj/backend/internal/timeline"
)

// restored begins a new timeline of a database that was restored from a backup.
func restored(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) (err error) {
	opened, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if err := timeline.Begin(ctx, opened); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, "clients will load their rooms again")
	return err
}
