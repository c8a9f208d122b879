package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/spotify/sim"
)

// playerTest is a simulator with one account, its host, a client, and a clock.
type playerTest struct {
	*testing.T
	sim     *sim.Spotify
	host    sim.Host
	account sim.Account
	client  *spotify.Client
	clock   *clock
	songs   []sim.Track
	bearer  string
	url     string // of the player
}

func newPlayerTest(t *testing.T) *playerTest {
	t.Helper()
	now := newClock()
	s, server := start(t, sim.Config{Now: now.Now, SongSeconds: 200})
	account := addAccount(t, s)
	return &playerTest{
		T: t, sim: s, host: s.Host(account.ID), account: account, client: login(server, account), clock: now,
		songs:  plain(s, 8),
		bearer: bearer(t, server.URL, account), url: server.URL + "/v1/me/player",
	}
}

func (p *playerTest) play(songs ...sim.Track) {
	p.Helper()
	must(p.T, p.client.PlayOpt(p.Context(), &spotify.PlayOptions{URIs: uris(songs...)}))
}

func (p *playerTest) tune(change func(*sim.Switches)) {
	p.Helper()
	must(p.T, p.sim.ChangeSwitches(p.account.ID, change))
}

// raw returns the response to GET /v1/me/player.
func (p *playerTest) raw() reply { return ask(p.T, "GET", p.url, p.bearer, "") }

func (p *playerTest) wantPlays(want ...sim.Play) {
	p.Helper()
	got := p.sim.Plays(p.account.ID)
	if len(got) != len(want) {
		p.Fatalf("heard %d tracks instead of %d: %+v", len(got), len(want), got)
	}
	for i, h := range got {
		w := want[i]
		if h.URI != w.URI || h.ByWhom != w.ByWhom || h.Full != w.Full || h.Paused != w.Paused ||
			!h.Started.Equal(w.Started) || !h.Ended.Equal(w.Ended) {
			p.Errorf("track %d was\n%+v\nnot\n%+v", i, h, w)
		}
	}
}

func (p *playerTest) wantSilences(want ...sim.Silence) {
	p.Helper()
	got := p.sim.Silences(p.account.ID)
	if len(got) != len(want) {
		p.Fatalf("%d silences instead of %d: %+v", len(got), len(want), got)
	}
	for i, s := range got {
		if w := want[i]; s.Why != w.Why || !s.From.Equal(w.From) || !s.To.Equal(w.To) {
			p.Errorf("silence %d was\n%+v\nnot\n%+v", i, s, w)
		}
	}
}

func TestPlaysAndSilences(t *testing.T) {
	p := newPlayerTest(t)
	begin := p.clock.Now()
	at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second).Round(0) }
	p.play(p.songs[0], p.songs[1])
	must(t, p.client.QueueSong(t.Context(), spotify.ID(p.songs[2].ID)))
	p.clock.pass(50 * time.Second)
	must(t, p.host.Pause())
	p.clock.pass(30 * time.Second) // 80
	must(t, p.host.Resume())
	p.clock.pass(250 * time.Second) // 330: the queued song has played since 230
	must(t, p.host.Skip())          // to the second song of the list
	p.clock.pass(20 * time.Second)  // 350
	must(t, p.host.PlayURI(p.songs[3].URI))
	p.clock.pass(500 * time.Second) // 850: silence since 550
	p.play(p.songs[4])
	p.clock.pass(10 * time.Second) // 860

	p.wantPlays(
		sim.Play{URI: p.songs[0].URI, ByWhom: sim.ByAPI, Started: at(0), Ended: at(230), Paused: 30 * time.Second,
			Full: true},
		sim.Play{URI: p.songs[2].URI, ByWhom: sim.ByQueue, Started: at(230), Ended: at(330)},
		sim.Play{URI: p.songs[1].URI, ByWhom: sim.ByContext, Started: at(330), Ended: at(350)},
		sim.Play{URI: p.songs[3].URI, ByWhom: sim.ByHost, Started: at(350), Ended: at(550), Full: true},
		sim.Play{URI: p.songs[4].URI, ByWhom: sim.ByAPI, Started: at(850)},
	)
	p.wantSilences(
		sim.Silence{From: at(50), To: at(80), Why: "paused"},
		sim.Silence{From: at(550), To: at(850), Why: "ended"},
	)
	// Spotify lists tracks that were audible for at least 30 seconds, the newest first.
	recent, err := p.client.PlayerRecentlyPlayed(t.Context())
	must(t, err)
	if len(recent) != 3 || recent[0].Track.ID.String() != p.songs[3].ID || recent[2].Track.ID.String() != p.songs[0].ID {
		t.Errorf("recently played: %+v", recent)
	}
}

func TestAdvertisementAndEpisodeInterruptTheSong(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	p.clock.pass(50 * time.Second)
	begin := p.clock.Now().Round(0)
	must(t, p.host.PlayAdvertisement(30*time.Second))
	p.clock.pass(10 * time.Second)
	if got := p.raw().body; !strings.Contains(got, `"currently_playing_type":"ad","item":null`) ||
		!strings.Contains(got, `"is_playing":true`) {
		t.Errorf("during the advertisement: %s", got)
	}
	wantError(t, p.client.Next(t.Context()), http.StatusForbidden, "Player command failed: Restriction violated")
	p.clock.pass(25 * time.Second)
	wantPlaying(t, p.client, p.songs[0], 55*time.Second)
	p.wantSilences(sim.Silence{From: begin, To: begin.Add(30 * time.Second), Why: "ad"})

	must(t, p.host.PlayEpisode(time.Hour))
	p.clock.pass(time.Minute)
	if got := p.raw().body; !strings.Contains(got, `"currently_playing_type":"episode","item":null`) {
		t.Errorf("during the episode: %s", got)
	}
	if got := ask(t, "GET", p.url+"?additional_types=track,episode", p.bearer, "").body; !strings.Contains(got,
		`"uri":"spotify:episode:`) {
		t.Errorf("during the episode, asked for: %s", got)
	}
	p.play(p.songs[1]) // this ends the episode early
	p.clock.pass(time.Second)
	wantPlaying(t, p.client, p.songs[1], time.Second)
	if got := p.sim.Silences(p.account.ID); len(got) != 2 || got[1].To.Sub(got[1].From) != time.Minute {
		t.Errorf("silences: %+v", got)
	}
}

func TestVanishedAndFrozenAppsAreSilent(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0], p.songs[1])
	p.clock.pass(190 * time.Second)
	must(t, p.host.Vanish())
	p.clock.pass(time.Minute)
	wantPlaying(t, p.client, p.songs[0], 250*time.Second) // of a song that lasts 200
	must(t, p.client.QueueSong(t.Context(), spotify.ID(p.songs[2].ID)))
	p.clock.pass(time.Minute)
	wantPlaying(t, p.client, p.songs[0], 310*time.Second)
	p.play(p.songs[3])
	p.clock.pass(201 * time.Second)
	wantPlaying(t, p.client, p.songs[2], time.Second)

	must(t, p.host.Freeze())
	p.clock.pass(time.Hour - 10*time.Minute)
	wantPlaying(t, p.client, p.songs[2], time.Second)
	must(t, p.host.Resume())
	p.clock.pass(time.Second)
	wantPlaying(t, p.client, p.songs[2], 2*time.Second)
	silences := p.sim.Silences(p.account.ID)
	if len(silences) != 2 || silences[0].Why != "vanished" || silences[1].Why != "frozen" {
		t.Errorf("silences: %+v", silences)
	}
	if heard := p.sim.Plays(p.account.ID); heard[0].Full || heard[0].Paused != 2*time.Minute {
		t.Errorf("the song that played when the app vanished: %+v", heard[0])
	}
}

func TestEndOfTheList(t *testing.T) {
	t.Run("stuck", func(t *testing.T) {
		p := newPlayerTest(t)
		p.tune(func(s *sim.Switches) { s.EndStuck = true })
		p.play(p.songs[0])
		p.clock.pass(time.Hour / 2)
		wantPlaying(t, p.client, p.songs[0], 199_600*time.Millisecond)
		if heard := p.sim.Plays(p.account.ID); !heard[0].Full || heard[0].Ended.Sub(heard[0].Started) != 200*time.Second {
			t.Errorf("heard: %+v", heard)
		}
		p.play(p.songs[1])
		wantPlaying(t, p.client, p.songs[1], 0)
	})
	t.Run("autoplay", func(t *testing.T) {
		p := newPlayerTest(t)
		p.tune(func(s *sim.Switches) { s.Autoplay = true })
		p.play(p.songs[0])
		queue, err := p.client.GetQueue(t.Context())
		must(t, err)
		if len(queue.Items) != 10 {
			t.Fatalf("the queue shows %d songs", len(queue.Items))
		}
		p.clock.pass(200 * 12 * time.Second)
		heard := p.sim.Plays(p.account.ID)
		if len(heard) != 13 {
			t.Fatalf("heard %d songs", len(heard))
		}
		for i, h := range heard[1:11] {
			if h.ByWhom != sim.ByAutoplay || h.URI != string(queue.Items[i].URI) {
				t.Errorf("song %d was %+v, not %s", i, h, queue.Items[i].URI)
			}
		}
		if len(p.sim.Silences(p.account.ID)) != 0 {
			t.Error("autoplay left a silence")
		}
	})
	for mode, want := range map[string]int{"track": 0, "context": 1} {
		t.Run("repeat "+mode, func(t *testing.T) {
			p := newPlayerTest(t)
			p.play(p.songs[0], p.songs[1])
			must(t, p.client.Repeat(t.Context(), mode))
			p.clock.pass((200*3 + 5) * time.Second)
			wantPlaying(t, p.client, p.songs[want], 5*time.Second)
			must(t, p.client.Repeat(t.Context(), "off"))
			p.clock.pass(time.Minute * 10)
			if state(t, p.client).Playing {
				t.Error("it still repeats")
			}
		})
	}
}

func TestDeviceProperties(t *testing.T) {
	p := newPlayerTest(t)
	ctx := t.Context()
	kitchen, err := p.host.AddDevice(sim.Device{Name: "Kitchen", Type: "Speaker", FixedVolume: true})
	must(t, err)
	living := p.host.Devices()[0].ID
	p.play(p.songs[0])
	must(t, p.client.Volume(ctx, 25))
	must(t, p.client.TransferPlayback(ctx, spotify.ID(kitchen), false))
	p.clock.pass(time.Second)
	wantPlaying(t, p.client, p.songs[0], time.Second)
	if got := state(t, p.client).Device; got.ID.String() != kitchen || got.Volume != 0 {
		t.Errorf("device: %+v", got)
	}
	wantError(t, p.client.Volume(ctx, 30), http.StatusForbidden, "Player command failed: Cannot control device volume")
	must(t, p.host.Transfer(living))
	if got := state(t, p.client).Device; got.ID.String() != living || got.Volume != 25 {
		t.Errorf("device: %+v", got)
	}

	must(t, p.host.ChangeDevice(living, func(d *sim.Device) { d.Restricted = true }))
	wantError(t, p.client.Pause(ctx), http.StatusForbidden, "Player command failed: Restriction violated")
	must(t, p.host.ChangeDevice(living, func(d *sim.Device) { d.Restricted, d.Private = false, true }))
	if got := p.raw(); got.status != 204 {
		t.Errorf("a private session shows %+v", got)
	}
	must(t, p.host.ChangeDevice(living, func(d *sim.Device) { d.Private, d.Volume, d.WithoutID = false, nil, true }))
	if got := p.raw().body; !strings.Contains(got, `"device":{"id":null,`) ||
		!strings.Contains(got, `"volume_percent":null`) {
		t.Errorf("a device without anything: %s", got)
	}

	must(t, p.host.RemoveDevice(living))
	if got := p.raw(); got.status != 204 {
		t.Errorf("without its device: %+v", got)
	}
	must(t, p.host.CloseApp())
	if devices, err := p.client.PlayerDevices(ctx); err != nil || len(devices) != 0 {
		t.Errorf("with all apps closed: %v, %v", devices, err)
	}
	if err := p.host.Resume(); err == nil {
		t.Error("Resume succeeded without a device")
	}
	wantError(t, p.client.TransferPlayback(ctx, spotify.ID(kitchen), true), http.StatusNotFound, "Device not found")
	must(t, p.host.OpenApp())
	if devices, err := p.client.PlayerDevices(ctx); err != nil || len(devices) != 1 || devices[0].Active {
		t.Errorf("with the app open again: %v, %v", devices, err)
	}
	wantError(t, p.client.Play(ctx), http.StatusNotFound, "Player command failed: No active device found")
	must(t, p.client.TransferPlayback(ctx, spotify.ID(kitchen), true))
	p.clock.pass(time.Second)
	wantPlaying(t, p.client, p.songs[0], 2*time.Second)
}

func TestStaleAndWrongState(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0], p.songs[1])
	p.clock.pass(20 * time.Second)
	p.tune(func(s *sim.Switches) { s.Stale = 700 * time.Millisecond })
	must(t, p.client.Next(t.Context()))
	p.clock.pass(500 * time.Millisecond)
	wantPlaying(t, p.client, p.songs[0], 20_500*time.Millisecond)
	p.clock.pass(200 * time.Millisecond)
	wantPlaying(t, p.client, p.songs[1], 700*time.Millisecond)
	for lie, want := range map[string]string{"null": `"progress_ms":null`, "zero": `"progress_ms":0`} {
		p.tune(func(s *sim.Switches) { s.Progress = lie })
		if got := p.raw().body; !strings.Contains(got, want) {
			t.Errorf("%s: %s", lie, got)
		}
	}
	for _, wrong := range []func(*sim.Switches){
		func(s *sim.Switches) { s.Progress = "round" }, func(s *sim.Switches) { s.Success = 201 },
		func(s *sim.Switches) { s.Stale = -1 },
	} {
		if err := p.sim.ChangeSwitches(p.account.ID, wrong); err == nil {
			t.Error("an invalid switch was accepted")
		}
	}
}

func TestSeekPreviousAndShuffle(t *testing.T) {
	p := newPlayerTest(t)
	ctx := t.Context()
	p.play(p.songs...)
	must(t, p.client.Seek(ctx, 150_000))
	p.clock.pass(51 * time.Second)
	wantPlaying(t, p.client, p.songs[1], time.Second)
	must(t, p.client.Previous(ctx))
	wantPlaying(t, p.client, p.songs[0], 0)
	wantError(t, p.client.Previous(ctx), http.StatusForbidden, "Player command failed: Restriction violated")
	must(t, p.client.Seek(ctx, 1_000_000)) // past the end is the next song
	wantPlaying(t, p.client, p.songs[1], 0)

	upcoming := func() (names []string) {
		queue, err := p.client.GetQueue(ctx)
		must(t, err)
		for _, track := range queue.Items {
			names = append(names, track.Name)
		}
		return names
	}
	before := strings.Join(upcoming(), ", ")
	must(t, p.client.Shuffle(ctx, true))
	if !state(t, p.client).ShuffleState || strings.Join(upcoming(), ", ") == before || len(upcoming()) != 6 {
		t.Errorf("not shuffled: %q", upcoming())
	}
	must(t, p.client.Shuffle(ctx, false))
	if got := strings.Join(upcoming(), ", "); got != before {
		t.Errorf("after shuffling %q\nbefore %q", got, before)
	}
}

// TestSynctestBubble: the simulator follows the clock of a bubble, and leaves no goroutine in it.
func TestSynctestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sim.Open(sim.Config{SongSeconds: 60})
		must(t, err)
		account := addAccount(t, s)
		songs := plain(s, 2)
		must(t, s.Host(account.ID).PlayURI(songs[0].URI))
		time.Sleep(59 * time.Second)
		must(t, s.Host(account.ID).Pause())
		time.Sleep(30 * 24 * time.Hour)
		must(t, s.Host(account.ID).Resume())
		time.Sleep(time.Minute)
		heard := s.Plays(account.ID)
		if len(heard) != 1 || !heard[0].Full || heard[0].Paused != 30*24*time.Hour {
			t.Errorf("heard: %+v", heard)
		}
	})
}
