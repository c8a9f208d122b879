package spotify_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify/sim"
)

func TestPlayEnqueueAndNext(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if s := w.state(t); s.At.IsZero() || s != (playback.Observation{At: s.At}) {
		t.Errorf("before anything played: %+v", s)
	}
	if queue, err := w.Queue(ctx, host); err != nil || queue.Current != nil || len(queue.Next) != 0 {
		t.Errorf("queue before anything played: %+v, %v", queue, err)
	}
	if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
		t.Fatal(err)
	}
	s := w.state(t)
	if s.Song == nil || s.Song.URI != w.songs[0].URI || !s.Playing || s.Device == nil || !s.Device.IsActive ||
		s.Device.VolumePercent == nil || *s.Device.VolumePercent != 60 {
		t.Fatalf("after play: %+v", s)
	}
	if err := w.Enqueue(ctx, host, w.songs[1].URI); err != nil {
		t.Fatal(err)
	}
	queue, err := w.Queue(ctx, host)
	if err != nil || queue.Current == nil || queue.Current.URI != w.songs[0].URI ||
		len(queue.Next) != 1 || queue.Next[0].URI != w.songs[1].URI {
		t.Errorf("queue %+v, %v", queue, err)
	}
	if err := w.Next(ctx, host); err != nil {
		t.Fatal(err)
	}
	if s := w.state(t); s.Song == nil || s.Song.URI != w.songs[1].URI {
		t.Errorf("after next: %+v", s)
	}
	if err := w.Play(ctx, host, w.songs[2].URI, s.Device.ID, 0); err != nil {
		t.Errorf("on a named device: %v", err)
	}
	expectFault(t, w.Play(ctx, host, w.songs[2].URI, "elsewhere", 0), playback.NoDevice)
	expectFault(t, w.Enqueue(ctx, host, "spotify:track:0000000000000000000000"), playback.Gone)
}

func TestCommandsWithoutActiveDeviceFail(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	account := w.account(t)
	w.connect(t, host, account.RefreshToken)
	if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
		t.Fatal(err)
	}
	if err := w.simulated.SetDeviceActive(account.ID, false); err != nil {
		t.Fatal(err)
	}
	if s := w.state(t); s.Device != nil || s.Song != nil || s.Playing {
		t.Errorf("without a device: %+v", s)
	}
	expectFault(t, w.Play(ctx, host, w.songs[0].URI, "", 0), playback.NoDevice)
	expectFault(t, w.Enqueue(ctx, host, w.songs[0].URI), playback.NoDevice)
	expectFault(t, w.Next(ctx, host), playback.NoDevice)
}

// TestUnusualPlayerStates covers states that the simulator does not have.
func TestUnusualPlayerStates(t *testing.T) {
	const device = `"device":{"id":"d","is_active":true,"name":"Kitchen","type":"Speaker","volume_percent":0}`
	const song = `"item":{"uri":"spotify:track:s","name":"A song","duration_ms":1000}`
	for name, tt := range map[string]struct {
		body string
		want func(playback.Observation) bool
	}{
		"an advertisement": {`{` + device +
			`,"progress_ms":null,"is_playing":true,"currently_playing_type":"ad","item":null}`,
			func(s playback.Observation) bool {
				return s.Song == nil && s.Playing && s.Progress == 0 && s.Device.ID == "d" && s.Other.Advertisement
			}},
		"an episode": {`{` + device +
			`,"is_playing":true,"item":{"type":"episode","uri":"spotify:episode:e","name":"A talk","duration_ms":9000}}`,
			func(s playback.Observation) bool {
				return s.Song == nil && s.Playing &&
					*s.Other == playback.OtherItem{URI: "spotify:episode:e", Duration: 9 * time.Second}
			}},
		"a file of the host's": {`{` + device +
			`,"is_playing":true,"item":{"id":null,"uri":"spotify:local:a:b:c:1","is_local":true}}`,
			func(s playback.Observation) bool { return s.Song == nil && s.Playing }},
		"silence": {`{` + device + `,"progress_ms":900000,"is_playing":true,` + song + `}`,
			func(s playback.Observation) bool {
				return s.Song.URI == "spotify:track:s" && s.Progress == 15*time.Minute && *s.Device.VolumePercent == 0
			}},
		"a volume that cannot be read": {`{"device":{"id":null,"is_restricted":true,"name":"TV","volume_percent":null},` +
			song + `}`,
			func(s playback.Observation) bool {
				return s.Device.VolumePercent == nil && s.Device.ID == "" && s.Device.Name == "TV" && s.Device.IsRestricted
			}},
		"no device at all": {`{"is_playing":true,` + song + `}`,
			func(s playback.Observation) bool { return s.Device == nil && s.Playing && s.Song != nil }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.answer(playerPath, respond(http.StatusOK, tt.body))
			if s := w.state(t); !tt.want(s) {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func TestUnreadableStateIsUnreachable(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"empty": respond(http.StatusOK, ""), "no JSON": respond(http.StatusOK, "<html>"),
		"accepted": respond(http.StatusAccepted, ""),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.answer(playerPath, answer)
			_, err := w.State(t.Context(), host)
			expectFault(t, err, playback.Unreachable)
		})
	}
}

// TestEndlessAnswerIsNotReadToItsEnd: each part of the answer takes a millisecond, and a thousand parts are to come.
func TestEndlessAnswerIsNotReadToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newWorld(t), t.Context()
		if err := w.Play(ctx, host, w.songs[0].URI, "", 0); err != nil {
			t.Fatal(err)
		}
		for path, ask := range map[string]func() error{
			playerPath:              func() error { _, err := w.State(ctx, host); return err },
			enqueuePath:             func() error { _, err := w.Queue(ctx, host); return err },
			playerPath + "/devices": func() error { _, err := w.Devices(ctx, host); return err },
		} {
			w.answer(path, w.handler.ServeHTTP) // the check of the contract would read it to its end
			w.simulated.InjectFault(sim.Fault{Body: "endless", Delay: time.Millisecond})
			began := time.Now()
			err := ask()
			expectFault(t, err, playback.Unreachable)
			if took := time.Since(began); took > 500*time.Millisecond {
				t.Errorf("%s was read for %v", path, took)
			}
		}
		w.state(t)
	})
}

func TestQueueContainsOnlySongs(t *testing.T) {
	w := newWorld(t)
	w.answer(enqueuePath, respond(http.StatusOK, `{"currently_playing":null,"queue":[
		{"uri":"spotify:episode:e"},{"uri":"spotify:track:s"},{"uri":"spotify:local:a:b:c:1","id":null}]}`))
	queue, err := w.Queue(t.Context(), host)
	if err != nil || queue.Current != nil || len(queue.Next) != 1 || queue.Next[0].URI != "spotify:track:s" {
		t.Errorf("queue %+v, %v", queue, err)
	}
}

// TestEverySuccessStatusIsAccepted: the response to a successful command differs between players and has changed over
// the years.
func TestEverySuccessStatusIsAccepted(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"204": respond(http.StatusNoContent, ""), "202": respond(http.StatusAccepted, ""),
		"200, empty": respond(http.StatusOK, ""), "200 with a text": respond(http.StatusOK, "oPClBVDzidwlAlSqmFF-zKNO62E"),
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := newWorld(t), t.Context()
			for _, path := range []string{playPath, enqueuePath, nextPath} {
				w.answer(path, answer)
			}
			err := errors.Join(
				w.Play(ctx, host, w.songs[0].URI, "d", 0), w.Enqueue(ctx, host, w.songs[0].URI), w.Next(ctx, host),
			)
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFailedCommandIsNotRepeated(t *testing.T) {
	for name, fault := range map[string]sim.Fault{
		"502 afterwards": {Status: 502, AfterApplying: true}, "cut off afterwards": {AfterApplying: true},
		"500": {Status: 500}, "cut off": {},
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := newWorld(t), t.Context()
			for path, command := range map[string]func() error{
				playPath:    func() error { return w.Play(ctx, host, w.songs[0].URI, "", 0) },
				enqueuePath: func() error { return w.Enqueue(ctx, host, w.songs[1].URI) },
				nextPath:    func() error { return w.Next(ctx, host) },
			} {
				w.state(t) // makes sure that the connection is reused
				fault.Path = path
				w.simulated.InjectFault(fault)
				expectFault(t, command(), playback.Unreachable)
				if n := w.requestCount(path); n != 1 {
					t.Errorf("%s: sent %d times", path, n)
				}
			}
		})
	}
}

func TestPlayerFailures(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	t.Run("no Premium", func(t *testing.T) {
		w.simulated.InjectFault(sim.Fault{Path: playPath, Status: 403, Message: "Player command failed: Premium required",
			Reason: "PREMIUM_REQUIRED"})
		expectFault(t, w.Play(ctx, host, w.songs[0].URI, "", 0), playback.NotAllowed)
	})
	t.Run("not connected", func(t *testing.T) {
		_, err := w.State(ctx, "a stranger")
		expectFault(t, err, playback.ReconnectNeeded)
	})
	t.Run("our database", func(t *testing.T) {
		w.accounts.cannotRead = errors.New("disk full")
		_, err := w.State(ctx, host)
		expectFault(t, err, playback.Unreachable)
		if !errors.Is(err, w.accounts.cannotRead) {
			t.Errorf("the cause is lost: %v", err)
		}
	})
}

func TestFaultContainsSpotifysMessage(t *testing.T) {
	w := newWorld(t)
	err := w.Next(t.Context(), host) // nothing plays
	expectFault(t, err, playback.Restricted)
	if text := err.Error(); !strings.Contains(text, "403 Player command failed: Restriction violated (UNKNOWN)") {
		t.Errorf("got %q", text)
	}
}
