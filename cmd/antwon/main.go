// Command antwon is the party jukebox server.
//
//	antwon serve         the server, for real use
//	antwon demo          a party to try: SQLite, a simulated Spotify, a room that is open
//	antwon migrate       brings the database up to date, and ends
//	antwon config        prints the configuration, without secrets
//	antwon spotify-sim   a simulated Spotify alone, for a server to be tried with
//
// The configuration comes from the environment (see config.go). A configuration that cannot be used ends the program with
// exit code 2 and one message with everything that is wrong; secrets that changed, and want a new start, with 3; any other
// failure with 1.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/secrets"
)

const usage = `usage: antwon <command>

  serve         the server, for real use
  demo          a party to try: SQLite, a simulated Spotify, a room that is open
  migrate       bring the database up to date
  config        print the configuration, without secrets
  spotify-sim   a simulated Spotify alone, for a server to be tried with
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "antwon:", err)
	}
	os.Exit(exitCode(err))
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(*configError)):
		return 2
	case errors.As(err, new(*secrets.ChangedError)):
		return 3
	}
	return 1
}

// run is the whole program but for the process around it. It returns when ctx ends and everything has stopped.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	if len(args) != 1 {
		return &configError{[]string{"which command?\n\n" + usage}}
	}
	if args[0] == "spotify-sim" {
		environ = append([]string{simAddr}, environ...)
	}
	cfg, err := loadConfig(ctx, args[0], environ)
	if err != nil {
		return err
	}
	log := newLogger(cfg, stderr)
	switch args[0] {
	case "serve":
		return untilSecretsChange(ctx, cfg, environ, log, func(ctx context.Context) error { return serve(ctx, cfg, stdout, log) })
	case "demo":
		return untilSecretsChange(ctx, cfg, environ, log, func(ctx context.Context) error { return demo(ctx, cfg, stdout, log) })
	case "migrate":
		return migrate(ctx, cfg, stdout)
	case "config":
		return cfg.print(stdout)
	case "spotify-sim":
		return simulate(ctx, cfg, stdout, log)
	}
	return &configError{[]string{fmt.Sprintf("there is no command %q\n\n%s", args[0], usage)}}
}

// migrate relies on opening, which migrates.
func migrate(ctx context.Context, cfg config, stdout io.Writer) error {
	store, err := database.OpenAs(ctx, cfg.databaseURL, cfg.databaseLogin)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Ready(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, "the database is up to date")
	return err
}
