package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules say when a room that has cost much is observed all the same: where it would be silent, or would not know
// what was heard.

// costly returns a memory after which observations are paced as slowly as possible.
func costly(memory Memory) Memory {
	memory.calls = memory.calls.Add(thriftMost+5, noon)
	return memory
}

// The host's own song ends, and a song of the room waits. It is committed before the end.
func TestHostsSongIsFollowedInACostlyRoom(t *testing.T) {
	memory := costly(observed(plays(song("host"), 170*time.Second)))
	plan := Decide(Input{Now: noon, Room: room(item("b", queued)), Memory: memory})
	if wait := plan.ObserveAt.Sub(noon); wait > 30*time.Second-queueLead {
		t.Errorf("30 s before the end of the host's song the next look follows after %v", wait)
	}
}

// The player was told to play a song, and does so. Whether it begins is seen at once, or it would be unknown how much of
// it was heard when something else plays.
func TestSongThatWasJustStartedIsSeenInACostlyRoom(t *testing.T) {
	memory := costly(observed(stands(song("x"), 0)))
	r := room(committed("b", party.CommitPending, 0))
	in := Input{Now: noon, Room: r, Memory: memory, Answer: answered(Play, "b", "")}
	if wait := Decide(in).ObserveAt.Sub(noon); wait != commandDelay {
		t.Errorf("the look after the command follows after %v, want %v", wait, commandDelay)
	}
}

// A look that came late shows that nothing plays, and a song waits. A second look, which is needed before the song is
// played, follows at once. While looks contradict each other, no further one does.
func TestSilenceIsConfirmedAtOnceInACostlyRoom(t *testing.T) {
	look := stands(song("host"), 0)
	for before, want := range map[time.Duration]time.Duration{slowestPace: confirmDelay, 5 * time.Second: slowestPace} {
		memory := costly(observed(earlier(plays(song("host"), 199*time.Second), before)))
		plan := Decide(Input{Now: noon, Room: room(item("b", queued)), Memory: memory, Observation: look})
		if wait := plan.ObserveAt.Sub(noon); wait != want {
			t.Errorf("%v after the look before, the next one follows after %v, want %v", before, wait, want)
		}
	}
}

// A song was appended to the player's queue. That shows only when it begins, so no look follows until then.
func TestAppendedSongCostsNoLook(t *testing.T) {
	r := showing(room(item("a", playing), committed("b", sent, time.Second)), 185*time.Second, 0)
	memory := observed(earlier(plays(song("a"), 184*time.Second), time.Second))
	memory.commandedAt = noon
	memory.handover = handover{itemID: "item-b", loaded: new(song("a"))}
	if wait := Decide(Input{Now: noon, Room: r, Memory: memory}).ObserveAt.Sub(noon); wait < 10*time.Second {
		t.Errorf("15 s before the end the next look follows after %v", wait)
	}
}

// The committed song began unseen and was heard for some seconds, until the host played a song of their own. It does not
// return to the queue, where it would be heard twice.
func TestSongThatWasHeardForSecondsDoesNotReturn(t *testing.T) {
	memory := observed(plays(song("host"), 10*time.Second))
	memory.otherSeen, memory.otherEnds = noon.Add(-25*time.Second), noon.Add(-13*time.Second)
	memory.handover = handover{itemID: "item-b", loaded: new(song("a"))}
	in := Input{Now: noon, Room: room(committed("b", sent, 27*time.Second)), Memory: memory}
	in.Answer = answered(ReadQueue, "b", "", song("host"))
	if step := Decide(in).Step; step.StartedItem != "item-b" {
		t.Errorf("the step is %+v, want the song started", step)
	}
}

// Automix leaves out the end of a song and the beginning of the next one, which seems to have begun earlier than it did.
// The song was not skipped.
func TestSongThatAutomixEndsIsNotSkipped(t *testing.T) {
	memory := observed(earlier(plays(song("a"), 184*time.Second), 9*time.Second))
	memory.heard = heard{itemID: "item-a", progress: 184 * time.Second, at: noon.Add(-9 * time.Second), plays: true}
	memory.handover = handover{itemID: "item-b", loaded: new(song("a"))}
	r := showing(room(item("a", playing), committed("b", sent, 9*time.Second)), 184*time.Second, 9*time.Second)
	step := Decide(Input{Now: noon, Room: r, Memory: memory, Observation: plays(song("b"), 8*time.Second)}).Step
	if step.EndedItem != "item-a" || step.Skipped {
		t.Errorf("the step is %+v, want the song ended and not skipped", step)
	}
}
