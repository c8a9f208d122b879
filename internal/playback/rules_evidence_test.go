package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// midSong returns a room whose first song has played for a minute.
func midSong(t *testing.T) *model {
	t.Helper()
	w := newModel(modelPlayer{active: true, loaded: "x"}, "abcd")
	course(t, w, honestly(), func(w *model) bool {
		return w.plays() && w.command.Kind == None && w.player.progress > time.Minute
	})
	return w
}

// lies returns the odd looks except for those that fail.
func lies() []choice {
	looks := oddLooks()
	return looks[:len(looks)-4]
}

// One odd look changes neither what the room plays nor what it shows, in whichever way it is odd.
func TestOneOddLookChangesNothing(t *testing.T) {
	for _, odd := range lies() {
		t.Run(odd.name, func(t *testing.T) {
			w := midSong(t)
			for i := range 5 {
				c := honestly()
				if i == 0 {
					c = odd
				}
				if err := w.step(c); err != nil {
					t.Fatal(err)
				}
				shown := w.room.state.Playback
				if shown.Health != party.HealthOK || shown.Status != party.Playing || itemID(shown) != "item-a" {
					t.Errorf("after %d looks the room shows %s of %q, and is %s", i+1, shown.Status, itemID(shown), shown.Health)
				}
				if w.room.ended != "" {
					t.Fatalf("after %d looks: %s", i+1, w.room.ended)
				}
			}
		})
	}
}

// Some players answer in the same odd way all the time. The songs follow each other nevertheless, and each counts as
// played.
func TestSongsFollowEachOtherOnOddPlayers(t *testing.T) {
	zero := choice{look: oddLooks()[4].look, answer: honestly().answer}
	hidden := choice{look: oddLooks()[0].look, answer: honestly().answer}
	noDevice := choice{look: oddLooks()[6].look, answer: honestly().answer}
	for name, odd := range map[string]choice{
		"the progress is always 0": zero, "the player is hidden, and the queue names the song": hidden,
		"looks have no device": noDevice,
	} {
		t.Run(name, func(t *testing.T) {
			w := midSong(t)
			silence := time.Duration(0)
			course(t, w, odd, func(w *model) bool {
				if !w.player.sounds() {
					silence += time.Second
				}
				return w.room.state.NowPlaying != nil && w.room.state.NowPlaying.ID == "item-d"
			})
			if want := "a played, b played, c played, "; w.room.ended != want {
				t.Errorf("%s, want %s", w.room.ended, want)
			}
			if w.player.loaded != "d" || silence > 10*time.Second {
				t.Errorf("%s sounds after about %v of silence", w.player.loaded, silence)
			}
		})
	}
}

// A song that fades into the next one is not skipped, and the next commit is early enough for the fade.
func TestCrossfadeIsNoSkip(t *testing.T) {
	for _, fade := range []time.Duration{6 * time.Second, 9 * time.Second, 12 * time.Second} {
		t.Run(fade.String(), func(t *testing.T) {
			w := newModel(modelPlayer{active: true, loaded: "x", crossfade: fade}, "abcd")
			course(t, w, honestly(), func(w *model) bool {
				return w.room.state.NowPlaying != nil && w.room.state.NowPlaying.ID == "item-d"
			})
			if want := "a played, b played, c played, "; w.room.ended != want {
				t.Errorf("%s, want %s", w.room.ended, want)
			}
		})
	}
}

// A commit is answered 502, and shows in Spotify's queue some seconds later. It is not repeated.
func TestLateEffectOfACommitIsNotRepeated(t *testing.T) {
	for _, delay := range []time.Duration{3 * time.Second, 4500 * time.Millisecond, 6 * time.Second} {
		t.Run(delay.String(), func(t *testing.T) {
			w := newModel(modelPlayer{active: true, loaded: "x"}, "abc")
			course(t, w, honestly(), func(w *model) bool { return w.command.Kind == Enqueue })
			lost := choice{answer: func(w *model) *Answer {
				return &Answer{Command: w.command, Fault: &Fault{Kind: Unreachable}}
			}}
			if err := w.step(lost); err != nil {
				t.Fatal(err)
			}
			shows := w.now.Add(delay)
			course(t, w, honestly(), func(w *model) bool {
				if !shows.IsZero() && !w.now.Before(shows) {
					w.player.queue, shows = w.player.queue+"b", time.Time{}
				}
				return w.room.state.NowPlaying != nil && w.room.state.NowPlaying.ID == "item-c"
			})
			if want := "a played, b played, "; w.room.ended != want || w.player.before != "b" {
				t.Errorf("%s, and %s was heard before c; want %s", w.room.ended, w.player.before, want)
			}
		})
	}
}

// A track that a player accepts and does not load lets other songs go first, and is skipped in the end.
func TestTrackThatDoesNotLoadGivesWay(t *testing.T) {
	w := newModel(modelPlayer{active: true, loaded: "x"}, "abcdefgijk")
	w.misled = true
	ignores := choice{look: honestly().look, answer: func(w *model) *Answer {
		if w.command.ItemID == "item-a" && w.command.Kind.delivers() {
			return &Answer{Command: w.command}
		}
		return honestly().answer(w)
	}}
	course(t, w, ignores, func(w *model) bool { return w.plays() })
	if w.player.loaded == "a" || w.now.Sub(noon) > 2*time.Minute {
		t.Errorf("%s plays after %v", w.player.loaded, w.now.Sub(noon))
	}
	course(t, w, ignores, func(w *model) bool { return !waits(w, "a") })
}

// The host asks for a pause while one look falsely shows that the song is paused already. The pause is sent.
func TestPauseIsNotAnsweredByOneOddLook(t *testing.T) {
	w := midSong(t)
	w.pass(w.now.Add(5 * time.Second))
	hostAsks(party.PauseCommand).event(w)
	if err := w.decide(Input{}); err != nil {
		t.Fatal(err)
	}
	if err := w.step(lies()[3]); err != nil {
		t.Fatal(err)
	}
	course(t, w, honestly(), func(w *model) bool { return len(w.room.state.PendingCommands) == 0 })
	if w.player.sounds() {
		t.Error("the pause is answered, and the song plays on")
	}
}

// Looks that contradict each other all the time do not keep a room silent.
func TestWaveringLooksDoNotKeepARoomSilent(t *testing.T) {
	w := newModel(modelPlayer{active: true, loaded: "x", progress: time.Minute}, "abc")
	w.untrusted = true
	looks := 0
	wavering := choice{answer: honestly().answer, look: func(w *model) error {
		if looks++; looks%2 == 0 {
			return w.look(Observation{}, true)
		}
		return honestly().look(w)
	}}
	course(t, w, wavering, func(w *model) bool { return w.player.sounds() })
	if silence := w.now.Sub(noon); silence > 5*time.Minute {
		t.Errorf("the room was silent for %v", silence)
	}
}

// Many looks showed that a song stood still. Then looks said for a minute that something plays, without naming it. The
// next look shows the song at the same progress: it has stood still all the time.
func TestSongThatStandsStillBehindNamelessLooksIsNoticed(t *testing.T) {
	r := showing(room(item("a", playing), item("b", queued)), 30*time.Second, 0)
	in := Input{Room: r, Memory: observed(plays(song("a"), 30*time.Second))}
	look := func(at time.Duration, song *party.Song, other *OtherItem) Plan {
		in.Now = noon.Add(at)
		in.Observation = &Observation{
			At: in.Now, Song: song, Other: other, Progress: 30 * time.Second, Playing: true, Device: speaker(),
		}
		plan := Decide(in)
		in.Memory = plan.Memory
		return plan
	}
	for i := range 7 {
		look(time.Duration(i)*confirmDelay+time.Second, new(song("a")), nil)
	}
	look(20*time.Second, nil, &OtherItem{})
	look(40*time.Second, nil, &OtherItem{})
	look(60*time.Second, new(song("a")), nil)
	if plan := look(62*time.Second, new(song("a")), nil); plan.Step.EndedItem != "item-a" {
		t.Errorf("the step is %+v, want the song ended", plan.Step)
	}
}

// A server takes a room over, and its first look contradicts the room. It looks again after a moment, not at once.
func TestDoubtfulFirstLookIsNotRepeatedAtOnce(t *testing.T) {
	r := showing(room(item("a", playing), item("b", queued)), 100*time.Second, 10*time.Second)
	plan := Decide(Input{Now: noon, Room: r, Observation: plays(song("a"), 30*time.Second)})
	if wait := plan.ObserveAt.Sub(noon); wait < minConfirmGap {
		t.Errorf("it looks again after %v", wait)
	}
}

// In a room that has cost much, a look contradicts what is known. The next look follows at once. Only if the doubt
// remains do looks become less frequent.
func TestFirstDoubtIsConfirmedInARoomThatHasCostMuch(t *testing.T) {
	r := showing(room(item("a", playing), item("b", queued)), 30*time.Second, 0)
	in := Input{Now: noon, Room: r, Memory: costly(observed(plays(song("a"), 30*time.Second)))}
	for i, look := range []*Observation{stands(song("a"), 0), plays(song("x"), time.Minute), stands(song("a"), 0)} {
		in.Now, in.Observation = in.Now.Add(confirmDelay), earlier(look, -time.Duration(i+1)*confirmDelay)
		plan := Decide(in)
		in.Memory = plan.Memory
		if wait := plan.ObserveAt.Sub(in.Now); (wait == confirmDelay) != (i == 0) {
			t.Errorf("the doubtful look %d is followed by the next after %v", i+1, wait)
		}
	}
}

// Two looks show another song at the same place, long before the room's song should end: the second one proves nothing,
// because it may be the same answer. If the song has moved, or many looks agree, it is believed.
func TestTheSameAnswerTwiceProvesNoOtherSong(t *testing.T) {
	for moves, want := range map[time.Duration]int{0: manyStill, time.Second: 2} {
		in := Input{Now: noon, Room: showing(room(item("a", playing)), 20*time.Second, 0)}
		in.Memory = observed(plays(song("a"), 20*time.Second))
		looks := 0
		for in.Memory.observation.Song.URI != song("x").URI && looks < 10 {
			in.Now, looks = in.Now.Add(confirmDelay), looks+1
			in.Observation = earlier(plays(song("x"), time.Minute+time.Duration(looks)*moves), noon.Sub(in.Now))
			in.Memory = Decide(in).Memory
		}
		if looks != want {
			t.Errorf("a song that moves by %v is believed after %d looks, want %d", moves, looks, want)
		}
	}
}

// The room's last song stood still at its end, and the next one has begun. One more look that shows the last song at
// the same place is not enough: it may be as old as those before.
func TestLookBackAtASongThatStoodStillNeedsMoreThanOneLook(t *testing.T) {
	memory := observed(plays(song("b"), time.Second))
	memory.lastEnded = endedSong{itemID: "item-a", song: new(song("a")), at: noon}
	memory.still = stillLooks{song("a").URI, 199 * time.Second, noon.Add(-5 * time.Second), manyStill}
	in := Input{Now: noon.Add(time.Second), Room: room(item("b", playing)), Memory: memory}
	in.Observation = earlier(plays(song("a"), 199*time.Second), -time.Second)
	if shown := Decide(in).Memory.observation.Song.URI; shown != song("b").URI {
		t.Errorf("%s is believed to play", shown)
	}
}
