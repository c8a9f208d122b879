package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// A song that may have been heard without an observation is not started again. In each of these cases a song was once
// heard twice.
func TestSongThatMayHaveBeenHeardIsNotRestarted(t *testing.T) {
	const playing, queued, sent = party.NowPlaying, party.Queued, party.CommitSent
	silent := func(s *Observation, how handover) Memory {
		m := observed(s)
		m.silentSince, m.handover = noon.Add(-3*time.Second), how
		return m
	}
	a, host := song("a"), song("host")
	long := item("a", playing)
	long.CommittedAt = noon.Add(-10 * time.Minute)
	podcast := room(long)
	podcast.Playback.Status = party.Playing
	seenSince := room(committed("b", sent, 20*time.Second))
	seenSince.Playback.ObservedAt = noon.Add(-10 * time.Second)
	lost := observed(earlier(&Observation{}, time.Second))
	found := &Answer{Command: Command{Kind: Devices}, Devices: []party.Device{{ID: "kitchen"}}}
	moved := Memory{resumeAfterTransfer: true}

	for _, tt := range []struct {
		name    string
		in      Input
		step    party.PlaybackStep // without Playback
		command Command
	}{
		{
			name: "another driver sent it, and it is stopped at 0",
			in:   Input{Room: room(committed("b", sent, 70*time.Second)), Memory: silent(stands(song("b"), 0), handover{})},
			step: party.PlaybackStep{StartedItem: "item-b"},
		},
		{
			name: "it is stopped at 0 after a while without observations",
			in: Input{
				Room:   room(committed("b", sent, 23*time.Second)),
				Memory: silent(stands(song("b"), 0), handover{itemID: "item-b", direct: true}),
			},
			step: party.PlaybackStep{StartedItem: "item-b"},
		},
		{
			name: "the player moved on from the song before it to something else", in: Input{
				Room: room(committed("b", sent, 165*time.Second)), Answer: answered(ReadQueue, "b", "", host),
				Memory: silent(plays(host, 140*time.Second), handover{itemID: "item-b", loaded: &a}),
			},
			step: party.PlaybackStep{StartedItem: "item-b"},
		},
		{
			name: "the song before it is still loaded", in: Input{
				Room: room(committed("b", sent, 165*time.Second)), Answer: answered(ReadQueue, "b", "", a),
				Memory: silent(stands(a, 0), handover{itemID: "item-b", loaded: &a}),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"},
		},
		{
			name: "another driver sent it to a device that has disappeared",
			in:   Input{Room: seenSince, Memory: silent(&Observation{At: noon}, handover{})},
		},
		{
			name: "another driver played it directly: verify it",
			in: Input{
				Room: room(committed("b", party.CommitUnknown, 20*time.Second)), Memory: silent(&Observation{At: noon}, handover{}),
			},
			command: ask(ReadQueue, "b"),
		},
		{
			name: "a podcast was observed last, long before the device disappeared",
			in:   Input{Room: podcast, Observation: &Observation{At: noon}},
			step: party.PlaybackStep{EndedItem: "item-a"},
		},
		{
			name:    "playback is transferred to another device without sound",
			in:      Input{Room: showing(room(item("a", playing)), time.Minute, 20*time.Second), Memory: lost, Answer: found},
			command: Command{Kind: Transfer, DeviceID: "kitchen"},
		},
		{
			name:    "the transferred song is stopped in the middle: resume it",
			in:      Input{Room: room(item("a", playing)), Memory: moved, Observation: stands(a, time.Minute)},
			command: Command{Kind: Resume, DeviceID: "speaker"},
		},
		{
			name: "the transferred song is stopped at its beginning: it may have been heard",
			in:   Input{Room: room(item("a", playing), item("b", queued)), Memory: moved, Observation: stands(a, 0)},
			step: party.PlaybackStep{EndedItem: "item-a"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			plan := decideTwice(tt.in)
			plan.Step.Playback = nil
			if !reflect.DeepEqual(plan.Step, tt.step) || plan.Command != tt.command {
				t.Errorf("step %+v, command %+v; want %+v, %+v", plan.Step, plan.Command, tt.step, tt.command)
			}
		})
	}
}

func TestReconnectingKeepsTheShownSong(t *testing.T) {
	r := commanded(party.ObserveCommand, "", 0, showing(room(item("a", party.NowPlaying)), time.Minute, 20*time.Minute))
	plan := decideTwice(Input{Now: noon, Room: r, Observation: &Observation{At: noon}})
	r.Playback = *plan.Step.Playback
	r.PendingCommands = nil
	plan = decideTwice(Input{
		Now: noon.Add(5 * time.Second), Room: r, Memory: plan.Memory,
		Observation: &Observation{At: noon.Add(5 * time.Second)},
	})
	if plan.Step.EndedItem != "item-a" {
		t.Errorf("a song of 200 s has not ended 20 minutes after its last observation: %+v", plan)
	}
}

func TestPauseNearTheEndSurvivesALostDevice(t *testing.T) {
	m := observed(earlier(stands(song("a"), 190*time.Second), 30*time.Second))
	m.paused = true
	plan := Decide(Input{
		Now: noon, Room: room(item("a", party.NowPlaying), item("b", party.Queued)), Memory: m,
		Observation: &Observation{At: noon},
	})
	if plan.Step.EndedItem != "" || plan.Command.Kind != None {
		t.Errorf("step %+v, command %+v; want none, because the host paused", plan.Step, plan.Command)
	}
}

func TestTransferredSongResumesAfterACoolDown(t *testing.T) {
	r := room(item("a", party.NowPlaying))
	cooling := &Answer{Command: Command{Kind: Resume}, Fault: &Fault{Kind: CoolingDown}}
	plan := Decide(Input{
		Now: noon, Room: r,
		Memory: Memory{resumeAfterTransfer: true, observation: *stands(song("a"), time.Minute), observedAt: noon},
		Answer: cooling,
	})
	later := stands(song("a"), time.Minute)
	later.At = noon.Add(time.Minute)
	plan = Decide(Input{Now: later.At, Room: r, Memory: plan.Memory, Observation: later})
	if plan.Command.Kind != Resume {
		t.Errorf("command after the cool-down: %+v, want Resume", plan.Command)
	}
}

func TestPauseDuringATransferIsKept(t *testing.T) {
	r := commanded(party.PauseCommand, "", 0, room(item("a", party.NowPlaying)))
	plan := Decide(Input{
		Now: noon, Room: r, Memory: Memory{resumeAfterTransfer: true}, Observation: stands(song("a"), time.Minute),
	})
	r.PendingCommands = nil
	plan = Decide(Input{Now: noon, Room: r, Memory: plan.Memory})
	if plan.Command.Kind != None {
		t.Errorf("command after the pause: %+v, want none", plan.Command)
	}
}
