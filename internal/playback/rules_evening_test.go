package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules follow from what random evenings have shown (TestRandomEvenings).

// A command that is sent for another reason, and refused, does not delay the next probe.
func TestRefusalThatIsNoProbeDelaysNoProbe(t *testing.T) {
	p := permission{refusals: minRefusals, first: noon, last: noon, denied: true}
	if p = p.refused(noon.Add(time.Second)); p.probeAt() != noon.Add(firstProbe) {
		t.Errorf("the next probe is after %v, want %v", p.probeAt().Sub(noon), firstProbe)
	}
	if p = p.refused(noon.Add(firstProbe)); p.probeAt() != noon.Add(3*firstProbe) {
		t.Errorf("the probe after the next is after %v, want %v", p.probeAt().Sub(noon), 3*firstProbe)
	}
}

// The answer to a commit is lost, and a moment later the host plays a song of their own. Spotify's queue does not have
// the committed song, and nobody can have heard it: it returns to the queue.
func TestSongThatHadNoTimeToBeHeardReturnsToTheQueue(t *testing.T) {
	const ago = 10 * time.Second
	for name, tt := range map[string]struct{ began, seen, ends time.Duration }{
		"the host's song began at once":            {ago - time.Second, ago, -time.Minute},
		"the host's song followed the one before":  {5 * time.Second, time.Minute, 6 * time.Second},
		"the host resumed a song from long before": {time.Minute, ago, -time.Minute},
	} {
		memory := observed(plays(song("host"), tt.began))
		memory.otherSeen, memory.otherEnds = noon.Add(-tt.seen), noon.Add(-tt.ends)
		memory.handover = handover{itemID: "item-b", loaded: new(song("a"))}
		in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, ago)), Memory: memory}
		in.Answer = answered(ReadQueue, "b", "", song("host"))
		if step := Decide(in).Step; step.ReturnedItem != "item-b" {
			t.Errorf("%s: the step is %+v, want the song returned", name, step)
		}
	}
}

// A look showed an advertisement or an episode, rightly or not. Then a song was played directly, and the answer was
// lost. The room's last song is still loaded afterwards, so the player has not moved on.
func TestLastSongThatIsStillLoadedIsNoProgress(t *testing.T) {
	memory := observed(stands(song("a"), 100*time.Second))
	memory.handover = handover{itemID: "item-b", direct: true}
	memory.lastEnded = endedSong{itemID: "item-a", song: new(song("a")), at: noon.Add(-20 * time.Second)}
	in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, 20*time.Second)), Memory: memory}
	in.Answer = answered(ReadQueue, "b", "", song("a"))
	if step := Decide(in).Step; step.ReturnedItem != "item-b" {
		t.Errorf("the step is %+v, want the song returned", step)
	}
}

// Two looks contradict what was known, and both show the song at the same progress. The next look follows at once.
func TestSongThatStandsStillBehindADoubtIsNoticedAtOnce(t *testing.T) {
	for name, known := range map[string]party.Song{
		"the song was further before": song("a"), "another song played": song("x"),
	} {
		r := showing(room(item("a", playing), item("b", queued)), 100*time.Second, time.Second)
		memory := observed(earlier(plays(known, 100*time.Second), time.Minute))
		var plan Plan
		looks := 0
		for ; looks < 20 && plan.Step.EndedItem == "" && plan.Command.Kind != Play; looks++ {
			at := time.Duration(looks) * confirmDelay
			look := plays(song("a"), 30*time.Second)
			look.At = noon.Add(at)
			plan = Decide(Input{Now: look.At, Room: r, Memory: memory, Observation: look})
			memory = plan.Memory
			if wait := plan.ObserveAt.Sub(look.At); plan.Step.EndedItem == "" && looks > 0 && wait > confirmDelay {
				t.Fatalf("%s: the look %d is followed by the next after %v", name, looks+1, wait)
			}
		}
		if looks > 10 {
			t.Errorf("%s: the room's song has not ended after %d looks", name, looks)
		}
	}
}

// A song of the room waits behind the host's own song, which is repeated. Repeat is turned off, and only then.
func TestRepeatOfTheHostsSongIsTurnedOffForASongThatWaits(t *testing.T) {
	look := plays(song("host"), time.Minute)
	look.Repeat = true
	for name, tt := range map[string]struct {
		room *party.State
		want CommandKind
	}{
		"a song is committed":     {room(committed("b", sent, 10*time.Second)), ResetModes},
		"a song is not committed": {room(item("b", queued)), None},
	} {
		memory := observed(plays(song("host"), time.Minute))
		memory.handover = handover{itemID: "item-b", loaded: new(song("host"))}
		plan := Decide(Input{Now: noon, Room: tt.room, Memory: memory, Observation: look})
		if plan.Command.Kind != tt.want {
			t.Errorf("%s: sends %q, want %q", name, plan.Command.Kind, tt.want)
		}
	}
}

// One command was refused as if the host had no Premium, and the song plays on. The room shows the refusal no longer
// than until the command could be sent again.
func TestDoubtfulRefusalIsNotShownForLong(t *testing.T) {
	memory := observed(earlier(plays(song("a"), time.Minute), time.Second))
	refusal := &Fault{Kind: NotAllowed, Reason: party.ReasonNoPremium}
	memory.commandBackoff = backoff{}.afterFault(refusal, noon.Add(-20*time.Second))
	r := showing(room(item("a", playing), item("b", queued)), time.Minute, 0)
	r.Playback.Health = party.HealthUnreachable
	plan := Decide(Input{Now: noon, Room: r, Memory: memory, Observation: plays(song("a"), 61*time.Second)})
	if shown := plan.Step.Playback; shown == nil || shown.Health != party.HealthOK {
		t.Errorf("the room shows %+v, want the health OK", shown)
	}
}

// Looks are refused as if the account were not allowed. The refusals count as a fact after five seconds, or after
// twenty if a look succeeded a moment before.
func TestAccountThatWorkedAMomentAgoIsDoubtedLonger(t *testing.T) {
	refusal := &Fault{Kind: NotAllowed, Reason: party.ReasonNotListed}
	for seen, want := range map[time.Duration]time.Duration{time.Minute: minRefusalSpanNow, time.Hour: minRefusalSpan} {
		memory := observed(earlier(plays(song("a"), time.Minute), seen))
		in := Input{Room: showing(room(item("a", playing)), time.Minute, 0), Memory: memory, Fault: refusal}
		for in.Now = noon; in.Now.Before(noon.Add(time.Minute)); in.Now = in.Now.Add(time.Second) {
			in.Memory = Decide(in).Memory
			denied := !in.Memory.observationBackoff.doubted
			if passed := in.Now.Sub(noon); denied != (passed >= want) {
				t.Fatalf("seen %v before: after %v the account is not allowed: %v", seen, passed, denied)
			}
		}
	}
}

// A song that is sent to the player's queue in the last moment of another one may arrive after its end, and would wait
// there in silence. It is played directly after the end instead.
func TestNoSongIsCommittedInTheLastMoment(t *testing.T) {
	r := showing(room(item("a", playing), item("b", queued)), 199*time.Second, 0)
	for left, want := range map[time.Duration]CommandKind{100 * time.Millisecond: None, 2 * time.Second: Enqueue} {
		in := Input{Now: noon, Room: r, Memory: observed(earlier(plays(song("a"), 100*time.Second), 100*time.Second))}
		in.Observation = plays(song("a"), 200*time.Second-left)
		if plan := Decide(in); plan.Command.Kind != want {
			t.Errorf("%v before the end: sends %q, want %q", left, plan.Command.Kind, want)
		}
	}
}

// A server takes over a room whose calls nobody has recorded. It assumes the usual number, so that a restart does not
// double the room's share of the app's rate limit.
func TestNewDriverAssumesTheUsualCalls(t *testing.T) {
	fresh := Decide(Input{Now: noon, Room: room(item("a", queued))})
	taken := Decide(Input{Now: noon, Room: showing(room(item("a", playing)), time.Minute, time.Minute)})
	if n := fresh.Memory.calls.Total(); n != 0 {
		t.Errorf("a new room has cost %d calls", n)
	}
	if n := taken.Memory.calls.Total(); n < hourlyCalls*3/4 || n > thriftMost {
		t.Errorf("a room that was taken over has cost %d calls", n)
	}
}

// Commands failed for many reasons before one is refused for lack of Premium, which is a fact already. The earlier
// failures do not make the wait for the next attempt longer.
func TestFailuresBeforeAProvenRefusalDelayNothing(t *testing.T) {
	memory := observed(stands(song("x"), 0))
	memory.premium = permission{denied: true, refusals: minRefusals, last: noon.Add(-time.Minute)}
	memory.commandBackoff = backoff{kind: Unreachable, attempts: 10, refusals: 1, since: noon}
	in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, 5*time.Second)), Memory: memory}
	in.Answer = answered(ReadQueue, "b", NotAllowed)
	in.Answer.Fault.Reason = party.ReasonNoPremium
	first, _ := NotAllowed.backoffBounds()
	if wait := Decide(in).Memory.commandBackoff.until.Sub(noon); wait != first {
		t.Errorf("the next attempt follows after %v, want %v", wait, first)
	}
}

// A room that has cost much is observed less often, but still at the end of its song, even if a command has failed some
// time ago; and at least once a minute, even if only the queue tells what plays.
func TestThriftHasBounds(t *testing.T) {
	for hidden, most := range map[bool]time.Duration{false: 10*time.Second + endDelay, true: slowestPace} {
		memory := observed(plays(song("a"), 20*time.Second))
		if memory.hidden = hidden; !hidden {
			memory = observed(plays(song("a"), 190*time.Second))
		}
		memory = costly(memory)
		memory.commandBackoff = backoff{kind: NoDevice, attempts: 1, until: noon.Add(-2 * time.Minute)}
		plan := Decide(Input{Now: noon, Room: showing(room(item("a", playing)), 20*time.Second, 0), Memory: memory})
		if next := plan.ObserveAt.Sub(noon); next > most {
			t.Errorf("hidden %v: it looks after %v", hidden, next)
		}
	}
}
