package spotify_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/spotify/sim"
	"antwon.dj/backend/internal/testdb"
)

// historyTest is a party on a real database. Its host has an account at the simulated Spotify.
type historyTest struct {
	*testing.T
	*jukebox.Jukebox
	*account.Accounts
	w    *world
	host context.Context
	room *party.Room
}

// onBothDatabases runs a story on SQLite and MySQL, in a synctest bubble, because the client waits for its limiter.
func onBothDatabases(t *testing.T, story func(e *historyTest)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, url string) {
		synctest.Test(t, func(t *testing.T) { story(newHistoryTest(t, url)) })
	})
}

func newHistoryTest(t *testing.T, databaseURL string) *historyTest {
	t.Helper()
	store, err := database.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // the database is dropped next
	tokens, err := session.New([]byte(strings.Repeat("k", session.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	e := &historyTest{T: t, w: newWorld(t)}
	metrics := prometheus.NewRegistry()
	e.Accounts = account.New(account.Config{
		Database: store, Tokens: tokens, DemoLogin: true, Demo: e, Metrics: metrics,
	})
	e.Jukebox = jukebox.New(jukebox.Config{
		Database: store, Bus: live.NewLocalBus(), Accounts: e.Accounts, Catalog: e.w, Library: e.w,
		Free: func(account.Viewer) bool { return true }, Metrics: metrics,
	})
	t.Cleanup(e.Close)
	login, err := e.DemoLogin(t.Context(), "Hanna")
	e.must(err)
	e.host = account.WithViewer(t.Context(), login.User)
	e.room, err = e.CreateRoom(e.host,
		jukebox.RoomInput{Name: new("Hanna is 40"), Settings: &party.SettingsChange{CooldownMinutes: new(0)}}, nil)
	e.must(err)
	return e
}

// NewAccount creates an account at the simulated Spotify for a host.
func (e *historyTest) NewAccount(_ context.Context, hostID, _ string) (account.SpotifyCredentials, error) {
	added := e.w.account(e.T)
	e.w.connect(e.T, hostID, added.RefreshToken)
	return account.SpotifyCredentials{AccountID: added.ID, EncryptedTokens: e.w.accounts.of(hostID).EncryptedTokens}, nil
}

func (e *historyTest) must(err error) {
	e.Helper()
	if err != nil {
		e.Fatal(err)
	}
}

func (e *historyTest) wants(code party.Code, err error) *party.Error {
	e.Helper()
	if err == nil || party.CodeOf(err) != code {
		e.Fatalf("got %v, want %s", err, code)
	}
	refusal, _ := errors.AsType[*party.Error](err)
	return refusal
}

// plays adds a song of the catalogue and lets the player play it to its end, or skip it.
func (e *historyTest) plays(n int, skipped bool) {
	e.Helper()
	added, err := e.AddSong(e.host, e.room.ID, e.w.songs[n].URI, nil)
	e.must(err)
	lease, err := e.Driver().TakeLease(e.Context(), e.room.ID, "node")
	e.must(err)
	for _, step := range []party.PlaybackStep{{CommitItem: added.Item.ID}, {StartedItem: added.Item.ID},
		{EndedItem: added.Item.ID, Skipped: skipped}} {
		time.Sleep(time.Second) // each event gets its own time
		_, err = e.Driver().ApplyPlayback(e.Context(), lease, step)
		e.must(err)
	}
}

// playlists returns the host's playlists at Spotify.
func (e *historyTest) playlists() (found []party.Playlist) {
	e.Helper()
	found, _, err := e.w.Playlists(e.Context(), e.room.HostID, 50, 0)
	e.must(err)
	return found
}

func TestHistoryIsSavedAsPlaylist(t *testing.T) {
	onBothDatabases(t, func(e *historyTest) {
		const songs = 105
		seen := map[string]bool{}
		e.w.songs = slices.DeleteFunc(e.w.songs, func(s sim.Track) bool { // other releases of the same recordings
			again := seen[s.ISRC]
			seen[s.ISRC] = true
			return again
		})
		var want []string
		for n := range songs {
			e.plays(n, n == 7)
			if n != 7 {
				want = append(want, e.w.songs[n].URI)
			}
		}
		e.plays(3, false) // a second time
		e.plays(7, true)
		_, err := e.AddSong(e.host, e.room.ID, e.w.songs[songs].URI, nil) // it is never played
		e.must(err)

		saved, err := e.ExportHistory(e.host, e.room.ID)
		e.must(err)
		if saved.SongCount != songs-1 || !strings.HasPrefix(saved.Name, "Hanna is 40 ") ||
			saved.SpotifyURL != "https://open.spotify.com/playlist/"+saved.URI[len("spotify:playlist:"):] {
			e.Errorf("saved as %+v", saved)
		}
		if there := e.playlists(); len(there) != 1 || there[0].URI != saved.URI || there[0].SongCount != songs-1 ||
			there[0].Name != saved.Name {
			e.Errorf("at Spotify there are %+v", there)
		}
		if body := e.w.sent(playlistsPath)[0].body; !strings.Contains(body, `"public":false`) {
			e.Errorf("it is not private: %s", body)
		}
		var got []string
		for _, request := range e.w.sent(below(saved.URI) + "/items") {
			var part struct{ URIs []string }
			if err := json.Unmarshal([]byte(request.body), &part); err != nil || len(part.URIs) > 100 {
				e.Errorf("%d songs at once, %v", len(part.URIs), err)
			}
			got = append(got, part.URIs...)
		}
		if !slices.Equal(got, want) {
			e.Errorf("in it are\n%q, want\n%q", got, want)
		}
		end, err := e.w.PlaylistSongs(e.Context(), e.room.HostID, saved.URI)
		if err != nil || len(end) != 50 || end[49].URI != e.w.songs[songs-1].URI {
			e.Errorf("it ends with %d songs, %v", len(end), err)
		}
	})
}

func TestRecordingIsSavedOnce(t *testing.T) {
	onBothDatabases(t, func(e *historyTest) {
		first, again := e.twoReleases()
		e.plays(first, false)
		e.plays(again, false)
		saved, err := e.ExportHistory(e.host, e.room.ID)
		e.must(err)
		if saved.SongCount != 1 {
			e.Errorf("%q and %q are one recording, and the playlist has %d songs", e.w.songs[first].URI, e.w.songs[again].URI,
				saved.SongCount)
		}
	})
}

// twoReleases returns the indexes of two releases of the same recording.
func (e *historyTest) twoReleases() (first, again int) {
	e.Helper()
	seen := map[string]int{}
	for n, song := range e.w.songs {
		if before, there := seen[song.ISRC]; there {
			return before, n
		}
		seen[song.ISRC] = n
	}
	e.Fatal("the catalogue has no recording with two releases")
	return 0, 0
}

func TestOnlyHostSavesHistory(t *testing.T) {
	onBothDatabases(t, func(e *historyTest) {
		e.plays(0, false)
		joined, err := e.JoinRoom(e.Context(), e.room.Code, "Gina")
		e.must(err)
		gina := account.WithViewer(e.Context(), joined.Session.User)
		other, err := e.DemoLogin(e.Context(), "Otto")
		e.must(err)
		for _, who := range []context.Context{gina, account.WithViewer(e.Context(), other.User)} {
			_, err := e.ExportHistory(who, e.room.ID)
			e.wants(party.Forbidden, err)
		}
		_, err = e.SetRole(e.host, e.room.ID, joined.Session.User.UserID, party.RoleCohost)
		e.must(err)
		_, err = e.ExportHistory(gina, e.room.ID)
		e.wants(party.Forbidden, err)
		_, err = e.ExportHistory(e.Context(), e.room.ID)
		e.wants(party.Unauthenticated, err)
		if n := len(e.w.sent(playlistsPath)); n != 0 {
			e.Errorf("Spotify was asked %d times", n)
		}
	})
}

func TestFailedSaveLeavesNoPlaylist(t *testing.T) {
	for name, tt := range map[string]struct {
		fault sim.Fault
		want  party.Code
	}{
		"without the scope": {sim.Fault{Path: playlistsPath, Status: 403, Message: "Insufficient client scope"},
			party.Forbidden},
		"down": {sim.Fault{Path: playlistsPath, Status: 503}, party.UpstreamUnavailable},
		"too often": {sim.Fault{Path: playlistsPath, Status: 429, RetryAfter: time.Minute},
			party.UpstreamUnavailable},
		"down in between": {sim.Fault{Path: "/v1/playlists/", Status: 502}, party.UpstreamUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newHistoryTest(t, testdb.SQLite(t))
				e.plays(0, false)
				tt.fault.Method = http.MethodPost
				e.w.simulated.InjectFault(tt.fault)
				_, err := e.ExportHistory(e.host, e.room.ID)
				if refusal := e.wants(tt.want, err); (refusal.RetryAfter > 0) != (tt.want == party.UpstreamUnavailable) {
					t.Errorf("%v has RetryAfter %v", err, refusal.RetryAfter)
				}
				time.Sleep(10 * time.Minute) // whatever pause Spotify asked for is over
				if left := e.playlists(); len(left) != 0 {
					t.Errorf("%+v is left", left)
				}
				lines, _, err := e.Lists().Log(e.host, e.room, lists.First(100, nil), false)
				e.must(err)
				if slices.ContainsFunc(lines, func(line party.RoomEvent) bool {
					return line.Kind == party.EventExported
				}) {
					t.Error("the log contains an export")
				}
				_, err = e.ExportHistory(e.host, e.room.ID)
				e.must(err)
			})
		})
	}
}

func TestArtistsAreBlockedByLinkAndByURI(t *testing.T) {
	onBothDatabases(t, func(e *historyTest) {
		first, err := e.AddSong(e.host, e.room.ID, e.w.songs[0].URI, nil)
		e.must(err)
		other := slices.IndexFunc(e.w.songs,
			func(s sim.Track) bool { return !slices.Contains(e.w.songs[0].Artists, s.Artists[0]) })
		second, err := e.AddSong(e.host, e.room.ID, e.w.songs[other].URI, nil)
		e.must(err)
		one, two := first.Item.Song.ArtistURIs[0], second.Item.Song.ArtistURIs[0]

		block := func(texts ...string) (*party.RoomSettings, error) {
			room, err := e.UpdateRoom(e.host, e.room.ID, jukebox.RoomUpdate{Settings: &party.SettingsChange{Blocked: texts}},
				nil)
			if err != nil {
				return nil, err
			}
			return room.Settings()
		}
		link := "https://open.spotify.com/intl-de/artist/" + strings.TrimPrefix(two, "spotify:artist:") + "?si=x"
		settings, err := block(one, link)
		e.must(err)
		if !slices.Equal(settings.BlockedURIs(), []string{one, two}) ||
			!slices.Equal(settings.BlockedNames(), []string{e.w.songs[0].Artists[0], e.w.songs[other].Artists[0]}) {
			e.Errorf("blocked are %q: %q", settings.BlockedURIs(), settings.BlockedNames())
		}
		by := slices.IndexFunc(e.w.songs[1:], func(s sim.Track) bool { return s.Artists[0] == e.w.songs[0].Artists[0] }) + 1
		_, err = e.AddSong(e.host, e.room.ID, e.w.songs[by].URI, nil)
		if refusal := e.wants(party.Refused, err); refusal.Reason != party.ReasonBlocked {
			e.Errorf("a song by a blocked artist: %v", err)
		}

		_, err = block(one, "spotify:artist:0000000000000000000000")
		if refusal := e.wants(party.BadUserInput, err); refusal.Field != "input.settings.blocked" {
			e.Errorf("unknown artist: %v", err)
		}
		_, err = block("https://open.spotify.com/album/0000000000000000000000")
		e.wants(party.BadUserInput, err)
		e.w.answer("/v1/artists/1111111111111111111111", respond(503, ""))
		_, err = block(one, "spotify:artist:1111111111111111111111")
		e.wants(party.UpstreamUnavailable, err)
		settings, err = block(one)
		e.must(err)
		if !slices.Equal(settings.BlockedURIs(), []string{one}) {
			e.Errorf("blocked are %q", settings.BlockedURIs())
		}
	})
}
