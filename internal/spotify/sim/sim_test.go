package sim_test

import (
	"errors"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zmb3/spotify/v2"
	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

func TestPlayerPlaysListAndQueue(t *testing.T) {
	now := newClock()
	s, server := start(t, sim.Config{Now: now.Now})
	client, ctx := login(server, addAccount(t, s)), t.Context()
	songs := plain(s, 4)
	first, second, queued, third := songs[0], songs[1], songs[2], songs[3]

	if got := state(t, client); got.Device.ID != "" || got.Item != nil {
		t.Fatalf("something plays at the start: %+v", got)
	}
	devices, err := client.PlayerDevices(ctx)
	must(t, err)
	if len(devices) != 1 || !devices[0].Active || devices[0].Type != "Speaker" {
		t.Fatalf("devices: %+v", devices)
	}

	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{DeviceID: &devices[0].ID, URIs: uris(first, second)}))
	must(t, client.QueueSong(ctx, spotify.ID(queued.ID)))
	now.pass(30 * time.Second)
	wantPlaying(t, client, first, 30*time.Second)
	queue, err := client.GetQueue(ctx)
	must(t, err)
	if queue.CurrentlyPlaying.Name != first.Name || len(queue.Items) != 2 || queue.Items[0].Name != queued.Name {
		t.Fatalf("queue: %+v", queue)
	}

	must(t, client.Pause(ctx))
	now.pass(10 * time.Minute)
	if got := state(t, client); got.Playing || got.Progress != 30_000 {
		t.Fatalf("a paused player moved: %+v", got.CurrentlyPlaying)
	}
	must(t, client.Play(ctx))

	now.pass(ms(first) - 30*time.Second + 7*time.Second)
	wantPlaying(t, client, queued, 7*time.Second)
	must(t, client.Next(ctx))
	wantPlaying(t, client, second, 0)
	now.pass(ms(second))
	if got := state(t, client); got.Playing || got.Progress != 0 || got.Item.Name != second.Name {
		t.Fatalf("the player did not stop after its last song: %+v", got.CurrentlyPlaying)
	}
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(third, first), PositionMs: 60_000}))
	wantPlaying(t, client, third, time.Minute)
	must(t, client.Pause(ctx))
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{PositionMs: 90_000}))
	wantPlaying(t, client, third, 90*time.Second)
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(third, first), PositionMs: math.MaxInt}))
	wantPlaying(t, client, first, 0) // a position past the end starts the next song
}

func TestSearchPages(t *testing.T) {
	s, server := start(t, sim.Config{CoverURL: "http://127.0.0.1:1/covers/"})
	client, ctx := login(server, addAccount(t, s)), t.Context()

	page, err := client.Search(ctx, "umbrellas", spotify.SearchTypeTrack, spotify.Limit(10))
	must(t, err)
	total, seen := int(page.Tracks.Total), map[spotify.ID]bool{}
	// The library keeps the last next link, so the total has to end the loop.
	for int(page.Tracks.Offset)+len(page.Tracks.Tracks) < total {
		must(t, client.NextTrackResults(ctx, page))
		for _, track := range page.Tracks.Tracks {
			seen[track.ID] = true
		}
	}
	if total <= 10 || len(seen) != total-10 {
		t.Fatalf("saw 10 and %d other tracks of %d", len(seen), total)
	}

	page, err = client.Search(ctx, "zoe lindqvarn", spotify.SearchTypeTrack)
	must(t, err)
	if page.Tracks.Limit != 5 || len(page.Tracks.Tracks) != 5 {
		t.Errorf("without a limit: %d tracks, limit %d", len(page.Tracks.Tracks), page.Tracks.Limit)
	}
	track := page.Tracks.Tracks[0]
	if images := track.Album.Images; len(images) != 3 ||
		images[0].URL != "http://127.0.0.1:1/covers/"+track.Album.ID.String()+".svg?size=640" {
		t.Errorf("images: %+v", images)
	}
	same, err := client.GetTrack(ctx, track.ID)
	must(t, err)
	if same.Name != track.Name || same.ExternalIDs["isrc"] == "" || same.IsPlayable == nil || len(same.Artists) == 0 {
		t.Errorf("track: %+v", same)
	}
}

func TestRelinkedReleasePlaysAsTheOther(t *testing.T) {
	s, server := start(t, sim.Config{})
	client, ctx := login(server, addAccount(t, s)), t.Context()
	for _, track := range s.Catalogue() {
		if track.PlaysAs == track.ID {
			continue
		}
		must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(track)}))
		got := state(t, client).Item
		if got.ID.String() != track.PlaysAs || got.ID.String() == track.ID {
			t.Errorf("%s plays as %s", track.ID, got.ID)
		}
		if got.ExternalIDs["isrc"] != track.ISRC || got.Name != track.Name || got.Album.Name == track.Album {
			t.Errorf("%s by %v is not the other release of %s", got.Name, got.Artists, track.Name)
		}
	}
}

func TestPlayerSkipsUnplayableTracks(t *testing.T) {
	s, server := start(t, sim.Config{})
	client, ctx := login(server, addAccount(t, s)), t.Context()
	var silent sim.Track
	for _, track := range s.Catalogue() {
		if !track.Playable {
			silent = track
		}
	}
	good := plain(s, 1)[0]
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(silent)}))
	if got := state(t, client); got.Item != nil {
		t.Fatalf("it plays: %+v", got.Item)
	}
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(silent, good)}))
	must(t, client.QueueSong(ctx, spotify.ID(silent.ID)))
	queue, err := client.GetQueue(ctx)
	must(t, err)
	if queue.CurrentlyPlaying.Name != good.Name || len(queue.Items) != 0 {
		t.Fatalf("queue: %+v", queue)
	}
}

func TestPlaybackContinuesAfterRestart(t *testing.T) {
	now := newClock()
	cfg := sim.Config{Now: now.Now, StateFile: filepath.Join(t.TempDir(), "spotify.json"), SongSeconds: 60}
	s, server := start(t, cfg)
	account, ctx := addAccount(t, s), t.Context()
	access, err := tokens(server, oauth2.AuthStyleInParams, account.RefreshToken).Token()
	must(t, err)
	songs := plain(s, 3)
	client := login(server, account)
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(songs[0], songs[1])}))
	must(t, client.QueueSong(ctx, spotify.ID(songs[2].ID)))
	server.Close() // without s.Close, as if the process was killed

	now.pass(75 * time.Second)
	s, server = start(t, cfg)
	client = spotify.New(oauth2.NewClient(ctx, oauth2.StaticTokenSource(access)), spotify.WithBaseURL(server.URL+"/v1/"))
	wantPlaying(t, client, songs[2], 15*time.Second)
	me, err := login(server, account).CurrentUser(ctx)
	must(t, err)
	if me.ID != account.ID || me.DisplayName != "Rosa" {
		t.Errorf("me: %+v", me)
	}
	now.pass(50 * time.Second)
	wantPlaying(t, client, songs[1], 5*time.Second)
	must(t, s.Close())
	if mode := stat(t, cfg.StateFile).Mode().Perm(); mode != 0o600 {
		t.Errorf("the file of refresh tokens has mode %o", mode)
	}
}

func TestBrokenStateFileSaysWhatToDo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spotify.json")
	for _, content := range []string{
		"", "{", "{}", `{"version":1}`, `{"version":99,"accounts":{}}`,
		`{"version":1,"accounts":{"sima":{"id":"sima"}}}`,
		`{"version":1,"accounts":{"sima":{"id":"sima","refresh_token":"AQ","player":{"track":"gone"}}}}`,
		`{"version":1,"accounts":{"sima":{"id":"sima","refresh_token":"AQ","player":{"queue":[""]}}}}`,
	} {
		must(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := sim.Open(sim.Config{StateFile: file})
		if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestUnsavedChangeIsNotApplied(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(dir, 0o700))
	s, server := start(t, sim.Config{StateFile: filepath.Join(dir, "spotify.json")})
	client := login(server, addAccount(t, s))
	must(t, os.RemoveAll(dir))

	if err := client.PlayOpt(t.Context(), &spotify.PlayOptions{URIs: uris(plain(s, 1)...)}); err == nil {
		t.Error("play succeeded")
	}
	if got := state(t, client); got.Item != nil {
		t.Errorf("it plays: %+v", got.Item)
	}
	if _, err := s.AddAccount("Nobody"); err == nil {
		t.Error("an account was added")
	}
}

func TestInactiveDeviceRefusesCommands(t *testing.T) {
	now := newClock()
	s, server := start(t, sim.Config{Now: now.Now})
	account, ctx := addAccount(t, s), t.Context()
	client, song := login(server, account), plain(s, 1)[0]
	must(t, client.PlayOpt(ctx, &spotify.PlayOptions{URIs: uris(song)}))
	now.pass(20 * time.Second)
	must(t, s.SetDeviceActive(account.ID, false))
	now.pass(time.Minute)

	if got := state(t, client); got.Item != nil {
		t.Errorf("it still plays: %+v", got.CurrentlyPlaying)
	}
	if queue, err := client.GetQueue(ctx); err != nil || queue.CurrentlyPlaying.ID != "" {
		t.Errorf("queue: %+v, %v", queue, err)
	}
	wantError(t, client.QueueSong(ctx, spotify.ID(song.ID)), http.StatusNotFound,
		"Player command failed: No active device found")
	devices, err := client.PlayerDevices(ctx)
	must(t, err)
	if devices[0].Active {
		t.Error("the device is still active")
	}
	must(t, client.TransferPlayback(ctx, devices[0].ID, true))
	now.pass(time.Second)
	wantPlaying(t, client, song, 21*time.Second)
	if err := s.SetDeviceActive("nobody", true); err == nil {
		t.Error("activating the device of an unknown account succeeded")
	}
}

func TestConcurrentClients(t *testing.T) {
	s, server := start(t, sim.Config{StateFile: filepath.Join(t.TempDir(), "spotify.json")})
	account, song := addAccount(t, s), plain(s, 1)[0]
	must(t, login(server, account).PlayOpt(t.Context(), &spotify.PlayOptions{URIs: uris(song)}))
	var guests sync.WaitGroup
	for range 8 {
		guests.Go(func() {
			client := login(server, account)
			for range 5 {
				if err := client.QueueSong(t.Context(), spotify.ID(song.ID)); err != nil {
					t.Error(err)
				}
				if _, err := client.PlayerState(t.Context()); err != nil {
					t.Error(err)
				}
			}
			if _, err := s.AddAccount("Guest"); err != nil {
				t.Error(err)
			}
			host := s.Host(account.ID)
			if err := errors.Join(host.SetVolume(5),
				s.ChangeSwitches(account.ID, func(w *sim.Switches) { w.Success = 204 })); err != nil {
				t.Error(err)
			}
			if len(s.Plays(account.ID)) != 1 || len(s.Silences(account.ID)) != 0 || len(s.Requests()) == 0 ||
				len(host.Devices()) != 1 {
				t.Error("the event log is inconsistent")
			}
		})
	}
	guests.Wait()
	client := login(server, account)
	for range 40 { // all forty are queued: after each skip the player still plays
		must(t, client.Next(t.Context()))
	}
	if !state(t, client).Playing {
		t.Error("a queued song was lost")
	}
	must(t, client.Next(t.Context()))
	if state(t, client).Playing {
		t.Error("a song was queued twice")
	}
}
