// Command antwon is the party jukebox server.
//
//	antwon serve         run the server, for real use
//	antwon demo          run a party to try out: SQLite, a simulated Spotify, an open room
//	antwon migrate       bring the database up to date, and exit
//	antwon restored      record that the database was restored from a backup, and exit
//	antwon config        print the configuration, without secrets
//	antwon healthcheck   ask the running server whether it is ready
//	antwon spotify-sim   run only the simulated Spotify, for trying out a server
//	antwon version       print version, commit and Go version
//	antwon help          explain the commands
//
// The configuration comes from the environment (config.go). The program ends with exit code 2 if the command line or
// the configuration cannot be used, after a message that lists all problems; with 3 if a secret has changed and the
// program has to be started again to use it; and with 1 after any other failure.
//
// The files follow the start-up:
//
//	main.go, command*.go        the command line, and the commands; version.go says which build this is
//	config*.go                  the configuration, from variables, files and secrets
//	memory.go                   how much memory the program may use
//	program.go                  the parts of a server, opened and assembled in order
//	program_*.go                one part of a server each; program_run.go runs them, and stops them in order
//	terminal.go                 the QR code that a server draws at a terminal
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"antwon.dj/backend/internal/secrets"
)

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
	case errors.As(err, new(*usageError)), errors.As(err, new(*configError)):
		return 2
	case errors.As(err, new(*secrets.ChangedError)):
		return 3
	}
	return 1
}

// run is the whole program, without the process: no signals and no exit. It returns once ctx has ended and everything
// has stopped.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	command, err := parseArgs(args, stdout)
	if errors.Is(err, errAnswered) {
		return nil
	}
	if err != nil {
		return err
	}
	switch command.name {
	case "spotify-sim":
		environ = append([]string{simAddr}, environ...)
	case "healthcheck":
		environ = onlyAddresses(environ)
	}
	cfg, err := loadConfig(ctx, command.name, environ)
	if err != nil {
		return err
	}
	log := newLogger(cfg, stderr)
	if command.isServer {
		log.Info("antwon starts", append([]any{"command", command.name}, buildOf().logged()...)...)
		limitMemory(log)
	}
	runCommand := func(ctx context.Context) error { return command.run(ctx, cfg, stdout, log) }
	if command.watchesSecrets {
		return untilSecretsChange(ctx, cfg, environ, log, runCommand)
	}
	return runCommand(ctx)
}
