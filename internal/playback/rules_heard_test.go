package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules say whether a song was heard or skipped. Random evenings have shown that they are needed.

// Spotify could not be reached when the room's song ended. The first look afterwards shows a song that seems to have
// begun long before, because the host has resumed it or because the look is old. The room's song counts as heard, not
// as skipped.
func TestSongThatEndedUnseenIsNotSkipped(t *testing.T) {
	memory := observed(earlier(plays(song("a"), 150*time.Second), 70*time.Second))
	memory.heard = heard{"item-a", 150 * time.Second, noon.Add(-70 * time.Second), true, false}
	r := showing(room(item("a", playing), item("b", queued)), 150*time.Second, 70*time.Second)
	plan := decideTwice(Input{Now: noon, Room: r, Memory: memory, Observation: plays(song("host"), 190*time.Second)})
	if plan.Step.EndedItem != "item-a" || plan.Step.Skipped {
		t.Errorf("the step is %+v, want the song ended and not skipped", plan.Step)
	}
}

// The host skips a song by command just when it has faded into the next one, which no look has shown yet. Nothing is
// skipped, and the song counts as heard.
func TestSongThatFadedBeforeTheSkipIsNotSkipped(t *testing.T) {
	r := showing(room(item("a", playing), committed("b", sent, 10*time.Second)), 180*time.Second, 12*time.Second)
	r.PendingCommands = []party.HostCommand{{ID: "skip", Kind: party.SkipCommand, Argument: "spotify:track:a", At: noon}}
	memory := observed(earlier(plays(song("a"), 180*time.Second), 12*time.Second))
	memory.heard = heard{"item-a", 180 * time.Second, noon.Add(-12 * time.Second), true, false}
	commanded := Decide(Input{Now: noon, Room: r, Memory: memory})
	seen := Input{Now: noon, Room: r, Memory: commanded.Memory, Observation: plays(song("b"), 2*time.Second)}
	if step := Decide(seen).Step; step.StartedItem != "item-b" || step.EndedItem != "item-a" || step.Skipped {
		t.Errorf("the step is %+v, want the first song ended, the second one started, and none skipped", step)
	}
}

// A host removed a song, and no command could be sent to skip it. If it was heard in full, it counts as played.
func TestRemovedSongThatWasHeardCountsAsPlayed(t *testing.T) {
	removed := item("a", playing)
	removed.SkipOnStart = true
	for reached, skipped := range map[time.Duration]bool{200 * time.Second: false, 5 * time.Second: true} {
		memory := observed(earlier(plays(song("a"), time.Second), reached-time.Second))
		memory.heard = heard{"item-a", time.Second, noon.Add(time.Second - reached), true, false}
		plan := decideTwice(Input{Now: noon, Room: room(removed), Memory: memory, Observation: plays(song("x"), 0)})
		if plan.Step.EndedItem != "item-a" || plan.Step.Skipped != skipped {
			t.Errorf("after %v: the step is %+v, want the song ended, and skipped: %v", reached, plan.Step, skipped)
		}
	}
}

// The player repeats the room's song, because the host has set repeat, and the host plays something else in the second
// round. The song was heard in full.
func TestSongThatIsRepeatedCountsAsPlayed(t *testing.T) {
	const ago = 30 * time.Second
	for heardBefore, skipped := range map[time.Duration]bool{195 * time.Second: false, 150 * time.Second: true} {
		memory := observed(earlier(plays(song("a"), heardBefore), ago+10*time.Second))
		memory.heard = heard{"item-a", heardBefore, noon.Add(-ago - 10*time.Second), true, false}
		in := Input{Now: noon.Add(-ago), Room: room(item("a", playing)), Memory: memory}
		in.Observation = earlier(plays(song("a"), 5*time.Second), ago)
		in.Memory = decideTwice(in).Memory
		in.Now, in.Observation = noon, plays(song("x"), 10*time.Second)
		if step := decideTwice(in).Step; step.EndedItem != "item-a" || step.Skipped != skipped {
			t.Errorf("from %v: the step is %+v, want the song ended, and skipped: %v", heardBefore, step, skipped)
		}
	}
}

// Only the queue tells what plays, and nobody knows when the song began. It counts as heard unless much is missing.
func TestSongOfAHiddenPlayerCountsAsPlayed(t *testing.T) {
	for reached, skipped := range map[time.Duration]bool{165 * time.Second: false, 100 * time.Second: true} {
		hidden := observed(earlier(plays(song("a"), 0), reached))
		hidden.hidden = true
		r := showing(room(item("a", playing)), 0, reached)
		memory := Decide(Input{Now: noon.Add(-reached), Room: r, Memory: hidden}).Memory
		memory.hidden = false
		plan := decideTwice(Input{Now: noon, Room: r, Memory: memory, Observation: stands(song("a"), 0)})
		if plan.Step.EndedItem != "item-a" || plan.Step.Skipped != skipped {
			t.Errorf("after %v the step is %+v, want the song ended, and skipped: %v", reached, plan.Step, skipped)
		}
	}
}

// The room's song has faded into the committed one, whose beginning Automix left out, and then a server takes the room
// over. Nobody saw the change of songs, so the first song counts as heard unless much is missing.
func TestSongThatFadedBetweenTwoServersIsNotSkipped(t *testing.T) {
	for ago, skipped := range map[time.Duration]bool{10 * time.Second: false, 40 * time.Second: true} {
		r := showing(room(item("a", playing), committed("b", sent, ago+5*time.Second)), 170*time.Second, ago+5*time.Second)
		if skipped {
			r = showing(r, 100*time.Second, ago+5*time.Second)
		}
		plan := decideTwice(Input{Now: noon, Room: r, Observation: plays(song("b"), 8*time.Second+ago)})
		if plan.Step.StartedItem != "item-b" || plan.Step.Skipped != skipped {
			t.Errorf("%v later the step is %+v, want b started, and a skipped: %v", ago, plan.Step, skipped)
		}
	}
}

// The room's song ended, and the host went back to it, while nobody drove the room. It was heard in full before that.
func TestSongThatIsRepeatedBetweenTwoServersCountsAsPlayed(t *testing.T) {
	for ago, skipped := range map[time.Duration]bool{50 * time.Second: false, 15 * time.Second: true} {
		r := showing(room(item("a", playing)), 180*time.Second, ago)
		memory := decideTwice(Input{Now: noon, Room: r, Observation: plays(song("a"), 10*time.Second)}).Memory
		in := Input{Now: noon.Add(30 * time.Second), Room: r, Memory: memory}
		in.Observation = earlier(plays(song("host"), 10*time.Second), -30*time.Second)
		if step := decideTwice(in).Step; step.EndedItem != "item-a" || step.Skipped != skipped {
			t.Errorf("after %v the step is %+v, want the song ended, and skipped: %v", ago, step, skipped)
		}
	}
}

// A song that waits is given up, because it may have been heard, while another song of the room plays on. The song that
// plays on does not count as skipped.
func TestSongThatPlaysOnIsNotSkippedByOneThatIsGivenUp(t *testing.T) {
	memory := observed(plays(song("a"), 30*time.Second))
	in := Input{Now: noon, Memory: memory, Answer: answered(ReadQueue, "b", "", song("a"))}
	in.Room = showing(room(item("a", playing), committed("b", party.CommitUnknown, 5*time.Minute)), 30*time.Second, 0)
	if step := Decide(in).Step; step.StartedItem != "item-b" || step.Skipped {
		t.Errorf("the step is %+v, want b given up, and no song skipped", step)
	}
}
