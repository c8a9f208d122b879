package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
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

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

const (
	demoHost = "Demo host"
	demoCode = "PARTY"
	// demoSongs is how many songs wait in a room that the demo has just opened.
	demoSongs = 6
)

// demo runs a server to try things with: whoever asks is a host. Unless a Spotify app is configured, Spotify is simulated
// inside, and a room is open already. What it keeps lies beside the database, so that the party goes on after a restart.
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
	if cfg.sessionSecrets, err = keptSecret(cfg, folder); err != nil {
		return err
	}
	if cfg.spotify.clientID != "" {
		return demoWithSpotify(ctx, cfg, listener, stdout, log)
	}
	simulated, err := startSimulator(cfg, folder, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, simulated.stop()) }()
	cfg.spotify = simulated.app()
	s, err := openSite(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	party := &demoParty{simulated: simulated, vault: s.vault, key: rand.Text()}
	s.start(freedoms{party, http.StripPrefix("/covers", simulated.Covers()), func(ctx context.Context, key string) (*account.Session, error) {
		return party.signIn(ctx, s.accounts, key)
	}})
	room, err := party.open(ctx, s.accounts, s.jukebox, coversOf(cfg))
	if err != nil {
		s.jukebox.Close()
		return fmt.Errorf("open the demo's room: %w", err)
	}
	if _, err := io.WriteString(stdout, welcome(cfg, room, party.key)); err != nil {
		return err
	}
	return s.program.serve(ctx, listener)
}

// demoWithSpotify runs a demo whose hosts connect their own accounts.
func demoWithSpotify(ctx context.Context, cfg config, listener net.Listener, stdout io.Writer, log *slog.Logger) (err error) {
	s, err := openSite(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.start(freedoms{})
	if _, err := io.WriteString(stdout, welcomeHosts(cfg)); err != nil {
		return err
	}
	return s.program.serve(ctx, listener)
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
		CoverURL: coversOf(cfg), StateFile: filepath.Join(folder, "spotify-sim.json"), SongSeconds: cfg.songSeconds, Log: log,
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

// coversOf is where the demo serves the simulator's covers.
func coversOf(cfg config) string { return cfg.publicURL + "/covers" }

// app is what the server is to the simulator, which has no limits of its own.
func (s *simulator) app() spotifyApp {
	return spotifyApp{clientID: "demo", clientSecret: "demo", apiURL: s.url + "/v1", accountsURL: s.url, requestsPer30s: 10_000}
}

func (s *simulator) stop() error {
	err := s.http.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, s.Close())
}

// demoParty makes simulated accounts for hosts, and a room that is open already.
type demoParty struct {
	simulated *simulator
	vault     *spotify.Vault
	key       string // of the demo's own host
}

// NewAccount implements account.DemoAccounts.
func (d *demoParty) NewAccount(_ context.Context, hostID, displayName string) (account.SpotifyCredentials, error) {
	added, err := d.simulated.AddAccount(displayName)
	if err != nil {
		return account.SpotifyCredentials{}, err
	}
	sealed, err := d.vault.SealRefreshToken(hostID, added.RefreshToken)
	return account.SpotifyCredentials{AccountID: added.ID, DisplayName: added.DisplayName, Sealed: sealed}, err
}

// open finds the demo's own room, or opens it with a few songs in it.
func (d *demoParty) open(ctx context.Context, accounts *account.Accounts, j *jukebox.Jukebox, covers string) (*party.Room, error) {
	if err := j.MoveCovers(ctx, covers+"/"); err != nil {
		return nil, err
	}
	host, err := accounts.DemoHost(ctx, demoHost)
	if err != nil {
		return nil, err
	}
	ctx = account.WithViewer(ctx, host.User)
	profile, err := accounts.Profile(ctx)
	if err != nil {
		return nil, err
	}
	room, err := j.HostedRoom(ctx, profile)
	if err != nil || room != nil {
		return room, err
	}
	code, name := demoCode, "The demo party"
	room, err = j.CreateRoom(ctx, jukebox.RoomInput{Code: &code, Name: &name}, nil)
	if party.CodeOf(err) == party.Conflict { // another host of the demo took the code
		room, err = j.CreateRoom(ctx, jukebox.RoomInput{Name: &name}, nil)
	}
	if err != nil {
		return nil, err
	}
	return room, d.addSongs(ctx, j, room)
}

func (d *demoParty) addSongs(ctx context.Context, j *jukebox.Jukebox, room *party.Room) error {
	catalogue := d.simulated.Catalogue()
	for n := range demoSongs {
		_, err := j.AddSong(ctx, room.ID, catalogue[n*len(catalogue)/demoSongs].URI, nil)
		if err != nil && party.CodeOf(err) != party.Refused { // some songs of the catalogue are not playable
			return err
		}
	}
	return nil
}

// signIn is the demo's own host, for who has the key.
func (d *demoParty) signIn(ctx context.Context, accounts *account.Accounts, key string) (*account.Session, error) {
	if subtle.ConstantTimeCompare([]byte(key), []byte(d.key)) != 1 {
		return nil, &party.Error{Code: party.Forbidden, Message: "this link was for an earlier start of the demo: take the one that it printed last"}
	}
	return accounts.DemoHost(ctx, demoHost)
}

func welcome(cfg config, room *party.Room, key string) string {
	return fmt.Sprintf(`
  antwon.dj: the room %[2]s is open, and a simulated Spotify plays its queue.

  Phones         %[1]s/r/%[2]s
  Room screen    %[1]s/r/%[2]s/screen
  Its host       %[1]s%[3]s?key=%[4]s
  A new host     %[1]s/host
  Playground     %[1]s/playground?code=%[2]s

  Ctrl-C stops; started again, the party goes on.

`, cfg.publicURL, room.Code, server.DemoHostPage, key)
}

func welcomeHosts(cfg config) string {
	return fmt.Sprintf(`
  antwon.dj: open %[1]s/host

  Sign in with any name, connect your Spotify account, and open a room. Your app's settings at Spotify have to name this
  redirect URI: %[1]s/spotify/callback

`, cfg.publicURL)
}

// dataFolder is where the demo keeps what is not in the database.
func dataFolder(databaseURL string) string {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return filepath.Dir(path)
	}
	return "data"
}

// keptSecret is the configured secret with those before it, or one that was made at the first start.
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

// warnOpen warns of a demo that others can reach: whoever does can sign in as a host.
func warnOpen(listener net.Listener, log *slog.Logger) {
	if addr, ok := listener.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		log.Warn("the demo can be reached from other machines, and lets everybody in", "addr", addr.String())
	}
}
