package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// A song was in the queue of a device that has disappeared. Once its length has passed, it may have been heard, and the
// room goes on without it, whichever command to the missing device fails.
func TestSongOnLostDeviceDoesNotKeepTheRoomSilent(t *testing.T) {
	for _, kind := range []CommandKind{Next, ReadQueue} {
		for ago, want := range map[time.Duration]string{time.Minute: "", 5 * time.Minute: "item-b"} {
			memory := observed(&Observation{At: noon})
			memory.handover = handover{itemID: "item-b"}
			in := Input{Now: noon, Room: room(committed("b", sent, ago)), Memory: memory}
			in.Answer = answered(kind, "b", NoDevice)
			if plan := Decide(in); plan.Step.StartedItem != want {
				t.Errorf("%s after %v: started %q, want %q", kind, ago, plan.Step.StartedItem, want)
			}
		}
	}
}

// A song of the host that claims to play and stands at 0 for longer than it lasts is stuck.
func TestStuckSongAtItsStartDoesNotKeepTheRoomSilent(t *testing.T) {
	w := newModel(modelPlayer{active: true, loaded: "h", playing: true, stuck: true}, "abc")
	course(t, w, honestly(), func(w *model) bool { return w.plays() })
	if silence := w.now.Sub(noon); silence > modelSong+time.Minute {
		t.Errorf("the room was silent for %v", silence)
	}
}

// Playback that was transferred to another device is resumed again if the first resume has no effect.
func TestResumeAfterTransferIsRepeated(t *testing.T) {
	w := midSong(t)
	w.player.active, w.player.playing = false, false
	ignored := 0
	resumes := choice{look: honestly().look, answer: func(w *model) *Answer {
		if w.command.Kind == Resume && ignored == 0 {
			ignored++
			return &Answer{Command: w.command}
		}
		return honestly().answer(w)
	}}
	course(t, w, resumes, func(w *model) bool {
		return ignored > 0 && w.plays() && w.room.state.Playback.Status == party.Playing
	})
	if w.room.ended != "" {
		t.Errorf("it ended: %s", w.room.ended)
	}
}

// A song stands at its beginning, and one server replaces another meanwhile. The song is over when it should be, not
// later.
func TestSongThatStandsAtItsStartEndsInTimeOnAnotherServer(t *testing.T) {
	for shown, ended := range map[time.Duration]bool{200*time.Second + maxCrossfade: true, 100 * time.Second: false} {
		in := Input{Now: noon, Room: showing(room(item("a", playing), item("b", queued)), 0, shown)}
		in.Observation = plays(song("a"), 0)
		d := newDecision(in)
		if (d.activity == silence) != ended {
			t.Errorf("%v after its beginning the activity is %v", shown, d.activity)
		}
	}
}

// The room's song should be over. One look shows another song, paused in the middle. The look may be false, and that
// song may play, so the room's next song waits for a second look. If the look shows a beginning or an end, it does not.
func TestNoSongIsPlayedOverOneThatOneLookShowsPaused(t *testing.T) {
	for at, sends := range map[time.Duration]CommandKind{0: Play, 50 * time.Second: None, 199 * time.Second: Play} {
		memory := observed(earlier(plays(song("a"), 100*time.Second), 2*time.Minute))
		memory.lastEnded = endedSong{itemID: "item-a", song: new(song("a")), at: noon}
		in := Input{Now: noon, Room: room(item("b", queued)), Memory: memory, Observation: stands(song("x"), at)}
		if plan := Decide(in); plan.Command.Kind != sends {
			t.Errorf("at %v it sends %q, want %q", at, plan.Command.Kind, sends)
		}
	}
}

// As far as the server knows, the room's song stands at its beginning and should be over. It may just have begun again,
// so one look is not enough to play the next one over it.
func TestNoSongIsPlayedOverOneThatOneLookShowsAtItsStart(t *testing.T) {
	in := Input{Now: noon, Room: showing(room(item("a", playing), item("b", queued)), 0, 5*time.Minute)}
	in.Observation = plays(song("a"), 0)
	if plan := Decide(in); plan.Step.EndedItem != "" || plan.Command.Kind != None {
		t.Errorf("after one look the step is %+v, and it sends %q", plan.Step, plan.Command.Kind)
	}
	if plan := decideTwice(in); plan.Step.EndedItem != "item-a" {
		t.Errorf("after two looks the step is %+v", plan.Step)
	}
}
