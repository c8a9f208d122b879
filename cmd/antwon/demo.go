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

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

const (
	demoHost = "Demo host"
	demoCode = "PARTY"
	// demoSongs is how many songs wait in a room that the demo has just opened.
	demoSongs = 6
)

// demo runs a server with a simulated Spotify inside. What it keeps lies beside the database, so that the party goes on
// after a restart.
func demo(ctx context.Context, cfg config, stdout io.Writer, log *slog.Logger) (err error) {
	folder := dataFolder(cfg.databaseURL)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close() // after serving it is closed already
	warnOpen(listener, log)
	secret, err := keptSecret(cfg, folder)
	if err != nil {
		return err
	}
	simulated, err := startSimulator(cfg, folder, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, simulated.stop()) }()
	store, err := jukebox.OpenStore(ctx, cfg.databaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	metrics := newMetrics()
	bus, err := openBus(cfg, log, metrics)
	if err != nil {
		return err
	}
	defer bus.close()
	party, err := newDemoParty(cfg, log, metrics, store, bus, simulated, secret)
	if err != nil {
		return err
	}
	room, host, err := party.open(ctx)
	if err != nil {
		party.program.jukebox.Close()
		return fmt.Errorf("open the demo's room: %w", err)
	}
	if _, err := io.WriteString(stdout, welcome(cfg, room, host)); err != nil {
		return err
	}
	return party.program.serve(ctx, listener)
}

// simulator is the simulated Spotify, served on the loopback interface only: whoever reaches it controls its players.
type simulator struct {
	*sim.Spotify
	http *http.Server
	url  string
	done chan error // one value: how serving ended
}

func startSimulator(cfg config, folder string, log *slog.Logger) (*simulator, error) {
	spotify, err := sim.Open(sim.Config{
		CoverURL: cfg.publicURL + "/covers", StateFile: filepath.Join(folder, "spotify-sim.json"), SongSeconds: cfg.songSeconds, Log: log,
	})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the simulated Spotify: %w", err)
	}
	s := &simulator{spotify, server.HTTPServer(spotify.Handler()), "http://" + listener.Addr().String(), make(chan error, 1)}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

func (s *simulator) stop() error {
	err := s.http.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, s.Close())
}

// demoParty is a server whose hosts have simulated accounts.
type demoParty struct {
	program   *program
	simulated *simulator
	vault     *spotify.Vault
}

func newDemoParty(cfg config, log *slog.Logger, metrics *prometheus.Registry, store *jukebox.Store, bus *hintBus,
	simulated *simulator, secret []byte,
) (*demoParty, error) {
	tokens, err := session.New(secret)
	if err != nil {
		return nil, err
	}
	vault, err := spotify.NewVault(secret)
	if err != nil {
		return nil, err
	}
	client := spotify.New(spotify.Config{
		APIURL: simulated.url + "/v1/", AccountsURL: simulated.url, ClientID: "demo", ClientSecret: "demo",
		Vault: vault, Accounts: jukebox.NewAccounts(store), Log: log, Metrics: metrics,
	})
	d := &demoParty{simulated: simulated, vault: vault}
	j := jukebox.New(jukebox.Config{
		Store: store, Bus: bus, Tokens: tokens, Catalog: client, Demo: d,
		PublicURL: cfg.publicURL, FeedInterval: cfg.feedInterval, Log: log, Metrics: metrics,
	})
	bus.serves(j)
	d.program = assemble(parts{
		cfg: cfg, log: log, metrics: metrics, store: store, bus: bus, jukebox: j, tokens: tokens, player: client,
		covers: http.StripPrefix("/covers", simulated.Covers()), demo: true,
	})
	return d, nil
}

// NewAccount implements jukebox.DemoAccounts.
func (d *demoParty) NewAccount(_ context.Context, hostID, displayName string) (jukebox.SpotifyCredentials, error) {
	account, err := d.simulated.AddAccount(displayName)
	if err != nil {
		return jukebox.SpotifyCredentials{}, err
	}
	sealed, err := d.vault.SealRefreshToken(hostID, account.RefreshToken)
	return jukebox.SpotifyCredentials{AccountID: account.ID, DisplayName: account.DisplayName, Sealed: sealed}, err
}

// open finds the demo's own room, or opens it with a few songs in it.
func (d *demoParty) open(ctx context.Context) (*jukebox.Room, *jukebox.Session, error) {
	j := d.program.jukebox
	host, err := j.DemoHost(ctx, demoHost)
	if err != nil {
		return nil, nil, err
	}
	ctx = jukebox.WithViewer(ctx, host.User)
	profile, err := j.Profile(ctx)
	if err != nil {
		return nil, nil, err
	}
	room, err := j.HostedRoom(ctx, profile)
	if err != nil || room != nil {
		return room, host, err
	}
	code, name := demoCode, "The demo party"
	room, err = j.CreateRoom(ctx, jukebox.CreateRoomInput{Code: &code, Name: &name}, nil)
	if jukebox.CodeOf(err) == jukebox.Conflict { // another host of the demo took the code
		room, err = j.CreateRoom(ctx, jukebox.CreateRoomInput{Name: &name}, nil)
	}
	if err != nil {
		return nil, nil, err
	}
	return room, host, d.addSongs(ctx, room)
}

func (d *demoParty) addSongs(ctx context.Context, room *jukebox.Room) error {
	catalogue := d.simulated.Catalogue()
	for n := range demoSongs {
		_, err := d.program.jukebox.AddSong(ctx, room.ID, catalogue[n*len(catalogue)/demoSongs].URI, nil)
		if err != nil && jukebox.CodeOf(err) != jukebox.Refused { // some songs of the catalogue are not playable
			return err
		}
	}
	return nil
}

func welcome(cfg config, room *jukebox.Room, host *jukebox.Session) string {
	playground := cfg.publicURL + "/playground?code=" + room.Code
	return fmt.Sprintf(`
  antwon.dj: the room %[1]s is open, and a simulated Spotify plays its queue.

  Open  %[2]s
        as a guest: join with the first tab, and follow the others

  or    %[2]s&room=%[5]s#token=%[3]s
        as the host: the subscription tabs show the queue and the player at once

  GraphQL is served at %[4]s/graphql (HTTP, WebSocket, Server-Sent Events). Ctrl-C stops; started again, the party goes on.

`, room.Code, playground, host.AccessToken, cfg.publicURL, room.ID)
}

// dataFolder is where the demo keeps what is not in the database.
func dataFolder(databaseURL string) string {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return filepath.Dir(path)
	}
	return "data"
}

// keptSecret is the configured secret, or one that was made at the first start.
func keptSecret(cfg config, folder string) ([]byte, error) {
	if cfg.sessionSecret != nil {
		return cfg.sessionSecret, nil
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
	return secret, nil
}

// warnOpen warns of a demo that others can reach: whoever does can sign in as a host.
func warnOpen(listener net.Listener, log *slog.Logger) {
	if addr, ok := listener.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		log.Warn("the demo can be reached from other machines, and lets everybody in", "addr", addr.String())
	}
}
