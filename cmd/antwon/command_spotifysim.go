package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/spotify/sim"
	"antwon.dj/backend/internal/spotify/sim/control"
)

// simAddr is the simulator's default address. It differs from a server's default, so that both can run on one machine.
const simAddr = prefix + "ADDR=127.0.0.1:8090"

// simFile is the name of the file with the state of a simulator that runs alone. The demo's simulator has another file.
const simFile = "spotify-sim-alone.json"

// simulate serves only the simulated Spotify, for trying out a server, until ctx ends.
func simulate(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) (err error) {
	folder := dataFolder(cfg.databaseURL)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close() // serving closes it, too
	if addr, ok := listener.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		log.Warn("other machines can reach the simulated Spotify, and control it without a password", "addr", addr.String())
	}
	url := "http://" + reachableHere(listener.Addr().String())
	spotify, err := sim.Open(sim.Config{
		CoverURL: url + "/covers", StateFile: filepath.Join(folder, simFile), SongSeconds: cfg.songSeconds, Log: log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, spotify.Close()) }()
	if _, err := io.WriteString(stdout, simWelcome(url)); err != nil {
		return err
	}
	return serveSimulator(ctx, listener, simHandler(spotify))
}

// simHandler serves the Web API, the covers and the control endpoint on one port.
func simHandler(spotify *sim.Spotify) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", spotify.Handler())
	mux.Handle("/covers/", http.StripPrefix("/covers", spotify.Covers()))
	mux.Handle("/control/", control.Handler(spotify))
	return mux
}

func serveSimulator(ctx context.Context, listener net.Listener, handler http.Handler) error {
	web := server.HTTPServer(handler)
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		err := web.Close()
		<-served
		return err
	}
}

func simWelcome(url string) string {
	return fmt.Sprintf(`
  A simulated Spotify listens at %[1]s. A server uses it with

    ANTWON_SPOTIFY_API_URL=%[1]s/v1/
    ANTWON_SPOTIFY_ACCOUNTS_URL=%[1]s

  and any client ID and secret. %[1]s/control/ explains how to create accounts, operate the host's player, and inject
  faults.
  Ctrl-C stops the simulator. The music continues when you start it again.

`, url)
}
