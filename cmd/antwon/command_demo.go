package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"antwon.dj/backend/internal/demo"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/spotify/sim"
)

// demonstrate runs a server for trying things out, on which anybody can become a host. Unless a Spotify app is
// configured, Spotify is simulated in the same process, and a room is open already. The simulator's state and the
// session secret are kept beside the database, so that the party continues after a restart.
func demonstrate(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) (err error) {
	folder := dataFolder(cfg.databaseURL)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("%w: set %sDATABASE_URL, such as sqlite:/tmp/antwon/antwon.db, to a file in a directory that can "+
			"be written", err, prefix)
	}
	listener, err := listen(ctx, cfg)
	if err != nil {
		return err
	}
	defer listener.Close() // serving closes it, too
	warnOpen(listener, log)
	if cfg.sessionSecrets, err = keptSecret(cfg, folder); err != nil {
		return err
	}
	if cfg.spotify.clientID != "" {
		return serveWithSpotify(ctx, cfg, listener, welcomeHosts(cfg), stdout, log)
	}
	return demonstrateWithSimulator(ctx, cfg, listener, stdout, log)
}

// demonstrateWithSimulator runs a demo with simulated accounts and a room of its own.
func demonstrateWithSimulator(
	ctx context.Context, cfg config, listener net.Listener, stdout io.Writer, log *slog.Logger,
) (err error) {
	simulated, err := startSimulator(ctx, cfg, dataFolder(cfg.databaseURL), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, simulated.stop()) }()
	cfg.spotify = simulated.app()
	p, err := openProgram(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	d := demo.New(demo.Config{
		Database: p.database, Simulator: simulated.Spotify, Cipher: p.cipher, CoverURL: coversOf(cfg),
	})
	p.assemble(d)
	room, err := d.OpenRoom(ctx, p.accounts, p.jukebox)
	if err != nil {
		p.jukebox.Close()
		return fmt.Errorf("open the demo's room: %w", err)
	}
	greeting := welcome(cfg, room, d.Key()) + invitation(stdout, cfg, cfg.publicURL+"/r/"+room.Code)
	if _, err := io.WriteString(stdout, greeting); err != nil {
		return err
	}
	return p.run(ctx, listener, stdout)
}

// simulator is the simulated Spotify, served on the loopback interface only: anybody who reaches it controls its
// players.
type simulator struct {
	*sim.Spotify
	http *http.Server
	url  string
	done chan error // one value: how serving ended
}

func startSimulator(ctx context.Context, cfg config, folder string, log *slog.Logger) (*simulator, error) {
	spotify, err := sim.Open(sim.Config{
		CoverURL: coversOf(cfg), StateFile: filepath.Join(folder, "spotify-sim.json"), Log: log,
		SongSeconds: cfg.songSeconds, ManySongs: true,
	})
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the simulated Spotify: %w", err)
	}
	s := &simulator{
		Spotify: spotify,
		http:    server.HTTPServer(spotify.Handler()),
		url:     "http://" + listener.Addr().String(),
		done:    make(chan error, 1),
	}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// coversOf returns the address below which the demo serves the simulator's covers.
func coversOf(cfg config) string { return cfg.publicURL + "/covers" }

// app returns the server's app at the simulator. The simulator has no rate limits of its own.
func (s *simulator) app() spotifyApp {
	return spotifyApp{
		clientID: "demo", clientSecret: "demo", apiURL: s.url + "/v1", accountsURL: s.url, requestsPer30s: 10_000,
	}
}

func (s *simulator) stop() error {
	err := s.http.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, s.Close())
}

func welcome(cfg config, room *party.Room, key string) string {
	return fmt.Sprintf(`
  antwon.dj: the room %[2]s is open, and a simulated Spotify plays its queue.

  Phones         %[1]s/r/%[2]s
  Room screen    %[1]s/r/%[2]s/screen
  Its host       %[1]s%[3]s?key=%[4]s
  A new host     %[1]s/host
  Playground     %[1]s/playground?code=%[2]s

  Ctrl-C stops the server. The party continues when you start it again.

`, cfg.publicURL, room.Code, server.DemoHostPage, key)
}

func welcomeHosts(cfg config) string {
	text := fmt.Sprintf(`
  antwon.dj: open %[1]s/host

  Sign in with any name, connect your Spotify account, and open a room. Your app's settings at Spotify have to name this
  redirect URI: %[1]s/spotify/callback

`, cfg.consoleURL())
	if cfg.consoleURL() == cfg.publicURL {
		return text
	}
	return text + fmt.Sprintf(`  Open that page on this machine. Guests join at %s, where hosts cannot connect Spotify: it
  sends browsers back to https addresses and to 127.0.0.1 only.

`, cfg.publicURL)
}

// dataFolder returns the folder of the demo's files besides the database: the simulator's state and the session secret.
func dataFolder(databaseURL string) string {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return filepath.Dir(path)
	}
	return "data"
}

// keptSecret returns the configured session secret and its predecessors, or one that is generated and stored at the
// first start.
func keptSecret(cfg config, folder string) ([][]byte, error) {
	if cfg.sessionSecrets != nil {
		return cfg.sessionSecrets, nil
	}
	path := filepath.Join(folder, "session.secret")
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret = []byte(rand.Text() + rand.Text())
		err = os.WriteFile(path, secret, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("keep the session secret: %w", err)
	}
	return [][]byte{secret}, nil
}

// warnOpen logs a warning if other machines can reach the demo: anybody there can sign in as a host.
func warnOpen(listener net.Listener, log *slog.Logger) {
	if addr, ok := listener.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		log.Warn("other machines can reach the demo, where anybody can sign in as a host", "addr", addr.String())
	}
}
