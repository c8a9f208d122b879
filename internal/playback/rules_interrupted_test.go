package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules say what becomes of a song that was interrupted: its device was away, something that is no song came in
// between, the player could not be seen, or a skip was refused. Random evenings have shown that they are needed.

// A device has been away for longer than its song lasts, and a guest adds a song. The first song does not end before
// another look, because the device may be back and the song may go on.
func TestSongOfALostDeviceEndsOnlyAfterALook(t *testing.T) {
	memory := observed(earlier(&Observation{At: noon}, 40*time.Second))
	memory.silentSince = noon.Add(-201 * time.Second)
	r := room(item("a", playing), item("b", queued))
	added := Decide(Input{Now: noon, Room: r, Memory: memory})
	if added.Step.EndedItem != "" || added.ObserveAt.After(noon) {
		t.Errorf("the step is %+v, and the next look at %v, want none, and a look now", added.Step, added.ObserveAt)
	}
	for ended, look := range map[string]*Observation{"item-a": {At: noon}, "": plays(song("a"), 50*time.Second)} {
		in := Input{Now: noon, Room: r, Memory: added.Memory, Observation: look}
		if step := decideTwice(in).Step; step.EndedItem != ended {
			t.Errorf("after the look %+v the item %q has ended, want %q", look, step.EndedItem, ended)
		}
	}
}

// Something that is no song interrupts the room's song when the next one is sent, which fails. The room's song goes on:
// the player has not moved on, and nobody has heard the next one.
func TestSongThatGoesOnAfterAnInterruptionIsNoProgress(t *testing.T) {
	const ago = 60 * time.Second
	memory := observed(earlier(&Observation{At: noon, Playing: true, Other: &OtherItem{}, Device: speaker()}, ago))
	memory.lastEnded = endedSong{itemID: "item-z", song: new(song("z")), at: noon.Add(-2 * ago)}
	r := showing(room(item("a", playing), committed("b", party.CommitPending, ago)), time.Second, ago)
	lost := Decide(Input{Now: noon.Add(-ago), Room: r, Memory: memory, Answer: answered(Enqueue, "b", Unreachable)})
	r = showing(room(item("a", playing), committed("b", party.CommitUnknown, ago)), time.Second, ago)
	seen := decideTwice(Input{Now: noon, Room: r, Memory: lost.Memory, Observation: plays(song("a"), 50*time.Second)})
	in := Input{Now: noon, Room: r, Memory: seen.Memory, Answer: answered(ReadQueue, "b", "", song("a"))}
	if step := Decide(in).Step; step.ReturnedItem != "item-b" {
		t.Errorf("the step is %+v, want the song returned", step)
	}
}

// Only the queue tells what plays, and the progress goes by the clock. Then the player is seen again, at a progress of
// 0, because it could not load the song. It has stood still since the song began, not since it was seen again.
func TestSongThatStoodStillUnseenEndsInTime(t *testing.T) {
	const unseen = 90 * time.Second
	hidden := observed(earlier(plays(song("a"), unseen), time.Second))
	hidden.hidden = true
	r := showing(room(item("a", playing), item("b", queued)), unseen, time.Second)
	in := Input{Now: noon, Room: r, Memory: hidden, Observation: plays(song("a"), 0)}
	in.Memory = Decide(in).Memory
	for left, ended := range map[time.Duration]string{10 * time.Second: "", 0: "item-a"} {
		in := Input{Now: noon.Add(200*time.Second + maxCrossfade - unseen - left), Room: r, Memory: in.Memory}
		in.Observation = earlier(plays(song("a"), 0), noon.Sub(in.Now))
		if step := decideTwice(in).Step; step.EndedItem != ended {
			t.Errorf("%v before its end by the clock the item %q has ended, want %q", left, step.EndedItem, ended)
		}
	}
}

// Spotify refuses the skip of a host, and soon the song fades into the next one: it does not count as skipped. If the
// answer to the skip was lost, it does.
func TestSongWhoseSkipWasRefusedCountsAsPlayed(t *testing.T) {
	for kind, skipped := range map[FaultKind]bool{NoDevice: false, Unreachable: true} {
		r := showing(room(item("a", playing), committed("b", sent, 10*time.Second)), 170*time.Second, 0)
		in := Input{Now: noon, Room: commanded(party.SkipCommand, "spotify:track:a", 0, r), Memory: observed(
			plays(song("a"), 170*time.Second))}
		skip := Decide(in)
		in.Memory, in.Answer = skip.Memory, &Answer{Command: skip.Command, Fault: &Fault{Kind: kind}}
		in.Memory = Decide(in).Memory
		in.Now, in.Answer, in.Room.PendingCommands = noon.Add(29*time.Second), nil, nil
		in.Observation = earlier(plays(song("b"), 9*time.Second), -29*time.Second)
		if step := Decide(in).Step; step.StartedItem != "item-b" || step.Skipped != skipped {
			t.Errorf("%s to %+v: the step is %+v, want b started, and a skipped: %v", kind, skip.Command, step, skipped)
		}
	}
}

// The refusal of another command does not mean that a skip had no effect, and neither does the refusal of a second
// attempt to skip.
func TestRefusalOfSomethingElseForgetsNoSkip(t *testing.T) {
	for kind, attempts := range map[CommandKind]int{SetVolume: 1, Pause: 1, Next: 2} {
		memory := observed(plays(song("a"), 100*time.Second))
		memory.skippedID, memory.hostCommand.attempts = "item-a", attempts
		in := Input{Now: noon, Room: room(item("a", playing)), Memory: memory, Answer: answered(kind, "a", Restricted)}
		in.Answer.Command.HostCommandID = "command"
		if Decide(in).Memory.skippedID != "item-a" {
			t.Errorf("%v: the skip of the song is forgotten", kind)
		}
	}
}

// A podcast interrupted the room's song. A host skips the podcast to the next song, and the answer is lost. The podcast
// plays on: the next song replaced no song, and returns to the queue.
func TestSongReturnsIfItReplacedNoSong(t *testing.T) {
	const ago = 20 * time.Second
	podcast := &Observation{At: noon, Playing: true, Other: &OtherItem{}, Device: speaker()}
	r := room(item("a", playing), committed("b", party.CommitPending, ago))
	lost := Decide(Input{
		Now: noon.Add(-ago), Room: r, Memory: observed(earlier(new(*podcast), ago)), Answer: answered(Play, "b", Unreachable),
	})
	r = room(item("a", playing), committed("b", party.CommitUnknown, ago))
	seen := decideTwice(Input{Now: noon, Room: r, Memory: lost.Memory, Observation: podcast})
	in := Input{Now: noon, Room: r, Memory: seen.Memory, Answer: answered(ReadQueue, "b", "")}
	if step := Decide(in).Step; step.ReturnedItem != "item-b" {
		t.Errorf("the step is %+v, want the song returned", step)
	}
}

// The next song is played in place of the one that plays, and the answer is lost. Then the first song plays. If it has
// begun again, somebody may have heard the next song before choosing it. If it goes on, nobody has heard the next song.
func TestSongThatSomebodyLeftAfterALostAnswerDoesNotReturn(t *testing.T) {
	const ago, before = 20 * time.Second, 100 * time.Second
	for name, tt := range map[string]struct {
		was, look *Observation
		returned  string
	}{
		"it goes on":                      {plays(song("a"), before), plays(song("a"), before+ago), "item-b"},
		"it began again":                  {plays(song("a"), before), plays(song("a"), ago-6*time.Second), ""},
		"it began again too soon":         {plays(song("a"), before), plays(song("a"), ago-time.Second), "item-b"},
		"it was silent, and was resumed":  {stands(song("a"), time.Second), plays(song("a"), 6*time.Second), "item-b"},
		"it began again, and was stopped": {plays(song("a"), before), stands(song("a"), 6*time.Second), "item-b"},
	} {
		sentAt := room(item("a", playing), committed("b", party.CommitPending, ago))
		lost := Decide(Input{
			Now: noon.Add(-ago), Room: sentAt, Memory: observed(earlier(tt.was, ago)), Answer: answered(Play, "b", Unreachable),
		})
		r := room(item("a", playing), committed("b", party.CommitUnknown, ago))
		seen := decideTwice(Input{Now: noon, Room: r, Memory: lost.Memory, Observation: tt.look})
		in := Input{Now: noon, Room: r, Memory: seen.Memory, Answer: answered(ReadQueue, "b", "", song("a"))}
		if step := Decide(in).Step; step.ReturnedItem != tt.returned {
			t.Errorf("%s: the step is %+v, and %q should return", name, step, tt.returned)
		}
	}
}

// A song waited in the queue of a device that had disappeared, for so long that it was given up. The device comes back
// and plays it. The room shows that its own music plays, not the host's, unless much time has passed.
func TestSongThatWasGivenUpIsTheRooms(t *testing.T) {
	memory := observed(plays(song("host"), 20*time.Second))
	for _, tt := range []struct {
		seen   bool
		later  time.Duration
		health party.HealthState
	}{
		{false, 2 * time.Minute, party.HealthOK},
		{false, 2 * time.Hour, party.HealthHostTookOver},
		{true, 2 * time.Minute, party.HealthHostTookOver},
	} {
		given := item("a", playing)
		in := Input{Now: noon, Room: room(given, item("b", queued)), Memory: memory}
		if tt.seen {
			in.Memory.heard = heard{itemID: given.ID}
		}
		in = Input{Now: noon.Add(tt.later), Room: room(item("b", queued)), Memory: Decide(in).Memory}
		in.Observation = earlier(plays(song("a"), time.Second), -tt.later)
		if shown := decideTwice(in).Step.Playback; shown == nil || shown.Health != tt.health {
			t.Errorf("%+v: the room shows %+v", tt, shown)
		}
	}
}
