package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestDecideWhenHostUsesApp(t *testing.T) {
	hostPaused := room(item("b", queued))
	hostSong := song("host")
	hostPaused.Playback = party.Playback{Status: party.Playing, Song: &hostSong, Health: party.HealthHostTookOver}
	silentFor := func(d time.Duration, s *Observation) Memory {
		m := observed(s)
		m.silentSince = noon.Add(-d)
		return m
	}
	checkDecisions(t, []decideTest{
		// The host uses Spotify's app.
		{
			name: "the host plays something else",
			in: Input{
				Room:        showing(room(item("a", playing), item("b", queued)), 85*time.Second, 15*time.Second),
				Observation: plays(song("host"), 3*time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", Skipped: true}, health: party.HealthHostTookOver,
			status: party.Playing, observeIn: anyTime,
		},
		{
			name:   "the host's song goes on",
			in:     Input{Room: room(item("b", queued)), Observation: plays(song("host"), 3*time.Second)},
			health: party.HealthHostTookOver, status: party.Playing, observeIn: playingInterval,
		},
		{
			name: "the host's song ends soon",
			in:   Input{Room: room(item("b", queued)), Observation: plays(song("host"), 190*time.Second)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: ask(Enqueue, "b"),
			health: party.HealthHostTookOver, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "the host paused their own song", in: Input{Room: hostPaused, Observation: stands(hostSong, 30*time.Second)},
			health: party.HealthOK, status: party.Paused, observeIn: playingInterval,
		},
		{
			name:   "the host plays something, and the queue is empty",
			in:     Input{Room: room(), Observation: plays(song("host"), 3*time.Second)},
			health: party.HealthNothingToPlay, status: party.Playing, observeIn: playingInterval,
		},
		{
			name: "an advertisement",
			in: Input{
				Room:        room(item("a", playing), item("b", queued)),
				Observation: &Observation{At: noon, Playing: true, Device: speaker()},
			},
			health: party.HealthHostTookOver, status: party.Playing, observeIn: otherFirstInterval,
		},
		{
			name:   "the host paused an episode",
			in:     Input{Room: otherShown(room(item("b", queued))), Observation: episode(10*time.Minute, false)},
			health: party.HealthOK, status: party.Paused, observeIn: playingInterval,
		},
		{
			name:   "it is still paused",
			in:     Input{Room: otherShown(room(item("b", queued))), Memory: observed(episode(10*time.Minute, false))},
			health: party.HealthOK, status: party.Paused, observeIn: anyTime,
		},
		{
			name: "an advertisement was paused in the room's song",
			in: Input{
				Room:        otherShown(room(item("a", playing), item("b", queued))),
				Observation: &Observation{At: noon, Other: &OtherItem{Advertisement: true}, Device: speaker()},
			},
			health: party.HealthOK, status: party.Paused, observeIn: playingInterval,
		},
		{
			name: "an episode has ended",
			in:   Input{Room: otherShown(room(item("b", queued))), Observation: episode(0, false)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "an episode is loaded that nobody has heard",
			in:   Input{Room: room(item("b", queued)), Observation: episode(10*time.Minute, false)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "the device is lost during a song",
			in: Input{
				Room:        showing(room(item("a", playing), item("b", queued)), 100*time.Second, 15*time.Second),
				Observation: &Observation{At: noon},
			},
			health: party.HealthDeviceLost, status: party.Idle, observeIn: noDeviceFirst,
		},
		{
			name: "the device is lost for longer than the song",
			in: Input{
				Room: room(item("a", playing), item("b", queued)), Memory: silentFor(201*time.Second, &Observation{At: noon}),
			},
			step: party.PlaybackStep{EndedItem: "item-a"}, health: party.HealthDeviceLost, status: party.Idle,
			observeIn: anyTime,
		},
	})
}

// episode makes an observation of an episode of half an hour.
func episode(progress time.Duration, playing bool) *Observation {
	other := &OtherItem{URI: "spotify:episode:e", Duration: 30 * time.Minute}
	return &Observation{At: noon, Other: other, Progress: progress, Playing: playing, Device: speaker()}
}

// otherShown makes the room show that something plays that is not a song.
func otherShown(r *party.State) *party.State {
	r.Playback = party.Playback{Status: party.Playing, Health: party.HealthHostTookOver, Device: speaker()}
	return r
}
