package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// What may have been heard while nobody looked is not begun again. Each of these was a song that was heard twice.
func TestWhatMayHaveBeenHeardIsNotBegunAgain(t *testing.T) {
	const playing, queued, sent = party.NowPlaying, party.Queued, party.CommitSent
	silent := func(s *Snapshot, how sending) Memory {
		m := saw(s)
		m.silent, m.sent = noon.Add(-3*time.Second), how
		return m
	}
	a, host := song("a"), song("host")
	long := item("a", playing)
	long.CommittedAt = noon.Add(-10 * time.Minute)
	podcast := room(long)
	podcast.Playback.Status = party.Playing
	seenSince := room(committed("b", sent, 20*time.Second))
	seenSince.Playback.ObservedAt = noon.Add(-10 * time.Second)
	lost := saw(earlier(&Snapshot{}, time.Second))
	found := &Answer{Command: Command{Kind: Devices}, Devices: []party.Device{{ID: "kitchen"}}}
	moved := Memory{revive: true}

	for _, tt := range []struct {
		name    string
		in      Input
		step    party.PlaybackStep // without Playback
		command Command
	}{
		{
			name: "a server before this one sent it, and it stands at 0", in: Input{Room: room(committed("b", sent, 70*time.Second)), Memory: silent(stands(song("b"), 0), sending{})},
			step: party.PlaybackStep{StartedItem: "item-b"},
		},
		{
			name: "it stands at 0 after a time without looks", in: Input{Room: room(committed("b", sent, 23*time.Second)), Memory: silent(stands(song("b"), 0), sending{itemID: "item-b", started: true})},
			step: party.PlaybackStep{StartedItem: "item-b"},
		},
		{
			name: "the player went on from what was before it, to something else", in: Input{
				Room: room(committed("b", sent, 165*time.Second)), Answer: answered(VerifyQueue, "b", "", host),
				Memory: silent(plays(host, 140*time.Second), sending{itemID: "item-b", behind: &a}),
			},
			step: party.PlaybackStep{StartedItem: "item-b"},
		},
		{
			name: "but not when that is still loaded", in: Input{
				Room: room(committed("b", sent, 165*time.Second)), Answer: answered(VerifyQueue, "b", "", a),
				Memory: silent(stands(a, 0), sending{itemID: "item-b", behind: &a}),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"},
		},
		{
			name: "a server before this one sent it to a device that is away", in: Input{Room: seenSince, Memory: silent(&Snapshot{At: noon}, sending{})},
		},
		{
			name: "and one that it played when nothing else did is asked for", in: Input{Room: room(committed("b", party.CommitUnknown, 20*time.Second)), Memory: silent(&Snapshot{At: noon}, sending{})},
			command: ask(VerifyQueue, "b"),
		},
		{
			name: "a podcast was seen last, long before the device was away", in: Input{Room: podcast, Seen: &Snapshot{At: noon}},
			step: party.PlaybackStep{EndedItem: "item-a"},
		},
		{
			name: "music moves to another device silently", in: Input{Room: showing(room(item("a", playing)), time.Minute, 20*time.Second), Memory: lost, Answer: found},
			command: Command{Kind: Transfer, DeviceID: "kitchen"},
		},
		{
			name: "it goes on there amid the song", in: Input{Room: room(item("a", playing)), Memory: moved, Seen: stands(a, time.Minute)},
			command: Command{Kind: Resume, DeviceID: "speaker"},
		},
		{
			name: "and not from the beginning", in: Input{Room: room(item("a", playing), item("b", queued)), Memory: moved, Seen: stands(a, 0)},
			step: party.PlaybackStep{EndedItem: "item-a"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			plan := Decide(tt.in)
			plan.Step.Playback = nil
			if !reflect.DeepEqual(plan.Step, tt.step) || plan.Command != tt.command {
				t.Errorf("step %+v, command %+v; want %+v, %+v", plan.Step, plan.Command, tt.step, tt.command)
			}
		})
	}
}

func TestWhatWasShownIsRememberedWhenTheHostConnectsAnew(t *testing.T) {
	r := wants(party.ObserveCommand, "", 0, showing(room(item("a", party.NowPlaying)), time.Minute, 20*time.Minute))
	plan := Decide(Input{Now: noon, Room: r, Seen: &Snapshot{At: noon}})
	r.Playback = *plan.Step.Playback
	r.PendingCommands = nil
	plan = Decide(Input{Now: noon.Add(5 * time.Second), Room: r, Memory: plan.Memory, Seen: &Snapshot{At: noon.Add(5 * time.Second)}})
	if plan.Step.EndedItem != "item-a" {
		t.Errorf("a song of 200 s plays on 20 minutes after it was seen last: %+v", plan)
	}
}

func TestAPauseNearTheEndIsKeptWhileTheDeviceIsAway(t *testing.T) {
	m := saw(earlier(stands(song("a"), 190*time.Second), 30*time.Second))
	m.paused = true
	plan := Decide(Input{Now: noon, Room: room(item("a", party.NowPlaying), item("b", party.Queued)), Memory: m, Seen: &Snapshot{At: noon}})
	if plan.Step.EndedItem != "" || plan.Command.Kind != None {
		t.Errorf("the host paused, and then: %+v, %+v", plan.Step, plan.Command)
	}
}

func TestMusicThatMovedGoesOnWhenSpotifyRefusesOnce(t *testing.T) {
	r := room(item("a", party.NowPlaying))
	cooling := &Answer{Command: Command{Kind: Resume}, Fault: &Fault{Kind: CoolingDown}}
	plan := Decide(Input{Now: noon, Room: r, Memory: Memory{revive: true, seen: *stands(song("a"), time.Minute), looked: noon}, Answer: cooling})
	later := stands(song("a"), time.Minute)
	later.At = noon.Add(time.Minute)
	plan = Decide(Input{Now: later.At, Room: r, Memory: plan.Memory, Seen: later})
	if plan.Command.Kind != Resume {
		t.Errorf("after a pause of Spotify's: %+v", plan.Command)
	}
}

func TestWhoPausesWhileTheMusicMovesIsObeyed(t *testing.T) {
	r := wants(party.PauseCommand, "", 0, room(item("a", party.NowPlaying)))
	plan := Decide(Input{Now: noon, Room: r, Memory: Memory{revive: true}, Seen: stands(song("a"), time.Minute)})
	r.PendingCommands = nil
	plan = Decide(Input{Now: noon, Room: r, Memory: plan.Memory})
	if plan.Command.Kind != None {
		t.Errorf("the music goes on: %+v", plan.Command)
	}
}
