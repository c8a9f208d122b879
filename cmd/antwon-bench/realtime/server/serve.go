//go:build linux

package server

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/seed"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// The kinds of server.
const (
	Antwon = "antwon" // the program as it is
	Stock  = "stock"  // gqlgen's own WebSocket transport
	Bare   = "bare"   // a broadcast without GraphQL

	Centrifuge = "centrifuge" // the library for Go: a broadcast without GraphQL, too
	Yoga       = "yoga"       // graphql-yoga with graphql-ws, on Node
)

// Kinds lists the kinds of server in the order in which they are measured: those next to each other that are compared
// most closely, because the load of the machine may change meanwhile.
var Kinds = []string{Antwon, Bare, Centrifuge, Yoga, Stock}

// Backend is what all kinds of server share.
type Backend struct {
	*fixture.App
	seed *seed.Seed
	log  *slog.Logger
}

// started is what a server prints, as JSON in one line, as soon as it is ready.
type started struct {
	GraphQL, Controls string // addresses
	PID               int    // of the process whose memory counts
}

// NewServer makes the server of a kind.
type NewServer func(ctx context.Context, b *Backend) (*http.Server, error)

// Serve is the command that Start runs in a process of its own. It ends when its standard input does, so that no server
// outlives the process that started it.
func Serve(ctx context.Context, args []string) error { return ServePeer(ctx, args, nil) }

// ServePeer is the same command of a program that has a server of its own.
func ServePeer(ctx context.Context, args []string, newServer NewServer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	dir := flags.String("folder", "", "where the seed's manifest and the server's database are")
	database := flags.String("database", "", "the database's file name")
	address := flags.String("address", anyAddress, "where to listen")
	interval := flags.Duration("interval", 0, "the feed interval")
	liked := flags.Int("liked", 0, "how many likes an earlier server on this database has made in each room")
	yogaDir := flags.String("yoga", "", "where Node's server is")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := RaiseFileLimit(); err != nil {
		return err
	}
	b, err := openBackend(ctx, *dir, *database, *interval)
	if err != nil {
		return err
	}
	at := started{PID: os.Getpid()}
	usage := b.usage
	if kind := flags.Arg(0); kind == Yoga {
		y, err := startYoga(ctx, b, *yogaDir)
		if err != nil {
			return err
		}
		at.GraphQL, at.PID, usage = y.address, y.pid, y.usage
	} else if at.GraphQL, err = b.listen(ctx, kind, newServer, *address); err != nil {
		return err
	}
	controls := newControls(ctx, b, usage, *liked)
	if at.Controls, err = listen(ctx, anyAddress, &http.Server{Handler: controls}); err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(at); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// listen makes the server and returns its address.
func (b *Backend) listen(ctx context.Context, kind string, newServer NewServer, address string) (string, error) {
	if newServer == nil {
		newServer = func(ctx context.Context, b *Backend) (*http.Server, error) { return b.newServer(ctx, kind) }
	}
	server, err := newServer(ctx, b)
	if err != nil {
		return "", err
	}
	return listen(ctx, address, server)
}

func openBackend(ctx context.Context, dir, database string, feedInterval time.Duration) (*Backend, error) {
	s, err := seed.Read(dir)
	if err != nil {
		return nil, err
	}
	app, err := fixture.OpenApp(ctx, "sqlite:"+filepath.Join(dir, database), feedInterval)
	if err != nil {
		return nil, err
	}
	if err := app.Database.Ready(ctx); err != nil {
		return nil, err
	}
	return &Backend{App: app, seed: s, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}, nil
}

func (b *Backend) newServer(ctx context.Context, kind string) (*http.Server, error) {
	switch kind {
	case Antwon:
		return newAntwon(b), nil
	case Stock:
		return &http.Server{Handler: newStock(b)}, nil
	case Bare:
		return &http.Server{Handler: newBare(ctx, b)}, nil
	}
	return nil, fmt.Errorf("unknown server %q", kind)
}

const anyAddress = "127.0.0.1:0"

func listen(ctx context.Context, address string, server *http.Server) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", address)
	if err != nil {
		return "", err
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // the process has no other purpose
		}
	}()
	return listener.Addr().String(), nil
}

// authenticate makes a viewer of a bearer token, as cmd/antwon does.
func (b *Backend) authenticate(ctx context.Context, authorization string) (context.Context, error) {
	const scheme = "Bearer "
	if len(authorization) < len(scheme) {
		return ctx, &party.Error{Code: party.Unauthenticated, Message: "There is no access token."}
	}
	viewer, err := b.Tokens.Check(authorization[len(scheme):])
	if err != nil {
		return ctx, err
	}
	return account.WithViewer(ctx, viewer), nil
}
