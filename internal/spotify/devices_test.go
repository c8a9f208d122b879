package spotify_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify/sim"
)

const devicesPath = "/v1/me/player/devices"

// devices returns the host's devices, and the name of the active one.
func (w *world) devices(t *testing.T) (devices []party.Device, active string) {
	t.Helper()
	devices, err := w.Devices(t.Context(), host)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if d.IsActive {
			active = d.Name
		}
	}
	return devices, active
}

func TestDevicesAndTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newWorld(t), t.Context()
		kitchen, err := w.simulated.Host(w.player.ID).AddDevice(sim.Device{Name: "Kitchen", Type: "Speaker",
			Restricted: true})
		if err != nil {
			t.Fatal(err)
		}
		garden, err := w.simulated.Host(w.player.ID).AddDevice(sim.Device{Name: "Garden", Type: "Speaker"})
		if err != nil {
			t.Fatal(err)
		}
		devices, _ := w.devices(t)
		byID := make(map[string]party.Device)
		for _, d := range devices {
			byID[d.ID] = d
		}
		if d := byID[kitchen]; len(devices) != 3 || d.Name != "Kitchen" || d.Type != "Speaker" || !d.IsRestricted ||
			d.VolumePercent != nil {
			t.Fatalf("devices %+v", devices)
		}
		if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
			t.Fatal(err)
		}
		if err := w.Transfer(ctx, host, garden, false); err != nil {
			t.Fatal(err)
		}
		if s, _ := w.devices(t); len(s) != 3 {
			t.Errorf("devices %+v", s)
		}
		if _, active := w.devices(t); active != "Garden" {
			t.Errorf("after the transfer %q is active", active)
		}
		if s := w.state(t); !s.Playing || s.Device.Name != "Garden" {
			t.Errorf("the music did not move: %+v", s)
		}
		expectReason(t, w.Transfer(ctx, host, kitchen, true), playback.Restricted, "")
		expectFault(t, w.Transfer(ctx, host, "elsewhere", true), playback.NoDevice)
	})
}

// TestDevicesAreCachedForFiveSeconds: the clients of one host and the driver share a response for five seconds.
func TestDevicesAreCachedForFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := w.HostDevices(t.Context(), host); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		time.Sleep(5*time.Second - time.Millisecond)
		w.devices(t)
		if n := w.requestCount(devicesPath); n != 1 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(time.Millisecond)
		w.devices(t)
		if n := w.requestCount(devicesPath); n != 2 {
			t.Errorf("asked %d times after five seconds", n)
		}
		w.Forget(host)
		w.devices(t)
		if n := w.requestCount(devicesPath); n != 3 {
			t.Errorf("asked %d times after the host reconnected", n)
		}
	})
}

func TestDeviceFailuresAreReported(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.answer(devicesPath, respond(http.StatusBadGateway, ""))
	_, err := w.HostDevices(ctx, host)
	expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
	_, err = w.Devices(ctx, host)
	expectFault(t, err, playback.Unreachable)
	w.answer(devicesPath, respond(http.StatusOK, `{"devices":[]}`))
	if devices, err := w.HostDevices(ctx, host); err != nil || devices == nil || len(devices) != 0 {
		t.Errorf("got %#v, %v; want an empty list that is not nil", devices, err)
	}
}

func TestPauseAndResume(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
		t.Fatal(err)
	}
	if err := w.Pause(ctx, host); err != nil {
		t.Fatal(err)
	}
	if s := w.state(t); s.Playing || s.Song == nil {
		t.Errorf("after pause: %+v", s)
	}
	expectReason(t, w.Pause(ctx, host), playback.Restricted, "")
	for _, device := range []string{"", w.state(t).Device.ID} {
		if err := w.Resume(ctx, host, device); err != nil {
			t.Fatal(err)
		}
		if s := w.state(t); !s.Playing || s.Song.URI != w.songs[0].URI {
			t.Errorf("after resume on %q: %+v", device, s)
		}
		if err := w.Pause(ctx, host); err != nil {
			t.Fatal(err)
		}
	}
	expectFault(t, w.Resume(ctx, host, "elsewhere"), playback.NoDevice)
}

func TestResetShuffleAndRepeatTurnsOffRepeatAndShuffle(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"repeat?state=context", "shuffle?state=true"} {
		r := httptest.NewRequestWithContext(ctx, http.MethodPut, "/v1/me/player/"+path, nil)
		r.Header.Set("Authorization", w.sent(playPath)[0].authorization)
		w.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	if s := w.state(t); !s.Repeat || !s.Shuffle {
		t.Fatalf("before: %+v", s)
	}
	if err := w.ResetShuffleAndRepeat(ctx, host); err != nil {
		t.Fatal(err)
	}
	if s := w.state(t); s.Repeat || s.Shuffle {
		t.Errorf("after: %+v", s)
	}

	const refused = `{"error":{"status":403,"message":"Player command failed: Restriction violated","reason":"UNKNOWN"}}`
	w.answer("/v1/me/player/repeat", respond(http.StatusForbidden, refused))
	expectFault(t, w.ResetShuffleAndRepeat(ctx, host), playback.Restricted)
	if n := w.requestCount("/v1/me/player/shuffle"); n != 2 {
		t.Errorf("shuffle was turned off %d times", n)
	}
}

func TestVolumeOfTheActiveDevice(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	kitchen, err := w.simulated.Host(w.player.ID).AddDevice(sim.Device{
		Name: "Kitchen", Type: "Speaker", FixedVolume: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
		t.Fatal(err)
	}
	for _, percent := range []int{0, 35, 100} {
		if err := w.SetVolume(ctx, host, percent); err != nil {
			t.Fatal(err)
		}
		if d := w.state(t).Device; *d.VolumePercent != percent || !d.SupportsVolume() {
			t.Errorf("at %d %%: %+v", percent, d)
		}
	}
	if err := w.Transfer(ctx, host, kitchen, true); err != nil {
		t.Fatal(err)
	}
	if d := w.state(t).Device; d.SupportsVolume() {
		t.Errorf("a device with a fixed volume: %+v", d)
	}
	expectFault(t, w.SetVolume(ctx, host, 50), playback.Restricted)
}
