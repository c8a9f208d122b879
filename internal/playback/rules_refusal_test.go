package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// course runs a model with an oddity until done, or fails.
func course(t *testing.T, w *model, odd choice, done func(*model) bool) {
	t.Helper()
	for range 400 {
		if done(w) {
			return
		}
		if err := w.step(odd); err != nil {
			t.Fatalf("%v\n\t%s", err, w.path)
		}
	}
	t.Fatalf("this never ends:\n\t%s", w.path)
}

// refusing returns the choice that Spotify refuses each command that concerns the song.
func refusing(name string, f Fault) choice {
	return choice{name: "refuses " + name, look: honestly().look, answer: func(w *model) *Answer {
		if w.command.ItemID == "item-"+name && w.command.Kind.delivers() {
			return &Answer{Command: w.command, Fault: &f}
		}
		return honestly().answer(w)
	}}
}

// A song that Spotify refuses each time leaves the queue, whatever the status, and the others play meanwhile.
func TestSongThatIsAlwaysRefusedLeavesTheQueue(t *testing.T) {
	for status, f := range map[string]Fault{
		"404 of the song": {Kind: Gone}, "403": {Kind: Restricted}, "405": {Kind: Unavailable},
		"502": {Kind: Unreachable},
	} {
		t.Run(status, func(t *testing.T) {
			w := newModel(modelPlayer{active: true, loaded: "x"}, "abcdefg")
			w.misled = true // by the song's refusals
			heard := map[string]bool{}
			course(t, w, refusing("a", f), func(w *model) bool {
				heard[w.sounded] = true
				if health := w.room.state.Playback.Health; health == party.HealthNotAllowed {
					t.Fatalf("the room is %s because of one song", health)
				}
				return !waits(w, "a")
			})
			if !heard["b"] || !heard["c"] {
				t.Errorf("only %v played while a was refused", heard)
			}
			if heard["a"] {
				t.Error("a was heard")
			}
			if w.now.Sub(noon) > time.Hour {
				t.Errorf("a was refused for %v", w.now.Sub(noon))
			}
		})
	}
}

// waits reports whether a song is still in the queue.
func waits(w *model, name string) bool {
	for _, item := range w.room.state.Queue {
		if item.ID == "item-"+name {
			return true
		}
	}
	return false
}

// If every song fails, the cause is not a song: none leaves the queue, however long that lasts.
func TestNoSongLeavesTheQueueBecauseOfTheAccount(t *testing.T) {
	for status, f := range map[string]*Fault{
		"403 of the app": {Kind: NotAllowed, Reason: party.ReasonNotListed}, "404": {Kind: NoDevice},
		"401": {Kind: ReconnectNeeded, Reason: party.ReasonScope}, "429": {Kind: CoolingDown, RetryAfter: time.Second},
		"502": {Kind: Unreachable}, "403": {Kind: Restricted}, "404 of the song": {Kind: Gone}, "405": {Kind: Unavailable},
		"204 without effect": nil,
	} {
		t.Run(status, func(t *testing.T) {
			w := newModel(modelPlayer{active: true, loaded: "x"}, "abc")
			refused := choice{look: honestly().look, answer: func(w *model) *Answer {
				if w.command.Kind.delivers() {
					return &Answer{Command: w.command, Fault: f}
				}
				return honestly().answer(w)
			}}
			course(t, w, refused, func(w *model) bool { return w.now.Sub(noon) > time.Hour })
			for _, name := range []string{"a", "b", "c"} {
				if !waits(w, name) {
					t.Errorf("%s left the queue", name)
				}
			}
			if err := w.recover(60, 10*time.Minute); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPermissionIsDeniedByRepeatedRefusalsOnly(t *testing.T) {
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	tests := []struct {
		name     string
		allowed  bool // something was allowed a minute before
		refusals []int
		denied   bool
	}{
		{"one refusal", false, []int{0}, false},
		{"three within a moment", false, []int{0, 1, 2}, false},
		{"three over some seconds", false, []int{0, 2, 6}, true},
		{"three over some seconds, right after a success", true, []int{0, 2, 6}, false},
		{"three over half a minute, right after a success", true, []int{0, 10, 30}, true},
		{"three with long gaps", false, []int{0, 400, 800}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := permission{}
			if tt.allowed {
				p = p.allowed(at(-60))
			}
			for _, second := range tt.refusals {
				p = p.refused(at(second))
			}
			if p.denied != tt.denied {
				t.Errorf("denied = %v, want %v", p.denied, tt.denied)
			}
			if p = p.allowed(at(1000)); p.denied {
				t.Error("it is still denied after a success")
			}
		})
	}
}

// A denied permission is tried again, less and less often.
func TestDeniedPermissionIsProbed(t *testing.T) {
	p := permission{denied: true, last: noon}
	var pauses []time.Duration
	for range 6 {
		at := p.probeAt()
		pauses = append(pauses, at.Sub(p.last))
		p = p.refused(at)
	}
	want := []time.Duration{2, 4, 8, 16, 30, 30}
	for i := range want {
		if pauses[i] != want[i]*time.Minute {
			t.Fatalf("it is tried again after %v, want %v minutes", pauses, want)
		}
	}
}

// One refusal because of Premium, after commands that succeeded, is not believed.
func TestOneRefusalForPremiumChangesNothing(t *testing.T) {
	w := newModel(modelPlayer{active: true, loaded: "x"}, "abc")
	course(t, w, honestly(), func(w *model) bool { return w.command.Kind == Enqueue })
	refused := choice{answer: func(w *model) *Answer {
		return &Answer{Command: w.command, Fault: &Fault{Kind: NotAllowed, Reason: party.ReasonNoPremium}}
	}}
	if err := w.step(refused); err != nil {
		t.Fatal(err)
	}
	if health := w.room.state.Playback.Health; health == party.HealthNotAllowed {
		t.Errorf("the room is %s after one refusal", health)
	}
	course(t, w, honestly(), func(w *model) bool { return w.plays() && w.player.loaded == "b" })
	if delivery := w.room.state.Playback.Delivery; delivery != party.DeliveryQueue {
		t.Errorf("songs are delivered by %s", delivery)
	}
}

// A player refuses a host's skip, because it plays an advertisement. When a song of the room plays afterwards, the
// room's health is OK again, although nothing has to be sent to the player for minutes.
func TestRefusalByAPlayerThatPlaysIsNotShownForLong(t *testing.T) {
	tv := &party.Device{ID: "tv", IsActive: true, IsRestricted: true}
	for device, ill := range map[*party.Device]bool{speaker(): false, tv: true} {
		look := plays(song("a"), 60*time.Second)
		look.Device = device
		memory := observed(look)
		memory.commandBackoff = backoff{kind: Restricted, attempts: 1, until: noon.Add(-playingInterval)}
		in := Input{Now: noon, Room: showing(room(item("a", playing), item("b", queued)), 60*time.Second, 0), Memory: memory}
		in.Room.Playback.Health = party.HealthDeviceLost
		plan := Decide(in)
		if shown := plan.Memory.shown; shown == nil || ill != (shown.Health == party.HealthDeviceLost) {
			t.Errorf("on %+v the room shows %+v", device, shown)
		}
	}
}

// A song should be in the room's playlist. Twice Spotify refuses to play the playlist from this song on, because the
// song is not there. The song returns to the queue, where it gives way to others.
func TestSongThatThePlaylistLacksReturns(t *testing.T) {
	waits := committed("b", sent, time.Minute)
	waits.Via = party.DeliveryPlaylist
	in := Input{Now: noon, Room: room(waits, item("c", queued)), Memory: observed(stands(song("x"), 0))}
	in.Room.HasPlayed, in.Room.PlaylistURI = true, "spotify:playlist:room"
	for _, tt := range []struct {
		fault    FaultKind
		returned string
	}{{Unreachable, ""}, {Gone, ""}, {Gone, "item-b"}} {
		in.Answer = answered(PlayPlaylist, "b", tt.fault)
		plan := Decide(in)
		if plan.Step.ReturnedItem != tt.returned {
			t.Errorf("%s: the step is %+v, want %q returned", tt.fault, plan.Step, tt.returned)
		}
		in.Memory = plan.Memory
	}
}
