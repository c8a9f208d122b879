package jukebox_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/push"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/testdb"
)

// fixture is a jukebox on a real database, with a host and an open room.
type fixture struct {
	*testing.T
	*jukebox.Jukebox
	*account.Accounts
	store    *database.DB
	bus      *live.LocalBus
	tokens   *session.Tokens
	catalog  *catalog
	provider *provider
	free     func(account.Viewer) bool
	push     push.Config
	metrics  *prometheus.Registry // of the jukebox that was made last
	host     context.Context
	room     *party.Room
}

// onBothDatabases runs a test once on SQLite and once on MySQL, in parallel with others, because tests mostly wait for
// the database.
func onBothDatabases(t *testing.T, story func(p *fixture)) {
	t.Helper()
	t.Parallel()
	testdb.Each(t, func(t *testing.T, url string) { story(newParty(t, url)) })
}

func newParty(t *testing.T, databaseURL string) *fixture {
	t.Helper()
	store, err := database.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	tokens, err := session.New([]byte(strings.Repeat("k", session.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	p := &fixture{
		T: t, store: store, bus: live.NewLocalBus(), tokens: tokens, catalog: &catalog{}, provider: identities(),
		free: func(account.Viewer) bool { return true },
	}
	p.push.Keys, err = push.DeriveKeys([][]byte{[]byte(strings.Repeat("k", session.MinSecret))})
	p.must(err)
	p.Jukebox = p.newJukebox(p.bus)
	p.host = p.newHost("Hanna")
	p.room = p.openRoom(p.host, "PARTY")
	return p
}

func (p *fixture) newJukebox(bus live.Bus) *jukebox.Jukebox {
	metrics := prometheus.NewRegistry()
	p.metrics = metrics
	p.Accounts = account.New(account.Config{
		Database: p.store, Tokens: p.tokens, Authorizer: p.catalog, Identity: p.provider, DemoLogin: true, Demo: accounts{},
		PublicURL: "http://party.test", AllowedOrigins: []string{"https://front.test"}, Metrics: metrics,
	})
	j := jukebox.New(jukebox.Config{
		Database: p.store, Bus: bus, Accounts: p.Accounts, Catalog: p.catalog, Library: p.catalog, Free: p.free,
		PublicURL: "http://party.test", Log: slog.New(slog.DiscardHandler), Metrics: metrics, Push: p.push,
	})
	p.Cleanup(j.Close)
	return j
}

// replica returns the same party on another server, with this bus.
func (p *fixture) replica(bus live.Bus) *fixture {
	other := *p
	other.Jukebox = p.newJukebox(bus)
	return &other
}

func (p *fixture) newHost(name string) context.Context {
	p.Helper()
	login, err := p.DemoLogin(p.Context(), name)
	p.must(err)
	return p.as(login)
}

// as returns the context of a request with this session's access token.
func (p *fixture) as(s *account.Session) context.Context {
	p.Helper()
	viewer, err := p.tokens.Check(s.AccessToken)
	p.must(err)
	return account.WithViewer(p.Context(), viewer)
}

func (p *fixture) openRoom(host context.Context, code string) *party.Room {
	p.Helper()
	room, err := p.CreateRoom(host, jukebox.RoomInput{Code: &code}, nil)
	p.must(err)
	return room
}

func (p *fixture) join(name string) context.Context {
	p.Helper()
	joined, err := p.JoinRoom(p.Context(), p.room.Code, name)
	p.must(err)
	return p.as(&joined.Session)
}

func (p *fixture) add(who context.Context, n int) *party.QueueItem {
	p.Helper()
	added, err := p.AddSong(who, p.room.ID, uri(n), nil)
	p.must(err)
	return added.Item
}

// settle changes the room's settings.
func (p *fixture) settle(change party.SettingsChange) {
	p.Helper()
	_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &change}, nil)
	p.must(err)
}

func (p *fixture) like(who context.Context, item *party.QueueItem) {
	p.Helper()
	_, err := p.LikeQueueItem(who, item.ID, nil)
	p.must(err)
}

// queue returns the room's queue as the host sees it, as the numbers of its songs.
func (p *fixture) queue() string {
	p.Helper()
	room, err := p.Room(p.host, p.room.ID)
	p.must(err)
	queue, err := p.Queue(p.host, room)
	p.must(err)
	return songs(queue.Items)
}

func (p *fixture) version() int64 {
	p.Helper()
	room, err := p.Room(p.host, p.room.ID)
	p.must(err)
	queue, err := p.Queue(p.host, room)
	p.must(err)
	return queue.Version
}

// step records what the player does.
func (p *fixture) step(s party.PlaybackStep) {
	p.Helper()
	p.must(p.tryStep(s))
}

// tryStep takes the lease first, as long as the room is open.
func (p *fixture) tryStep(s party.PlaybackStep) error {
	lease, err := p.Driver().TakeLease(p.Context(), p.room.ID, "node")
	if err != nil {
		return err
	}
	_, err = p.Driver().ApplyPlayback(p.Context(), lease, s)
	return err
}

func (p *fixture) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// wants checks that err is a refusal with this code.
func (p *fixture) wants(code party.Code, err error) *party.Error {
	p.Helper()
	if err == nil || party.CodeOf(err) != code {
		p.Fatalf("got %v, want %s", err, code)
	}
	return asError(err)
}

func (p *fixture) expect(what, got, want string) {
	p.Helper()
	if got != want {
		p.Fatalf("%s: got %q, want %q", what, got, want)
	}
}

func songs(items []*party.QueueItem) string {
	var names []string
	for _, item := range items {
		names = append(names, strings.TrimPrefix(item.Song.Name, "Song "))
	}
	return strings.Join(names, " ")
}

// uri returns the URI of the n-th song of the catalog.
func uri(n int) string { return fmt.Sprintf("spotify:track:%022d", n) }

// artist returns the URI of the artist of the n-th song.
func artist(n int) string { return fmt.Sprintf("spotify:artist:%022d", n%10) }

// catalog simulates Spotify: song n is "Song n"; from 1000 on, song n is another release of song n-1000; song 666 is
// not playable, 777 explicit, 888 ten minutes long, and 404 does not exist.
type catalog struct {
	playlist []int // songs of the playlist for guests; nil: there is none
	reads    int   // of that playlist
	down     error
	verifier string   // of the last AuthorizationURL
	state    string   // likewise
	forgot   []string // hosts
	saved    []string // the songs of the playlist that was saved last
}

func (c *catalog) AuthorizationURL(state, verifier string) string {
	c.state, c.verifier = state, verifier
	return "https://accounts.test/authorize?state=" + state
}

// Authorize returns the account that the code names.
func (c *catalog) Authorize(_ context.Context, _, code, verifier string) (account.SpotifyCredentials, error) {
	if verifier != c.verifier {
		return account.SpotifyCredentials{}, &party.Error{Code: party.BadUserInput, Message: "another verifier"}
	}
	return account.SpotifyCredentials{
		AccountID: code, DisplayName: "Account " + code, EncryptedTokens: []byte("encrypted " + code),
	}, c.down
}

func (c *catalog) Forget(hostID string) { c.forgot = append(c.forgot, hostID) }

func (c *catalog) HostDevices(_ context.Context, hostID string) ([]party.Device, error) {
	return []party.Device{{ID: "speaker of " + hostID}}, c.down
}

func (c *catalog) Playlists(_ context.Context, _ string, limit, offset int) ([]party.Playlist, bool, error) {
	return []party.Playlist{{Name: fmt.Sprint("Playlist ", offset, " of ", limit)}}, true, c.down
}

func (c *catalog) Song(_ context.Context, _, songURI string) (party.Song, error) {
	if c.down != nil {
		return party.Song{}, c.down
	}
	var n int
	if _, err := fmt.Sscanf(strings.TrimPrefix(songURI, "spotify:track:"), "%d", &n); err != nil || n == 404 {
		return party.Song{}, &party.Error{Code: party.NotFound, Message: "Spotify has no such song", Field: "songUri"}
	}
	song := party.Song{
		URI: songURI, Name: fmt.Sprintf("Song %d", n%1000),
		Artists: []string{"The Examples"}, ArtistURIs: []string{artist(n)}, AlbumName: "Album", DurationMS: 180_000,
		SpotifyURL: "https://open.spotify.com/track/x", ISRC: fmt.Sprintf("XX%010d", n%1000),
		Playable: n != 666, Explicit: n == 777,
	}
	if n == 888 {
		song.DurationMS = 600_000
	}
	if n == 555 {
		song = withLongTexts(song)
	}
	return song, nil
}

// withLongTexts returns a song whose texts fit no column.
func withLongTexts(s party.Song) party.Song {
	long := strings.Repeat("ü", 2000)
	s.Name, s.AlbumName, s.ImageURL, s.SpotifyURL, s.ISRC = long, long, &long, long, long
	s.Artists, s.ArtistURIs = []string{long}, []string{long}
	return s
}

func (c *catalog) Artist(_ context.Context, _, artistURI string) (string, error) {
	if c.down != nil {
		return "", c.down
	}
	return "Artist " + strings.TrimLeft(strings.TrimPrefix(artistURI, "spotify:artist:"), "0"), nil
}

// WholePlaylist returns the songs of the catalog's playlist, or NotFound if it has none.
func (c *catalog) WholePlaylist(ctx context.Context, hostID, _ string) (songs []party.Song, err error) {
	c.reads++
	if c.down == nil && c.playlist == nil {
		return nil, party.Errorf(party.NotFound, "Spotify does not show this playlist to the host.")
	}
	for _, n := range c.playlist {
		s, err := c.Song(ctx, hostID, uri(n))
		if err != nil {
			return nil, err
		}
		songs = append(songs, s)
	}
	return songs, c.down
}

func (c *catalog) SavePlaylist(_ context.Context, _, name, description string, uris []string) (party.Playlist, error) {
	c.saved = uris
	return party.Playlist{
		URI: "spotify:playlist:saved", Name: name, SongCount: len(uris),
		SpotifyURL: "https://open.spotify.com/playlist/saved",
	}, c.down
}

func (c *catalog) Search(ctx context.Context, hostID, query string, limit, offset int) ([]party.Song, bool, error) {
	var found []party.Song
	for n := offset + 1; n <= offset+limit; n++ {
		s, err := c.Song(ctx, hostID, uri(n))
		if err != nil {
			return nil, false, err
		}
		found = append(found, s)
	}
	return found, true, nil
}

// accounts makes demo accounts, in place of the simulated Spotify.
type accounts struct{}

func (accounts) NewAccount(_ context.Context, hostID, name string) (account.SpotifyCredentials, error) {
	return account.SpotifyCredentials{
		AccountID: "account of " + hostID, DisplayName: name, EncryptedTokens: []byte("encrypted"),
	}, nil
}

func pointer[T any](v T) *T { return &v }

const soon = 10 * time.Second // for things that happen at once unless something is wrong

// waitForHolder waits until a group of changes of the room runs and no other change waits. waitForWaiting waits until n
// changes wait.
func (p *fixture) waitForHolder() {
	p.Helper()
	p.eventually(func() bool { waiting, busy := p.Waiting(p.room.ID); return busy && waiting == 0 })
}

func (p *fixture) waitForWaiting(n int) {
	p.Helper()
	p.eventually(func() bool { waiting, _ := p.Waiting(p.room.ID); return waiting == n })
}

func (p *fixture) eventually(happened func() bool) {
	p.Helper()
	for deadline := time.Now().Add(soon); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			p.Fatal("waited in vain")
		}
	}
}
