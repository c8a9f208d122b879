package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// migrate brings the database up to date, by opening it.
func migrate(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) error {
	opened, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer opened.Close()
	if err := opened.Ready(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, "the database is up to date")
	return err
}
