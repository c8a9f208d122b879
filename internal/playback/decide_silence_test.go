package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestDecideInSilence(t *testing.T) {
	inactive := speaker()
	inactive.IsActive = false
	justCommanded := observed(earlier(stands(song("a"), 0), time.Second))
	justCommanded.commandedAt = noon.Add(-300 * time.Millisecond)
	backingOff := observed(earlier(stands(song("a"), 0), time.Second))
	backingOff.commandBackoff = backoff{kind: NoDevice, attempts: 1, until: noon.Add(4 * time.Second)}
	failedBefore := observed(stands(song("a"), 0))
	failedBefore.failures = []songFailure{{itemID: "item-b", times: 2, until: noon.Add(10 * time.Second)}}
	hadNothing := observed(earlier(stands(song("a"), 0), 20*time.Second))
	hadNothing.hadNothing = true
	checkDecisions(t, []decideTest{
		// Nothing plays.
		{name: "no observation yet", in: Input{Room: room()}, health: party.HealthOK, status: party.Idle, observeIn: 0},
		{
			name: "empty queue, idle player", in: Input{Room: room(), Observation: stands(song("x"), 0)},
			health: party.HealthNothingToPlay, status: party.Idle, observeIn: idleInterval,
		},
		{
			name: "a song and an idle player", in: Input{Room: room(item("b", queued)), Observation: stands(song("x"), 0)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "a song, and the host's own song is loaded but has not played",
			in:   Input{Room: room(item("b", queued)), Observation: stands(song("x"), time.Minute)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "a song arrives at an idle player", in: Input{Room: room(item("b", queued)), Memory: hadNothing},
			health: party.HealthOK, status: party.Idle, observeIn: 0,
		},
		{
			name: "no direct play right after a command", in: Input{Room: room(item("b", queued)), Memory: justCommanded},
			health: party.HealthOK, status: party.Idle, observeIn: 400 * time.Millisecond,
		},
		{
			name: "no direct play during a backoff", in: Input{Room: room(item("b", queued)), Memory: backingOff},
			health: party.HealthDeviceLost, status: party.Idle, observeIn: 4 * time.Second,
		},
		{
			name: "a song that failed lets others go first",
			in:   Input{Room: room(item("b", queued), item("c", queued)), Memory: failedBefore},
			step: party.PlaybackStep{CommitItem: "item-c", CommitVia: byQueue}, command: play("c", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name:    "no device: read the devices",
			in:      Input{Room: room(item("b", queued)), Observation: &Observation{At: noon}},
			command: Command{Kind: Devices}, health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "play on an inactive device",
			in:   Input{Room: room(item("b", queued)), Observation: &Observation{At: noon, Device: inactive}},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
	})
}
