package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// command is a command of the program, such as serve.
type command struct {
	name    string
	summary string // in the list of commands
	details string // in its own help

	run func(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) error
	// isServer says that the command runs until it is stopped, and that its log begins with the build.
	isServer bool
	// watchesSecrets says that the command stops when a secret changes that it reads only at its start.
	watchesSecrets bool
}

// commands returns the commands that need the configuration. Version and help do not need it.
func commands() []command {
	return []command{
		{
			name:    "serve",
			summary: "run the server, for real use",
			details: `Runs the server. Hosts sign in with an identity provider, and connect their own Spotify accounts. If
variables that it needs are missing, it lists them and ends.`,
			run:            serve,
			isServer:       true,
			watchesSecrets: true,
		},
		{
			name:    "demo",
			summary: "run a party to try out: SQLite, a simulated Spotify, an open room",
			details: `Runs a server for trying things out: anybody can become a host, and a room is open already. Spotify is
simulated, unless ANTWON_SPOTIFY_CLIENT_ID names an app at Spotify.`,
			run:            demonstrate,
			isServer:       true,
			watchesSecrets: true,
		},
		{
			name:    "migrate",
			summary: "bring the database up to date, and exit",
			details: `Brings the database up to date, and exits. A server does the same when it starts.`,
			run:     migrate,
		},
		{
			name:    "restored",
			summary: "record that the database was restored from a backup, and exit",
			details: `Makes clients load their rooms again if they know a newer state than the backup has. Call it after
restoring a backup, before servers start. Servers that run during the restore notice it by themselves.`,
			run: restored,
		},
		{
			name:    "config",
			summary: "print the configuration, without secrets",
			details: `Prints all variables with their effective values, without secrets, and where a value comes from if it
does not come from its variable.`,
			run: printConfig,
		},
		{
			name:    "healthcheck",
			summary: "ask the running server whether it is ready",
			details: `Asks the server at ANTWON_ADDR or, if it is set, ANTWON_METRICS_ADDR, from the same machine, whether it is
ready (/readyz), and exits with code 0 if it is and with 1 if not. It reads no other variable. Images without
a shell check their health with it.`,
			run: healthcheck,
		},
		{
			name:    "spotify-sim",
			summary: "run only the simulated Spotify, for trying out a server",
			details: `Runs only the simulated Spotify of the demo, for trying out a server or another client. It is
controlled by an endpoint below /control/.`,
			run:      simulate,
			isServer: true,
		},
	}
}

// otherCommands are listed after commands.
const otherCommands = `  version       print version, commit and Go version
  help          print this list, or with the name of a command its help
`

func usage() string {
	var text strings.Builder
	text.WriteString("usage: antwon <command>\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&text, "  %-13s %s\n", c.name, c.summary)
	}
	text.WriteString(otherCommands + "\nThe configuration comes from the environment, in variables such as ANTWON_ADDR.\n")
	return text.String()
}

// help explains the command.
func (c command) help() string {
	const format = `usage: antwon %s

%s

It takes no arguments: the configuration comes from the environment, and "antwon config" prints it.
`
	return fmt.Sprintf(format, c.name, c.details)
}

// usageError is the error of a command line that names no command.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

// errAnswered means that the command line asked only for help or the version, which has been printed.
var errAnswered = errors.New("answered")

// parseArgs returns the command that the arguments name. If they only ask for help or the version, it prints that to
// stdout and returns errAnswered. All other errors are a *usageError, or come from stdout.
func parseArgs(args []string, stdout io.Writer) (command, error) {
	if len(args) == 0 {
		return command{}, &usageError{"which command?\n\n" + usage()}
	}
	name, rest := args[0], args[1:]
	switch {
	case isHelp(name):
		return command{}, answerHelp(rest, stdout)
	case slices.ContainsFunc(rest, isHelp):
		return command{}, answerHelp(args[:1], stdout)
	case len(rest) > 0:
		return command{}, &usageError{
			fmt.Sprintf("%s takes no arguments, and was given %q; antwon help explains the commands", name, rest),
		}
	case slices.Contains([]string{"version", "--version", "-version", "-v"}, name):
		return command{}, answer(stdout, buildOf().String()+"\n")
	}
	return findCommand(name)
}

func isHelp(arg string) bool { return slices.Contains([]string{"help", "--help", "-help", "-h"}, arg) }

// answerHelp explains a command, or all if none is named.
func answerHelp(about []string, stdout io.Writer) error {
	if len(about) == 0 || isHelp(about[0]) || about[0] == "version" {
		return answer(stdout, usage())
	}
	c, err := findCommand(about[0])
	if err != nil {
		return err
	}
	return answer(stdout, c.help())
}

func answer(stdout io.Writer, text string) error {
	if _, err := io.WriteString(stdout, text); err != nil {
		return err
	}
	return errAnswered
}

func findCommand(name string) (command, error) {
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
	}
	return command{}, &usageError{fmt.Sprintf("there is no command %q\n\n%s", name, usage())}
}
