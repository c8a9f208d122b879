package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"antwon.dj/backend/internal/database"
)

// migrate brings the database up to date, which opening it does.
func migrate(ctx context.Context, cfg config, stdout io.Writer, _ *slog.Logger) error {
	opened, err := database.OpenAs(ctx, cfg.databaseURL, cfg.databaseLogin)
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
