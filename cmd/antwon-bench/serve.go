//go:build linux

package main

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

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// The servers that are put under the same load.
const (
	antwonServer = "antwon" // the program's own way
	stockServer  = "stock"  // gqlgen's own transport
	bareServer   = "bare"   // no GraphQL at all
)

// site is one server under load, a process of its own: a jukebox on a copy of the seed, one of the three handlers around
// it, and beside it, at another address, the controls that the load generator uses.
type site struct {
	*benchRoom
	seed *seed
	log  *slog.Logger
}

// addresses is what a site says of itself as soon as it is ready.
type addresses struct{ Site, Controls string }

// serve is the hidden command that the load generator starts. It ends with its standard input, so that no site outlives
// the one who started it.
func serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	folder := flags.String("folder", "", "where the seed's manifest and the site's database are")
	database := flags.String("database", "", "the database's file name")
	address := flags.String("address", "127.0.0.1:0", "where to listen")
	interval := flags.Duration("interval", 0, "the feed interval")
	liked := flags.Int("liked", 0, "how many likes each room has had already from an earlier site")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := raiseFiles(); err != nil {
		return err
	}
	s, err := openSite(ctx, *folder, *database, *interval)
	if err != nil {
		return err
	}
	handler, err := s.handler(ctx, flags.Arg(0))
	if err != nil {
		return err
	}
	site, err := listen(*address, handler)
	if err != nil {
		return err
	}
	controls, err := listen("127.0.0.1:0", &http.Server{Handler: newControls(ctx, s, *liked)})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(addresses{site, controls}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func openSite(ctx context.Context, folder, database string, interval time.Duration) (*site, error) {
	seed, err := readSeed(folder)
	if err != nil {
		return nil, err
	}
	p, err := openParty(ctx, "sqlite:"+filepath.Join(folder, database), interval)
	if err != nil {
		return nil, err
	}
	if err := p.store.Ready(ctx); err != nil {
		return nil, err
	}
	return &site{benchRoom: p, seed: seed, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}, nil
}

func (s *site) handler(ctx context.Context, kind string) (*http.Server, error) {
	switch kind {
	case antwonServer:
		return newAntwon(s), nil
	case stockServer:
		return &http.Server{Handler: newStock(s)}, nil
	case bareServer:
		return &http.Server{Handler: newBare(ctx, s)}, nil
	}
	return nil, fmt.Errorf("unknown server %q", kind)
}

func listen(address string, server *http.Server) (string, error) {
	listener, err := net.Listen("tcp4", address)
	if err != nil {
		return "", err
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // the process exists for this alone
		}
	}()
	return listener.Addr().String(), nil
}

// authenticate makes a viewer from a bearer token, as cmd/antwon does it.
func (s *site) authenticate(ctx context.Context, authorization string) (context.Context, error) {
	const scheme = "Bearer "
	if len(authorization) < len(scheme) {
		return ctx, &party.Error{Code: party.Unauthenticated, Message: "no access token"}
	}
	viewer, err := s.tokens.Check(authorization[len(scheme):])
	if err != nil {
		return ctx, err
	}
	return account.WithViewer(ctx, viewer), nil
}
