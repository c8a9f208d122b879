package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules say when a room that has cost much is observed without delay: otherwise it would stay silent, or not know
// what was heard.

// costly returns a memory after which observations are paced. The room has cost thriftMost calls, of which many will
// soon be older than an hour.
func costly(memory Memory) Memory {
	memory.calls = party.CallCount{}.Add(100, noon.Add(-56*time.Minute)).Add(thriftMost-100, noon.Add(-30*time.Minute))
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

// The player was told to play a song. A look follows soon: otherwise it would be unknown how much of the song was heard
// if something else plays next.
func TestSongThatWasJustStartedIsSeenInACostlyRoom(t *testing.T) {
	memory := costly(observed(earlier(stands(song("x"), 0), 100*time.Millisecond)))
	memory.lookedBefore = noon.Add(-5 * time.Second)
	r := room(committed("b", party.CommitPending, 0))
	in := Input{Now: noon, Room: r, Memory: memory, Answer: answered(Play, "b", "")}
	if wait := Decide(in).ObserveAt.Sub(noon); wait != commandDelay {
		t.Errorf("the look after the command follows after %v, want %v", wait, commandDelay)
	}
}

// A look shows for the first time that nothing plays, and a song waits. The second look, which is needed before the
// song is played, follows at once. While looks contradict each other, no further one does.
func TestSilenceIsConfirmedAtOnceInACostlyRoom(t *testing.T) {
	for silent, want := range map[time.Duration]time.Duration{0: confirmDelay, 5 * time.Second: slowestPace} {
		memory := costly(observed(earlier(plays(song("host"), 199*time.Second), 5*time.Second)))
		if silent > 0 {
			memory.observation.Playing, memory.alike, memory.inactiveSince = false, alikeLooks{}, noon.Add(-silent)
		}
		in := Input{Now: noon, Room: room(item("b", queued)), Memory: memory, Observation: stands(song("host"), 0)}
		if wait := Decide(in).ObserveAt.Sub(noon); wait != want {
			t.Errorf("after %v of silence the next look follows after %v, want %v", silent, wait, want)
		}
	}
}

// A player claims to play a song that is long over. Only two looks end the silence, so after a minute without a look
// the second one follows at once. While looks are frequent anyway, it does not.
func TestOverrunSongIsConfirmedAtOnceInACostlyRoom(t *testing.T) {
	for before, want := range map[time.Duration]time.Duration{slowestPace: confirmDelay, 5 * time.Second: slowestPace} {
		memory := costly(observed(earlier(plays(song("host"), 210*time.Second-before), before)))
		in := Input{Now: noon, Room: room(item("b", queued)), Memory: memory}
		in.Observation = plays(song("host"), 210*time.Second)
		if before < 10*time.Second {
			in.Memory.alike.place = somewhere
		}
		if wait := Decide(in).ObserveAt.Sub(noon); wait != want {
			t.Errorf("%v after the look before, the next one follows after %v, want %v", before, wait, want)
		}
	}
}

// The room's song waits in the player's queue, and a skip to it took effect twice, so that it is loaded and silent. It
// counts as heard within seconds, so that the next one can play.
func TestSkippedSongIsNoticedInACostlyRoom(t *testing.T) {
	memory := costly(observed(plays(song("a"), 100*time.Second)))
	memory.handover = handover{itemID: "item-b", loaded: new(song("a"))}
	memory.changedAt, memory.commandedAt = noon, noon
	before := room(item("a", playing), committed("b", sent, 10*time.Second), item("c", queued))
	in := Input{Now: noon, Room: showing(before, 100*time.Second, 0), Memory: memory}
	for started := false; !started; started = Decide(in).Step.StartedItem == "item-b" {
		in.Memory, in.Now = Decide(in).Memory, Decide(in).ObserveAt
		if in.Now.Sub(noon) > 5*time.Second {
			t.Fatalf("after %v it has not noticed", in.Now.Sub(noon))
		}
		if in.Observation = earlier(stands(song("b"), 0), noon.Sub(in.Now)); Decide(in).Step.EndedItem == "item-a" {
			in.Memory, in.Observation, in.Room = Decide(in).Memory, nil, room(before.Queue...)
		}
	}
}

// A look that came late contradicts both what is known and the looks before it. The next look follows at once. While
// doubtful looks follow each other closely, it does not.
func TestDoubtThatComesLateIsConfirmedInACostlyRoom(t *testing.T) {
	for before, want := range map[time.Duration]time.Duration{slowestPace: confirmDelay, 5 * time.Second: slowestPace} {
		other := &Observation{At: noon.Add(-before), Other: &OtherItem{}, Playing: true, Device: speaker()}
		memory := costly(observed(other))
		memory.suspicion = suspicion{kind: noPlayer, since: noon.Add(-before), looks: 2, inRow: 2}
		look := stands(song("x"), 0)
		plan := Decide(Input{Now: noon, Room: room(committed("b", sent, time.Minute)), Memory: memory, Observation: look})
		if wait := plan.ObserveAt.Sub(noon); wait != want {
			t.Errorf("%v after the look before, the next one follows after %v, want %v", before, wait, want)
		}
	}
}

// A song is over by the clock, and the player claims that it still plays at its beginning. The player is observed less
// and less often, and in a costly room as seldom as while nothing plays.
func TestOverdueSongIsSeenLessOften(t *testing.T) {
	for overdue, want := range map[time.Duration]time.Duration{
		endDelay: waitingInterval, 20 * time.Second: 4 * time.Second, 40 * time.Second: 8 * time.Second,
	} {
		memory := observed(plays(song("a"), 0))
		memory.heard = heard{itemID: "item-a", progress: 200*time.Second + overdue, at: noon, plays: true}
		memory.progressedAt = noon.Add(-200 * time.Second)
		r := showing(room(item("a", playing), item("b", queued)), 0, 0)
		in := Input{Now: noon, Room: r, Memory: memory}
		if wait := Decide(in).ObserveAt.Sub(noon); (wait - want).Abs() > endDelay {
			t.Errorf("%v after the end the next look follows after %v, want %v", overdue, wait, want)
		}
		in.Memory = costly(memory)
		if wait := Decide(in).ObserveAt.Sub(noon); overdue > maxOverrun && wait != slowestPace {
			t.Errorf("%v after the end of a song in a costly room the next look follows after %v", overdue, wait)
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

// The committed song began unseen and was heard for some seconds, until the host played a song of their own. It does
// not return to the queue, where it would be heard twice.
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

// Only the queue tells what plays. It could not be read for some seconds, and names the room's song again: the health
// is OK at once, because the next look follows late.
func TestHealthIsTrueOnceTheQueueAnswersAgain(t *testing.T) {
	memory := observed(plays(song("a"), 20*time.Second))
	memory.hidden = true
	memory.suspicion = suspicion{kind: noPlayer, since: noon.Add(-7 * time.Second), looks: 7, inRow: 7, queueFails: 2}
	memory.commandBackoff = backoff{}.afterFault(&Fault{Kind: Restricted}, noon.Add(-5*time.Second))
	r := showing(room(item("a", playing), item("b", queued)), 20*time.Second, 5*time.Second)
	r.Playback.Health = party.HealthDeviceLost
	in := Input{Now: noon, Room: r, Memory: memory, Answer: &Answer{Command: Command{Kind: ReadQueue}}}
	in.Answer.Queue.Current = new(song("a"))
	if shown := Decide(in).Step.Playback; shown == nil || shown.Health != party.HealthOK {
		t.Errorf("the room shows %+v, want the health OK", shown)
	}
}

// Automix leaves out the end of a song and the beginning of the next one, which seems to have begun earlier than it
// did. The song was not skipped.
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

// Spotify starts nothing for this host, as far as is known, and the song stands in the playlist. The device has fallen
// asleep meanwhile. Once it is time to try again, a device is looked for: otherwise the room would be silent forever.
func TestDeviceIsLookedForWhenPremiumIsTriedAgain(t *testing.T) {
	wants := map[time.Duration]CommandKind{firstProbe / 2: None, firstProbe: Devices, 2 * firstProbe: Devices}
	for ago, want := range wants {
		memory := observed(&Observation{At: noon})
		memory.silentSince, memory.inactiveSince = noon.Add(-time.Hour), noon.Add(-time.Hour)
		memory.premium = permission{denied: true, refusals: minRefusals, last: noon.Add(-ago)}
		waits := committed("b", sent, time.Minute)
		waits.Via = party.DeliveryPlaylist
		r := room(waits)
		r.HasPlayed, r.PlaylistURI = ago == firstProbe, "spotify:playlist:room" // or the host has never started it
		if plan := Decide(Input{Now: noon, Room: r, Memory: memory}); plan.Command.Kind != want {
			t.Errorf("%v after the last refusal it sends %q, want %q", ago, plan.Command.Kind, want)
		}
	}
}

// Two looks show another song at the same place, which proves nothing. The looks that decide follow at once.
func TestRepeatedAnswersAreDecidedOnInACostlyRoom(t *testing.T) {
	in := Input{Now: noon, Room: showing(room(item("a", playing)), 20*time.Second, 0)}
	in.Memory = costly(observed(plays(song("a"), 20*time.Second)))
	for in.Memory.observation.Song.URI != song("x").URI && in.Now.Sub(noon) < time.Minute {
		in.Now = in.Now.Add(confirmDelay)
		in.Observation = earlier(plays(song("x"), time.Minute), noon.Sub(in.Now))
		plan := Decide(in)
		if in.Memory = plan.Memory; in.Memory.suspicion.kind == otherSong && plan.ObserveAt.Sub(in.Now) > confirmDelay {
			t.Fatalf("%v after the first look the next one follows after %v", in.Now.Sub(noon), plan.ObserveAt.Sub(in.Now))
		}
	}
}

// A room has cost much. As soon as enough of its calls are older than an hour, it is observed as usual.
func TestCostlyRoomIsObservedOnceItsCallsAreOld(t *testing.T) {
	silent := observed(stands(song("host"), 0))
	wants := map[time.Duration]time.Duration{59 * time.Minute: 40 * time.Second, 56 * time.Minute: slowestPace}
	for ago, want := range wants {
		in := Input{Now: noon.Add(20 * time.Second), Room: room(item("b", queued)), Memory: silent}
		in.Memory.calls = party.CallCount{}.Add(100, noon.Add(-ago)).Add(thriftMost-99, noon.Add(-30*time.Minute))
		in.Memory.inactiveSince = noon.Add(-time.Minute)
		in.Memory.lookedAt, in.Memory.observedAt = in.Now, in.Now
		in.Memory.observationBackoff = backoff{kind: Unreachable, until: in.Now.Add(time.Second)}
		if wait := Decide(in).ObserveAt.Sub(in.Now); wait != want {
			t.Errorf("%v after most calls the next look follows after %v, want %v", ago, wait, want)
		}
	}
}

// Nothing played, because there was no device. One is found, and the next song begins there at once.
func TestSongBeginsAtOnceOnAFoundDeviceInACostlyRoom(t *testing.T) {
	memory := costly(observed(&Observation{At: noon.Add(-30 * time.Second)}))
	memory.silentSince, memory.inactiveSince = noon.Add(-time.Hour), noon.Add(-time.Hour)
	memory.lookedAt = noon.Add(-30 * time.Second)
	in := Input{Now: noon, Room: room(item("b", queued)), Memory: memory}
	in.Answer = &Answer{Command: Command{Kind: Devices}, Devices: []party.Device{*speaker()}}
	if wait := Decide(in).ObserveAt.Sub(noon); wait > 0 {
		t.Errorf("the look before the song follows after %v", wait)
	}
}

// A song waits in the queue of a device that was lost and has been woken, and is silent. This is noticed within
// seconds, so that the song begins soon, and not a minute later.
func TestCommittedSongBeginsAtOnceOnAWokenDeviceInACostlyRoom(t *testing.T) {
	memory := costly(observed(stands(song("b"), 0)))
	memory.inactiveSince = noon.Add(-time.Minute)
	memory.resumeAfterTransfer, memory.commandedAt = true, noon.Add(-1900*time.Millisecond)
	memory.changedAt = memory.commandedAt
	memory.alike.times = 2
	in := Input{Now: noon, Room: room(committed("b", sent, time.Minute)), Memory: memory}
	if wait := Decide(in).ObserveAt.Sub(noon); wait > time.Second {
		t.Errorf("the next look follows after %v", wait)
	}
}

// The room's song stopped when its device disappeared. After a few seconds the driver searches for another device,
// once. What the woken device shows is confirmed at once, so that the next song can begin.
func TestDeviceIsReplacedAtOnceInACostlyRoom(t *testing.T) {
	memory := costly(observed(&Observation{At: noon}))
	memory.silentSince, memory.inactiveSince = noon, noon.Add(-time.Minute)
	memory.lookedAt = noon
	r := showing(room(item("a", playing), item("b", queued)), 20*time.Second, 30*time.Second)
	in := Input{Now: noon, Room: r, Memory: memory}
	for in.Now.Sub(noon) < 15*time.Second {
		plan := Decide(in)
		in.Memory, in.Observation, in.Answer = plan.Memory, nil, nil
		switch {
		case plan.Step.EndedItem == "item-a":
			return
		case plan.Command.Kind == Devices:
			in.Answer = &Answer{Command: plan.Command, Devices: []party.Device{*speaker()}}
		case plan.Command.Kind != None:
			in.Answer = &Answer{Command: plan.Command}
		default:
			in.Now = plan.ObserveAt
			in.Observation = &Observation{At: in.Now}
			if !in.Memory.deviceSearch.at.IsZero() {
				in.Observation = earlier(stands(song("a"), 0), noon.Sub(in.Now))
			}
		}
	}
	t.Errorf("nothing has happened after %v", in.Now.Sub(noon))
}

// The driver reads once for each song what the player would play after it by itself, but not in a rationed room.
func TestRationedRoomLooksNotAhead(t *testing.T) {
	for sends, calls := range map[CommandKind]int{ReadQueue: 0, None: rationFrom - thriftMost} {
		memory := costly(observed(plays(song("a"), time.Minute)))
		memory.calls = memory.calls.Add(calls, noon)
		memory.foresight = foresight{itemID: "item-a", seenAt: noon.Add(-time.Minute)}
		r := showing(room(item("a", playing), item("b", queued)), time.Minute, 0)
		if plan := Decide(Input{Now: noon, Room: r, Memory: memory}); plan.Command.Kind != sends {
			t.Errorf("after %d more calls it sends %q, want %q", calls, plan.Command.Kind, sends)
		}
	}
}
