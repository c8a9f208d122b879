package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules say what an answer about Spotify's queue means. Random evenings have shown that they are needed.

// A server took over a room whose committed song never started, because the device took no commands, and the answer was
// lost. The song that is loaded and silent may have been loaded before, so the committed song returns to the queue.
func TestSilentSongIsNoProgressForANewDriver(t *testing.T) {
	for loaded, want := range map[*Observation]string{stands(song("x"), 0): "", plays(song("x"), time.Second): "item-b"} {
		in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, time.Minute)), Memory: observed(loaded)}
		in.Memory.otherSeen, in.Memory.otherEnds = noon.Add(-time.Hour), noon.Add(-time.Hour)
		in.Answer = answered(ReadQueue, "b", "", *loaded.Song)
		if step := Decide(in).Step; step.StartedItem != want {
			t.Errorf("the item %q is started, want %q", step.StartedItem, want)
		}
	}
}

// A device falls asleep while the room's song is paused, and an old answer about its queue names the song before. It
// takes two such answers to end the song.
func TestOldQueueEndsNoSong(t *testing.T) {
	r := showing(room(item("a", playing), item("b", queued)), 100*time.Second, 30*time.Second)
	r.Playback.Status = party.Paused
	memory := observed(earlier(stands(song("a"), 100*time.Second), 15*time.Second))
	memory.paused = true
	in := Input{Now: noon, Room: r, Memory: memory}
	for answers := 0; answers < 2; in.Now = in.Now.Add(confirmDelay) {
		in.Observation, in.Answer = &Observation{At: in.Now}, nil
		plan := Decide(in)
		in.Memory = plan.Memory
		if plan.Command.Kind != ReadQueue {
			continue
		}
		answers++
		in.Observation, in.Answer = nil, &Answer{Command: plan.Command, Queue: Queue{Current: new(song("x"))}}
		plan = Decide(in)
		in.Memory = plan.Memory
		if ended := plan.Step.EndedItem != ""; ended != (answers == 2) {
			t.Fatalf("after %d answers the step is %+v", answers, plan.Step)
		}
	}
}

// The room's song was played directly, and before a look showed it, the host played a song of their own. The room's
// song is gone. This is noticed before the host's song ends, so that the next one can be committed in time.
func TestSongThatTheHostReplacedAtOnceIsNoticedInTime(t *testing.T) {
	began := noon.Add(-190 * time.Second)
	memory := observed(plays(song("host"), 190*time.Second))
	memory.handover = handover{itemID: "item-b", loaded: new(song("x")), direct: true}
	r := room(committed("b", sent, noon.Sub(began.Add(-600*time.Millisecond))), item("c", queued))
	if plan := Decide(Input{Now: noon, Room: r, Memory: memory}); plan.Command != ask(ReadQueue, "b") {
		t.Errorf("it sends %+v, want the queue read", plan.Command)
	}
}

// A device disappears on which a song was loaded and silent, and the queue still names that song. The room's next song
// plays; nothing waits for the end of a song that nobody hears.
func TestSilentSongInTheQueueIsNotTakenToPlay(t *testing.T) {
	memory := observed(earlier(stands(song("x"), 0), 15*time.Second))
	memory.lastEnded = endedSong{itemID: "item-a", song: new(song("x")), at: noon.Add(-time.Minute)}
	memory.suspicion = suspicion{kind: noPlayer, since: noon.Add(-confirmDelay), looks: 2}
	r := room(item("b", queued))
	read := Input{Now: noon, Room: r, Memory: memory}
	read.Answer = &Answer{Command: Command{Kind: ReadQueue}, Queue: Queue{Current: new(song("x"))}}
	if plan := Decide(read); plan.Command.Kind != Play {
		t.Errorf("it sends %+v, want the next song played", plan.Command)
	}
}

// Nothing plays, and Spotify's queue has the committed song. The player skips to it at once: in a room that has cost
// much, the next observation may be a minute away.
func TestSilentPlayerIsSkippedAsSoonAsItsQueueIsKnown(t *testing.T) {
	memory := observed(stands(song("a"), 0))
	memory.silentSince, memory.inactiveSince = noon.Add(-3*time.Second), noon.Add(-3*time.Second)
	in := Input{Now: noon.Add(100 * time.Millisecond), Room: room(committed("b", sent, time.Minute)), Memory: memory}
	in.Answer = answered(ReadQueue, "b", "", song("a"), song("b"))
	if plan := Decide(in); plan.Command != (Command{Kind: Next, ItemID: "item-b"}) {
		t.Errorf("it sends %+v, want the next song", plan.Command)
	}
}

// A server takes over a room whose committed song was sent to the player's queue. If the queue no longer has it, it was
// heard, or the host has skipped it. If it is unknown whether it was sent, it returns to the room's queue.
func TestSentSongThatLeftThePlayersQueueIsNotPlayedAgain(t *testing.T) {
	for commit, started := range map[party.CommitState]string{sent: "item-b", party.CommitUnknown: ""} {
		r := room(committed("b", commit, time.Minute))
		r.Playback.ObservedAt = noon.Add(-10 * time.Second) // it did not begin a silence
		memory := observed(stands(song("x"), 0))
		memory.handover = handover{itemID: "item-b"}
		in := Input{Now: noon, Room: r, Memory: memory, Answer: answered(ReadQueue, "b", "", song("x"))}
		if step := Decide(in).Step; step.StartedItem != started {
			t.Errorf("a song that is %s: the step is %+v", commit, step)
		}
	}
}

// A server takes over a room whose player stands still in the middle of a song. It is unknown when that song began, so
// it is no evidence that the committed song was heard.
func TestPlayerThatStandsStillHasNotMovedOn(t *testing.T) {
	r := room(committed("b", party.CommitUnknown, time.Minute))
	for times, started := range map[int]string{1: "item-b", 2: ""} {
		memory := observed(plays(song("x"), 30*time.Second))
		memory.otherSeen, memory.otherEnds = noon.Add(-time.Hour), noon.Add(-time.Hour)
		memory.still.times = times
		in := Input{Now: noon, Room: r, Memory: memory, Answer: answered(ReadQueue, "b", "", song("x"))}
		if step := Decide(in).Step; step.StartedItem != started || step.ReturnedItem != "" {
			t.Errorf("after %d equal looks the step is %+v", times, step)
		}
	}
}

// Spotify answers that its queue is empty, without even the song that plays. That is no evidence about the song that
// waits.
func TestEmptyQueueSaysNothingWhileASongPlays(t *testing.T) {
	for look, returned := range map[*Observation]string{
		plays(song("a"), 100*time.Second): "", stands(song("a"), 0): "item-b",
	} {
		memory := observed(look)
		memory.handover = handover{itemID: "item-b", loaded: new(song("a"))}
		in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, 10*time.Second)), Memory: memory}
		in.Answer = answered(ReadQueue, "b", "")
		plan := Decide(in)
		if plan.Step.ReturnedItem != returned || plan.Step.StartedItem != "" {
			t.Errorf("playing %v: the step is %+v", look.Playing, plan.Step)
		}
		if wait := plan.ObserveAt.Sub(noon); wait < verifyInterval && returned == "" {
			t.Errorf("it looks again after %v", wait)
		}
	}
}

// Spotify answers for minutes that its queue has nothing while a song plays. It is read less and less often, and a host
// who skips meanwhile does not wait for it.
func TestQueueThatSaysNothingIsReadSeldom(t *testing.T) {
	r := showing(room(item("a", playing), committed("b", party.CommitUnknown, 0), item("c", queued)), 0, 0)
	in := Input{Now: noon, Room: r, Memory: observed(plays(song("a"), 0))}
	in.Memory.handover = handover{itemID: "item-b", loaded: new(song("a"))}
	for _, tt := range []struct {
		until time.Duration
		calls int
	}{{8 * time.Second, 10}, {3 * time.Minute, 35}} {
		calls := 0
		for ; in.Now.Before(noon.Add(tt.until)); calls++ {
			plan := Decide(in)
			if plan.Step.ReturnedItem != "" || plan.Step.StartedItem != "" {
				t.Fatalf("after %v the step is %+v", in.Now.Sub(noon), plan.Step)
			}
			in.Memory, in.Observation, in.Answer = plan.Memory, nil, nil
			if plan.Command.Kind == ReadQueue {
				in.Now, in.Answer = in.Now.Add(100*time.Millisecond), &Answer{Command: plan.Command}
				continue
			}
			in.Now = later(in.Now.Add(100*time.Millisecond), plan.ObserveAt)
			in.Observation = earlier(plays(song("a"), in.Now.Sub(noon)), noon.Sub(in.Now))
		}
		if calls > tt.calls {
			t.Errorf("%d calls until %v, want at most %d", calls, tt.until, tt.calls)
		}
		skips := Input{Now: noon.Add(tt.until), Memory: in.Memory}
		skips.Observation = earlier(plays(song("a"), tt.until), -tt.until)
		skips.Room = commanded(party.SkipCommand, "spotify:track:a", -tt.until, room(r.NowPlaying, r.Queue[0]))
		if plan := Decide(skips); plan.Command.Kind != Next {
			t.Errorf("a host skips after %v, and it sends %+v", tt.until, plan.Command)
		}
	}
}

// The queue names nothing, and so do the looks, although the host's song plays. One such answer is not enough to play
// over it; two are.
func TestOneAnswerThatTheQueueIsEmptyCutsNoSong(t *testing.T) {
	memory := observed(earlier(plays(song("host"), 60*time.Second), 15*time.Second))
	in := Input{Now: noon, Room: room(item("b", queued)), Memory: memory}
	for reads := 0; reads < 2; in.Now = in.Now.Add(confirmDelay) {
		in.Observation, in.Answer = &Observation{At: in.Now}, nil
		plan := Decide(in)
		if in.Memory = plan.Memory; plan.Command.Kind != ReadQueue {
			continue
		}
		reads++
		in.Observation, in.Answer = nil, &Answer{Command: plan.Command}
		plan = Decide(in)
		in.Memory = plan.Memory
		if lost := in.Memory.suspicion.kind != noPlayer; lost != (reads == 2) {
			t.Fatalf("after %d answers the player counts as lost: %v", reads, lost)
		}
	}
}

// The host plays a song before the committed one, which should wait in Spotify's queue. The queue is read before the
// host's song ends, whenever the looks happen.
func TestOvertakenSongIsVerifiedInTime(t *testing.T) {
	for _, progress := range []time.Duration{184 * time.Second, 184700 * time.Millisecond, 170 * time.Second} {
		memory := observed(plays(song("c"), progress))
		memory.handover = handover{itemID: "item-b", loaded: new(song("x"))}
		in := Input{Now: noon, Room: room(item("c", playing), committed("b", sent, 10*time.Minute)), Memory: memory}
		for plan := Decide(in); plan.Command != ask(ReadQueue, "b"); plan = Decide(in) {
			in.Memory, in.Now = plan.Memory, plan.ObserveAt
			if in.Now.Sub(noon) > 200*time.Second-progress {
				t.Errorf("seen at %v, the queue is not read before the song ends", progress)
				break
			}
			in.Observation = earlier(plays(song("c"), progress+in.Now.Sub(noon)), noon.Sub(in.Now))
		}
	}
}

// The answer to a commit was lost, and Spotify's queue does not have the song. If it names another current song than
// the one that plays, it is old and proves nothing. If it names the one that plays, the song returns to the room's
// queue.
func TestOldQueueSaysNothingAboutASong(t *testing.T) {
	for current, returned := range map[string]string{"x": "item-b", "z": ""} {
		in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, 20*time.Second))}
		in.Memory = observed(plays(song("x"), 100*time.Second))
		in.Memory.handover = handover{itemID: "item-b", loaded: new(song("x"))}
		in.Answer = &Answer{Command: Command{Kind: ReadQueue, ItemID: "item-b", URI: song("b").URI}}
		in.Answer.Queue.Current = new(song(current))
		if step := Decide(in).Step; step.ReturnedItem != returned {
			t.Errorf("the queue names %s: the step is %+v", current, step)
		}
	}
}

// A song was in the player's queue. Another server finds that it is no longer there, and that a song of the host plays.
// If the host's song began after the commit, the first song may have been heard before it.
func TestSongThatWasHeardBeforeTheNextServerIsNotPlayedAgain(t *testing.T) {
	for began, started := range map[time.Duration]string{time.Minute: "item-b", 3 * time.Minute: ""} {
		in := Input{Now: noon, Room: room(committed("b", sent, 2*time.Minute))}
		in.Room.Playback.Status, in.Room.Playback.Song = party.Playing, new(song("host"))
		in.Room.Playback.ObservedAt, in.Room.Playback.ProgressMS = noon.Add(10*time.Second-began), new(10_000)
		for ago := confirmDelay; ago >= 0; ago -= confirmDelay {
			in.Now, in.Observation = noon.Add(-ago), earlier(plays(song("host"), began-ago), ago)
			in.Memory = Decide(in).Memory
		}
		in.Observation, in.Answer = nil, answered(ReadQueue, "b", "", song("host"))
		if step := Decide(in).Step; step.StartedItem != started {
			t.Errorf("the host's song began %v ago: the step is %+v, want %q started", began, step, started)
		}
	}
}

// A server crashed while it committed a song. The next server sees the song before it play, and then the player stop at
// its end. So the committed song returns to the room's queue, even if Spotify's queue cannot be read.
func TestSongOfACrashedServerThatThePlayerPassedOverReturns(t *testing.T) {
	for left, returned := range map[time.Duration]string{4 * time.Second: "item-b", 2 * time.Second: ""} {
		committedFor := 2*lateEffect - 3*time.Second
		r := showing(room(item("a", playing), committed("b", party.CommitPending, committedFor)), 180*time.Second, 0)
		in := Input{Now: noon, Room: r}
		in.Memory = Decide(in).Memory
		in.Observation = plays(song("a"), 200*time.Second-left)
		in.Memory = Decide(in).Memory
		in.Room = room(r.Committed())
		for range 2 {
			in.Now = in.Now.Add(5 * time.Second)
			in.Observation = earlier(stands(song("a"), 0), noon.Sub(in.Now))
			in.Memory = Decide(in).Memory
		}
		in.Memory.commandBackoff = backoff{kind: Unreachable, attempts: 3, until: in.Now.Add(time.Second)}
		in.Observation = nil
		if step := Decide(in).Step; step.ReturnedItem != returned {
			t.Errorf("%v before the end the step is %+v, want %q returned", left, step, returned)
		}
	}
}

// The answer to a commit was lost, and the player stopped at the end of the song before, so Spotify's queue does not
// have the committed song. The song returns to the room's queue even if Spotify's cannot be read, and the driver does
// not wait for it if the device is lost.
func TestSongThatThePlayerPassedOverIsNotWaitedFor(t *testing.T) {
	twice := func(s *Observation) []*Observation { return []*Observation{s, s} }
	ended, other := twice(stands(song("a"), 0)), twice(stands(song("x"), 0))
	nearEnd := twice(stands(song("a"), 199*time.Second))
	const early, late = 10 * time.Second, 5 * time.Second // before the end of the song before
	for name, tt := range map[string]struct {
		commit         party.CommitState
		left           time.Duration
		looks          []*Observation
		lost           bool
		returned, asks string
	}{
		"it stopped at the end":            {party.CommitUnknown, early, ended, false, "item-b", ""},
		"the device is lost":               {party.CommitUnknown, early, ended, true, "", "item-b"},
		"the end was near":                 {party.CommitUnknown, late, ended, false, "", ""},
		"the end was near, and it is lost": {party.CommitUnknown, late, ended, true, "", ""},
		"it was in the queue":              {sent, early, ended, true, "", ""},
		"it was seen once":                 {party.CommitUnknown, early, ended[1:], false, "", ""},
		"it was paused near the end":       {party.CommitUnknown, early, nearEnd, false, "", ""},
		"it stopped before the end":        {party.CommitUnknown, 40 * time.Second, ended, false, "", ""},
		"something else is loaded":         {party.CommitUnknown, early, other, false, "", ""},
	} {
		begun := room(item("a", playing), committed("b", party.CommitPending, 30*time.Second))
		memory := observed(earlier(plays(song("a"), 200*time.Second-tt.left), 30*time.Second))
		commit := Input{Now: noon.Add(-30 * time.Second), Room: begun, Memory: memory}
		commit.Answer = answered(Enqueue, "b", Unreachable)
		in := Input{Room: room(committed("b", tt.commit, 30*time.Second)), Memory: Decide(commit).Memory}
		for i, look := range tt.looks {
			ago := time.Duration(2-i) * confirmDelay
			in.Now, in.Observation = noon.Add(-ago), earlier(new(*look), ago)
			in.Memory = Decide(in).Memory
		}
		in.Memory.commandBackoff = backoff{kind: Unreachable, attempts: 3, until: noon.Add(time.Second)}
		if tt.lost {
			in.Memory.commandBackoff, in.Memory.alike = backoff{}, alikeLooks{times: 2}
			in.Memory.observation, in.Memory.observedAt = Observation{At: noon}, noon
		}
		in.Now, in.Observation = noon, nil
		if plan := Decide(in); plan.Step.ReturnedItem != tt.returned || plan.Command.ItemID != tt.asks {
			t.Errorf("%s: the step is %+v, and it sends %+v", name, plan.Step, plan.Command)
		}
	}
}
