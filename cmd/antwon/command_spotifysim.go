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
)

// simAddr is where the simulator listens unless ANTWON_ADDR says otherwise: beside the server, not in its place.
const simAddr = prefix + "ADDR=127.0.0.1:8090"

// simFile is what the simulator that runs alone keeps, apart from the demo's.
const simFile = "spotify-sim-alone.json"

// simulate serves the simulated Spotify alone, for a server that is to be tried with it. It returns when ctx ends.
func simulate(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) (err error) {
	folder := dataFolder(cfg.databaseURL)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close() // after serving it is closed already
	if addr, ok := listener.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		log.Warn("the simulated Spotify can be reached from other machines, and lets everybody control it", "addr", addr.String())
	}
	url := "http://" + reachable(listener.Addr().String())
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

// simHandler is everything that the simulator serves on one port.
func simHandler(spotify *sim.Spotify) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", spotify.Handler())
	mux.Handle("/covers/", http.StripPrefix("/covers", spotify.Covers()))
	mux.Handle("/control/", spotify.Control())
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

  and any client ID and secret. %[1]s/control/ says how to make accounts, use the host's hands, and inject faults.
  Ctrl-C stops; started again, the music goes on.

`, url)
}
