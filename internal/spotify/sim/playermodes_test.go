package sim_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/spotify/sim"
)

// heard returns the numbers of the songs that were heard, with "?" for others, such as "0 1 ?".
func (p *playerTest) heard() string {
	var names []string
	for _, play := range p.sim.Plays(p.account.ID) {
		at := slices.IndexFunc(p.songs, func(song sim.Track) bool { return song.URI == play.URI })
		names = append(names, string("?01234567"[at+1]))
	}
	return strings.Join(names, " ")
}

func TestCrossfade(t *testing.T) {
	p := newPlayerTest(t)
	p.tune(func(s *sim.Switches) { s.Crossfade = 5 * time.Second })
	begin := p.clock.Now().Round(0)
	at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
	p.play(p.songs[0], p.songs[1])
	p.clock.pass(194 * time.Second)
	wantPlaying(t, p.client, p.songs[0], 194*time.Second)
	p.clock.pass(2 * time.Second)
	wantPlaying(t, p.client, p.songs[1], time.Second)
	p.clock.pass(196 * time.Second) // 392: three seconds before its end nothing follows
	wantPlaying(t, p.client, p.songs[1], 197*time.Second)
	must(t, p.client.QueueSong(t.Context(), spotify.ID(p.songs[2].ID))) // too late to overlap
	p.clock.pass(2 * time.Second)
	wantPlaying(t, p.client, p.songs[1], 199*time.Second)
	p.clock.pass(2 * time.Second)
	wantPlaying(t, p.client, p.songs[2], time.Second)
	must(t, p.client.QueueSong(t.Context(), spotify.ID(p.songs[3].ID)))
	must(t, p.host.Seek(197*time.Second)) // where the next song would have started already
	p.clock.pass(time.Second)
	wantPlaying(t, p.client, p.songs[3], time.Second)

	p.wantPlays(
		sim.Play{URI: p.songs[0].URI, ByWhom: sim.ByAPI, Started: at(0), Ended: at(195), Full: true},
		sim.Play{URI: p.songs[1].URI, ByWhom: sim.ByContext, Started: at(195), Ended: at(395), Full: true},
		sim.Play{URI: p.songs[2].URI, ByWhom: sim.ByQueue, Started: at(395), Ended: at(396), Full: true},
		sim.Play{URI: p.songs[3].URI, ByWhom: sim.ByQueue, Started: at(396)},
	)
	p.wantSilences()
	must(t, p.host.Skip()) // after less than the whole song
	if plays := p.sim.Plays(p.account.ID); plays[3].Full {
		t.Errorf("a skipped song counts as played: %+v", plays[3])
	}
}

func TestAutomixLeavesOutBothEnds(t *testing.T) {
	p := newPlayerTest(t)
	p.tune(func(s *sim.Switches) { s.Automix = 8 * time.Second })
	p.play(p.songs[0], p.songs[1], p.songs[2])
	p.clock.pass(193 * time.Second)
	wantPlaying(t, p.client, p.songs[1], 9*time.Second) // since 192
	p.clock.pass(184 * time.Second)                     // 377
	wantPlaying(t, p.client, p.songs[2], 9*time.Second) // since 192+184
	p.clock.pass(191 * time.Second)                     // 568, where nothing follows
	if state(t, p.client).Playing || p.heard() != "0 1 2" {
		t.Errorf("the last song did not play to its end, or heard %s", p.heard())
	}
	last := p.sim.Plays(p.account.ID)[2]
	if !last.Full || last.Ended.Sub(last.Started) != 192*time.Second {
		t.Errorf("the last song: %+v", last)
	}
}

func TestAdvertisementsBetweenSongs(t *testing.T) {
	p := newPlayerTest(t)
	p.tune(func(s *sim.Switches) { s.AdBetween = 30 * time.Second })
	p.play(p.songs[0], p.songs[1])
	p.clock.pass(210 * time.Second)
	if got := p.raw().body; !strings.Contains(got, `"currently_playing_type":"ad","item":null`) {
		t.Errorf("between the songs: %s", got)
	}
	p.clock.pass(25 * time.Second)
	wantPlaying(t, p.client, p.songs[1], 5*time.Second)
	got := p.sim.Silences(p.account.ID)
	if len(got) != 1 || got[0].Why != "ad" || got[0].To.Sub(got[0].From) != 30*time.Second {
		t.Errorf("silences: %+v", got)
	}
}

func TestBrokenTracks(t *testing.T) {
	for _, tt := range []struct {
		how      string
		heard    string // after the list 0, 1, 2 with a broken second song was played for ten minutes
		playing  bool
		track    int
		progress time.Duration
		silence  string
	}{
		{sim.TrackSkipped, "0 2", false, 2, 0, "ended"},
		{sim.TrackSilent, "0", false, 1, 0, "unplayable"},
		{sim.TrackStuck, "0", true, 1, 0, "unplayable"},
		{sim.TrackEndless, "0 1", true, 1, 200 * time.Second, "frozen"},
	} {
		t.Run(tt.how, func(t *testing.T) {
			p := newPlayerTest(t)
			must(t, p.sim.BreakTrack(p.songs[1].URI, tt.how))
			p.play(p.songs[:3]...)
			p.clock.pass(10 * time.Minute)
			got := state(t, p.client)
			if p.heard() != tt.heard || got.Playing != tt.playing || got.Item.Name != p.songs[tt.track].Name ||
				time.Duration(got.Progress)*time.Millisecond != tt.progress {
				t.Errorf("heard %s; playing %t, %s at %d ms", p.heard(), got.Playing, got.Item.Name, got.Progress)
			}
			silences := p.sim.Silences(p.account.ID)
			if len(silences) != 1 || silences[0].Why != tt.silence {
				t.Errorf("silences: %+v", silences)
			}
			p.play(p.songs[3])
			p.clock.pass(time.Second)
			wantPlaying(t, p.client, p.songs[3], time.Second)
			must(t, p.sim.RepairTracks())
			p.play(p.songs[1])
			p.clock.pass(time.Second)
			wantPlaying(t, p.client, p.songs[1], time.Second)
		})
	}
}

func TestPlayerGivesUpIfEveryTrackIsBroken(t *testing.T) {
	p := newPlayerTest(t)
	for _, song := range p.songs {
		must(t, p.sim.BreakTrack(song.URI, sim.TrackSkipped))
	}
	must(t, p.host.Repeat("context"))
	p.play(p.songs...)
	if state(t, p.client).Playing || p.heard() != "" {
		t.Errorf("heard %q", p.heard())
	}
	if p.sim.BreakTrack("spotify:track:none", sim.TrackSilent) == nil || p.sim.BreakTrack(p.songs[0].URI, "bent") == nil {
		t.Error("a track that does not exist, or a way that does not, was accepted")
	}
}

func TestHostSetsRepeatAndShuffle(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0], p.songs[1])
	must(t, p.host.Repeat("track"))
	p.clock.pass(201 * time.Second)
	wantPlaying(t, p.client, p.songs[0], time.Second)
	must(t, p.host.Repeat("context"))
	must(t, p.host.Shuffle(true))
	if got := state(t, p.client); !got.ShuffleState || got.RepeatState != "context" {
		t.Errorf("state: %+v", got)
	}
	p.clock.pass(400 * time.Second)
	if got := p.heard(); !strings.HasPrefix(got, "0 0 1 ") {
		t.Errorf("heard %s", got)
	}
	must(t, p.host.Repeat("off"))
	must(t, p.host.Shuffle(false))
	p.play(p.songs[0], p.songs[1])
	must(t, p.host.Skip())
	must(t, p.host.Previous())
	wantPlaying(t, p.client, p.songs[0], 0)
	if p.host.Previous() == nil || p.host.Repeat("twice") == nil {
		t.Error("what is impossible was accepted")
	}
}

func TestLocalFilesAndUnknownItems(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	p.clock.pass(10 * time.Second)
	must(t, p.host.PlayLocalFile(time.Minute))
	if got := p.raw().body; !strings.Contains(got, `"uri":"spotify:local:`) || !json.Valid([]byte(got)) {
		t.Errorf("a local file: %s", got)
	}
	if got := state(t, p.client); !got.Playing || got.Item == nil || got.Item.ID != "" {
		t.Errorf("a local file: %+v", got)
	}
	p.clock.pass(61 * time.Second)
	wantPlaying(t, p.client, p.songs[0], 11*time.Second)
	must(t, p.host.PlayUnknown(time.Minute))
	if got := p.raw().body; !strings.Contains(got, `"currently_playing_type":"unknown","item":null`) {
		t.Errorf("something unknown: %s", got)
	}
	silences := p.sim.Silences(p.account.ID)
	if len(silences) != 1 || silences[0].Why != "local" {
		t.Errorf("silences: %+v", silences)
	}
}

func TestDevicesFallAsleep(t *testing.T) {
	for name, tt := range map[string]struct{ listed, newID bool }{
		"gone": {false, false}, "gone, new ID": {false, true}, "listed": {true, false}, "listed, new ID": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlayerTest(t)
			p.tune(func(s *sim.Switches) {
				s.SleepAfter, s.SleepListed, s.SleepNewID = 10*time.Minute, tt.listed, tt.newID
			})
			before := p.host.Devices()[0].ID
			p.play(p.songs[0])
			p.clock.pass(10 * time.Second)
			must(t, p.host.Pause())
			p.clock.pass(9 * time.Minute)
			if got := p.raw(); got.status != 200 {
				t.Errorf("after nine minutes: %+v", got)
			}
			p.clock.pass(time.Minute)
			devices, err := p.client.PlayerDevices(t.Context())
			if got := p.raw(); got.status != 204 || err != nil || (len(devices) == 1) != tt.listed {
				t.Errorf("asleep: %+v, devices %+v, %v", got, devices, err)
			}
			wantError(t, p.client.Play(t.Context()), 404, "Player command failed: No active device found")
			if tt.listed {
				must(t, p.client.TransferPlayback(t.Context(), devices[0].ID, false))
				p.clock.pass(9 * time.Minute) // it stays awake for a while, although nothing plays
				must(t, p.client.PlayOpt(t.Context(), &spotify.PlayOptions{DeviceID: &devices[0].ID}))
			} else {
				must(t, p.host.Resume())
			}
			p.clock.pass(time.Second)
			wantPlaying(t, p.client, p.songs[0], 11*time.Second)
			if after := p.host.Devices()[0]; (after.ID != before) != tt.newID || after.Asleep {
				t.Errorf("the device was %s and is %+v", before, after)
			}
		})
	}
}
