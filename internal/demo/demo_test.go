package demo_test

import (
	"context"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/ent/song"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/catalog"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/demo"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
	"antwon.dj/backend/internal/testdb"
)

// fixture is a database and a simulated Spotify on which demos are started, one after the other.
type fixture struct {
	*testing.T
	db        *database.DB
	simulator *sim.Spotify
	cipher    *spotify.TokenCipher
}

// started is one start of the demo: the parts of it that this package has.
type started struct {
	*demo.Demo
	accounts *account.Accounts
	jukebox  *jukebox.Jukebox
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{T: t}
	var err error
	f.db, err = database.Open(t.Context(), testdb.SQLite(t))
	f.must(err)
	t.Cleanup(func() { f.must(f.db.Close()) })
	f.simulator, err = sim.Open(sim.Config{CoverURL: "http://127.0.0.1:8080/covers"})
	f.must(err)
	t.Cleanup(func() { f.must(f.simulator.Close()) })
	f.cipher, err = spotify.NewTokenCipher([]byte(strings.Repeat("v", session.MinSecret)))
	f.must(err)
	return f
}

func (f *fixture) start(coverURL string) *started {
	f.Helper()
	tokens, err := session.New([]byte(strings.Repeat("k", session.MinSecret)))
	f.must(err)
	metrics := prometheus.NewRegistry()
	s := &started{Demo: demo.New(demo.Config{
		Database: f.db, Simulator: f.simulator, Cipher: f.cipher, CoverURL: coverURL,
	})}
	s.accounts = account.New(account.Config{
		Database: f.db, Tokens: tokens, DemoLogin: true, Demo: s.Demo, Metrics: metrics,
	})
	s.jukebox = jukebox.New(jukebox.Config{
		Database: f.db, Bus: live.NewLocalBus(), Accounts: s.accounts, Catalog: f.catalog(), Metrics: metrics,
		Free: func(account.Viewer) bool { return true },
	})
	f.Cleanup(s.jukebox.Close)
	return s
}

// catalog answers from the simulator's catalogue, without HTTP in between.
func (f *fixture) catalog() *knownSongs {
	songs := map[string]party.Song{}
	for _, track := range f.simulator.Catalogue() {
		songs[track.URI] = party.Song{
			URI: track.URI, Name: track.Name, DurationMS: 180_000, Playable: true, Artists: []string{"Somebody"},
			ImageURL: new("http://127.0.0.1:8080/covers/" + track.Name + ".svg"),
		}
	}
	return &knownSongs{songs: songs}
}

type knownSongs struct {
	catalog.Spotify
	songs map[string]party.Song
}

func (c *knownSongs) Song(_ context.Context, _, uri string) (party.Song, error) {
	return c.songs[uri], nil
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func TestDemoOpensARoomWithSongs(t *testing.T) {
	f := newFixture(t)
	d := f.start("http://127.0.0.1:8080/covers")
	room, err := d.OpenRoom(t.Context(), d.accounts, d.jukebox)
	f.must(err)
	if room.Code != "PARTY" || room.Name != "The demo party" {
		t.Errorf("the room is %s, %s", room.Code, room.Name)
	}
	waiting, err := f.db.Read.QueueItem.Query().Count(t.Context())
	f.must(err)
	if waiting != 6 {
		t.Errorf("%d songs wait, want 6", waiting)
	}
}

func TestDemoKeepsItsHostAndRoomAcrossStarts(t *testing.T) {
	f := newFixture(t)
	first := f.start("http://127.0.0.1:8080/covers")
	before, err := first.OpenRoom(t.Context(), first.accounts, first.jukebox)
	f.must(err)
	second := f.start("http://127.0.0.1:8080/covers")
	after, err := second.OpenRoom(t.Context(), second.accounts, second.jukebox)
	f.must(err)
	if after.ID != before.ID {
		t.Errorf("the second start opened the room %s beside %s", after.ID, before.ID)
	}
	users, err := f.db.Read.User.Query().Count(t.Context())
	f.must(err)
	if users != 1 || len(f.simulator.Accounts()) != 1 {
		t.Errorf("there are %d users and %d simulated accounts, want one of each", users, len(f.simulator.Accounts()))
	}
}

func TestDemoTakesAnotherCodeIfItsOwnIsTaken(t *testing.T) {
	f := newFixture(t)
	d := f.start("http://127.0.0.1:8080/covers")
	other, err := d.accounts.DemoLogin(t.Context(), "Otto")
	f.must(err)
	code := "PARTY"
	_, err = d.jukebox.CreateRoom(account.WithViewer(t.Context(), other.User), jukebox.RoomInput{Code: &code}, nil)
	f.must(err)
	room, err := d.OpenRoom(t.Context(), d.accounts, d.jukebox)
	f.must(err)
	if room.Code == "" || room.Code == "PARTY" {
		t.Errorf("the room's code is %q", room.Code)
	}
}

func TestDemoHostSignsInWithTheKeyOfThisStart(t *testing.T) {
	f := newFixture(t)
	earlier, d := f.start("http://127.0.0.1:8080/covers"), f.start("http://127.0.0.1:8080/covers")
	host, err := d.SignIn(t.Context(), d.accounts, d.Key())
	f.must(err)
	again, err := d.SignIn(t.Context(), d.accounts, d.Key())
	f.must(err)
	if host.User.UserID != again.User.UserID || host.Refresh == again.Refresh {
		t.Errorf("signed in as %+v, and then as %+v", host, again)
	}
	for _, key := range []string{"", "guessed", earlier.Key()} {
		if _, err := d.SignIn(t.Context(), d.accounts, key); err == nil || party.CodeOf(err) != party.Forbidden {
			t.Errorf("the key %q: %v", key, err)
		}
	}
}

func TestCoversFollowTheDemoToItsNewAddress(t *testing.T) {
	f := newFixture(t)
	first := f.start("http://127.0.0.1:8080/covers")
	_, err := first.OpenRoom(t.Context(), first.accounts, first.jukebox)
	f.must(err)
	const elsewhere = "https://pictures.test/image/1.jpg" // no cover of the demo
	moved, err := f.db.Read.Song.Query().FirstID(t.Context())
	f.must(err)
	f.must(f.db.Write.Song.Update().Where(song.IDNEQ(moved)).SetImageURL(elsewhere).Exec(t.Context()))

	second := f.start("http://192.168.1.20:8080/covers")
	_, err = second.OpenRoom(t.Context(), second.accounts, second.jukebox)
	f.must(err)
	for _, row := range f.db.Read.Song.Query().AllX(t.Context()) {
		isMoved := strings.HasPrefix(*row.ImageURL, "http://192.168.1.20:8080/covers/")
		if isMoved != (row.ID == moved) || !isMoved && *row.ImageURL != elsewhere {
			t.Errorf("the cover of %s is at %s", row.Name, *row.ImageURL)
		}
	}
}
