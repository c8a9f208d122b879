package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules say how long a command whose answer was lost may still take effect. If the command were repeated
// meanwhile, both could take effect: a song would begin a second time, or two songs would be skipped.

// A song was played directly, and the answer was lost. It returns to the queue only when it can no longer begin.
func TestDirectPlayWhoseAnswerWasLostMayShowLate(t *testing.T) {
	for since, returned := range map[time.Duration]string{5 * time.Second: "", lateEffect: "item-b"} {
		in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, since)), Memory: observed(stands(song("x"), 0))}
		in.Memory.handover = handover{itemID: "item-b", loaded: new(song("x")), direct: true}
		in.Answer = answered(ReadQueue, "b", "", song("x"))
		if step := Decide(in).Step; step.ReturnedItem != returned {
			t.Errorf("after %v the item %q returns to the queue, want %q", since, step.ReturnedItem, returned)
		}
	}
}

// The player stands before the committed song, which is in its queue. A skip to it whose answer was lost is repeated
// only when it can no longer happen.
func TestSkipWhoseAnswerWasLostIsNotRepeatedSoon(t *testing.T) {
	memory := observed(stands(song("a"), 0))
	memory.silentSince, memory.inactiveSince = noon.Add(-time.Minute), noon.Add(-time.Minute)
	memory.handover, memory.verifiedKey = handover{itemID: "item-b", loaded: new(song("a"))}, "item-b"
	r := room(committed("b", sent, time.Minute))
	skip := Command{Kind: Next, ItemID: "item-b"}
	lost := Decide(Input{Now: noon, Room: r, Memory: memory, Answer: &Answer{
		Command: skip, Fault: &Fault{Kind: Unreachable},
	}})
	in := Input{Room: r, Memory: lost.Memory}
	for in.Now = noon.Add(time.Second); in.Now.Before(noon.Add(20 * time.Second)); in.Now = in.Now.Add(time.Second) {
		in.Observation = earlier(stands(song("a"), 0), -in.Now.Sub(noon))
		plan := Decide(in)
		if plan.Command == skip {
			if wait := in.Now.Sub(noon); wait < lateEffect {
				t.Errorf("it is repeated after %v", wait)
			}
			return
		}
		in.Memory = plan.Memory
	}
	t.Error("it is never repeated")
}

// A host skips to the song that waits in the player's queue, and the answer is lost. The skip is not repeated while it
// may still take effect. After that the host gets an answer.
func TestSkipOfAHostWhoseAnswerWasLostIsNotRepeated(t *testing.T) {
	r := showing(room(item("a", playing), committed("b", sent, 5*time.Second)), time.Minute, 0)
	in := Input{Now: noon, Room: commanded(party.SkipCommand, "spotify:track:a", 0, r), Memory: observed(
		plays(song("a"), time.Minute))}
	for sent := 0; in.Now.Sub(noon) < 20*time.Second; {
		plan := Decide(in)
		if plan.Step.Answered != nil {
			if sent != 1 || plan.Step.Answered.Code != party.UpstreamUnavailable {
				t.Errorf("sent %d times, and answered %+v", sent, plan.Step.Answered)
			}
			return
		}
		in.Memory, in.Observation, in.Answer = plan.Memory, nil, nil
		if plan.Command.Kind == Next {
			sent++
			in.Answer = &Answer{Command: plan.Command, Fault: &Fault{Kind: Unreachable}}
			continue
		}
		in.Now = plan.ObserveAt
		in.Observation = earlier(plays(song("a"), time.Minute+in.Now.Sub(noon)), noon.Sub(in.Now))
	}
	t.Error("it is never answered")
}

// A song of the room was handed over. Then something plays that is no song, and Spotify's queue names nothing. If the
// song may have begun and been interrupted, it may go on afterwards, so it does not return to the room's queue. A song
// that was certainly sent to the player's queue does not return, either. Any other song returns.
func TestSongThatMayGoOnAfterAnInterruptionIsNotPlayedAgain(t *testing.T) {
	other := &Observation{At: noon, Other: &OtherItem{}, Playing: true, Device: speaker()}
	for _, commit := range []party.CommitState{party.CommitUnknown, sent} {
		for _, tt := range []struct {
			look     *Observation
			how      handover
			queue    []party.Song
			returned string
		}{
			{other, handover{loaded: new(song("a")), direct: true}, nil, ""},
			{other, handover{loaded: new(song("a")), direct: true}, []party.Song{song("a")}, "item-b"},
			{other, handover{direct: true}, nil, "item-b"},
			{other, handover{loaded: new(song("a"))}, nil, map[party.CommitState]string{party.CommitUnknown: "item-b"}[commit]},
			{stands(song("a"), 0), handover{loaded: new(song("a")), direct: true}, nil, "item-b"},
		} {
			memory := observed(tt.look)
			memory.handover = tt.how
			memory.handover.itemID = "item-b"
			in := Input{Now: noon, Room: room(committed("b", commit, 10*time.Second)), Memory: memory}
			in.Answer = answered(ReadQueue, "b", "", tt.queue...)
			if step := Decide(in).Step; step.ReturnedItem != tt.returned {
				t.Errorf("%s, %+v, queue %v: %q returns, want %q", commit, tt.how, tt.queue, step.ReturnedItem, tt.returned)
			}
		}
	}
}

// While something interrupts a song and Spotify's queue names nothing, the queue is read less and less often. Once the
// song may have been heard, it counts as heard, so that the room goes on.
func TestInterruptionThatLastsCostsLittle(t *testing.T) {
	for _, length := range []time.Duration{200 * time.Second, 300 * time.Second} {
		t.Run(length.String(), func(t *testing.T) { interruptFor(t, length) })
	}
}

// interruptFor lets an episode play for longer than the length of the interrupted song.
func interruptFor(t *testing.T, length time.Duration) {
	episode := &OtherItem{URI: "spotify:episode:x"}
	memory := observed(&Observation{At: noon, Other: episode, Playing: true, Device: speaker()})
	memory.handover = handover{itemID: "item-b", loaded: new(song("a")), direct: true}
	sent := committed("b", party.CommitUnknown, 0)
	sent.Song.DurationMS = int(length.Milliseconds())
	in, reads := Input{Now: noon, Room: room(sent), Memory: memory}, 0
	for {
		plan := Decide(in)
		if passed := in.Now.Sub(noon); plan.Step.StartedItem == "item-b" || plan.Step.ReturnedItem != "" {
			if passed < length || plan.Step.ReturnedItem != "" || reads > 15 {
				t.Errorf("after %v and %d reads the step is %+v", passed, reads, plan.Step)
			}
			return
		} else if passed > length+20*time.Second {
			t.Fatal("the song waits for too long")
		}
		in.Memory, in.Observation, in.Answer = plan.Memory, nil, nil
		if plan.Command.Kind == ReadQueue {
			reads++
			in.Now, in.Answer = in.Now.Add(100*time.Millisecond), &Answer{Command: plan.Command}
			continue
		}
		in.Now = later(plan.ObserveAt, in.Now.Add(100*time.Millisecond))
		in.Observation = &Observation{
			At: in.Now, Other: episode, Progress: in.Now.Sub(noon), Playing: true, Device: speaker(),
		}
	}
}
