package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// choice is one way in which the next call to Spotify may go. Exactly one of look and answer is used; event is
// something that really happens before the next look.
type choice struct {
	name   string
	event  func(*model)
	look   func(*model) error
	answer func(*model) *Answer
}

// honestly returns the choice that Spotify answers truthfully and carries out the commands.
func honestly() choice {
	return choice{
		name: "truth",
		look: func(w *model) error { return w.look(w.player.look(w.now), false) },
		answer: func(w *model) *Answer {
			if w.command.Kind == ReadQueue {
				w.countLie(false)
			}
			return w.player.carryOut(w.command)
		},
	}
}

// oddLooks returns the ways in which a look may be wrong.
func oddLooks() []choice {
	odd := func(name string, change func(*model, *Observation)) choice {
		return choice{name: name, look: func(w *model) error {
			s := w.player.look(w.now)
			change(w, &s)
			return w.look(s, true)
		}}
	}
	return []choice{
		odd("no player", func(_ *model, s *Observation) { *s = Observation{} }),
		odd("the look before", func(w *model, s *Observation) { *s = w.told }),
		odd("stopped at 0", func(_ *model, s *Observation) { s.Progress, s.Playing = 0, false }),
		odd("paused", func(_ *model, s *Observation) { s.Playing = false }),
		odd("progress 0", func(_ *model, s *Observation) { s.Progress = 0 }),
		odd("no item", func(_ *model, s *Observation) { s.Song, s.Progress = nil, 0 }),
		odd("no device", func(_ *model, s *Observation) { s.Device = nil }),
		odd("another song", func(_ *model, s *Observation) { showSong(s, "h", 3*time.Second) }),
		odd("the song before", func(w *model, s *Observation) {
			if w.player.before != "" {
				showSong(s, w.player.before, modelSong-5*time.Second)
			}
		}),
		odd("the end", func(_ *model, s *Observation) { s.Progress, s.Playing = modelSong, false }),
		failingLook("unreachable", Fault{Kind: Unreachable}),
		failingLook("429", Fault{Kind: CoolingDown, RetryAfter: 7 * time.Second}),
		failingLook("not allowed", Fault{Kind: NotAllowed}), failingLook("401", Fault{Kind: ReconnectNeeded}),
	}
}

func showSong(s *Observation, name string, progress time.Duration) {
	other := songNamed(name)
	s.Song, s.Progress, s.Playing, s.Device = &other, progress, true, speaker()
}

func failingLook(name string, f Fault) choice {
	return choice{name: name, look: func(w *model) error { return w.decide(Input{Fault: &f}) }}
}

// events returns what people and devices may do.
func events() []choice {
	return []choice{
		{name: "the host pauses", event: func(w *model) {
			if w.player.sounds() {
				w.player.playing, w.player.hostPaused = false, true
			}
		}},
		{name: "the host skips", event: func(w *model) { w.player.next() }},
		{name: "the host plays h", event: func(w *model) { w.player.start("h") }},
		{name: "the device goes", event: func(w *model) {
			w.player.device, w.player.active, w.player.playing, w.player.queue = false, false, false, ""
		}},
		{name: "the device sleeps", event: func(w *model) { w.player.active, w.player.playing = false, false }},
		{name: "the player gets stuck", event: func(w *model) { w.player.stuck = true }},
		{name: "the player stops", event: func(w *model) { w.player.playing, w.player.progress = false, 0 }},
		{name: "the player loses its queue", event: func(w *model) { w.player.queue = "" }},
		{name: "removes the committed song", event: removeCommitted},
		hostAsks(party.PauseCommand), hostAsks(party.ResumeCommand), hostAsks(party.SkipCommand),
	}
}

func removeCommitted(w *model) {
	if item := w.room.state.Committed(); item != nil {
		removed := *item
		removed.SkipOnStart = true
		w.room.changed().Queue[0] = &removed
	}
}

func hostAsks(kind party.HostCommandKind) choice {
	return choice{name: "the host asks: " + string(kind), event: func(w *model) {
		c := party.HostCommand{ID: "command", Kind: kind, At: w.now}
		if kind == party.SkipCommand && w.player.loaded != "" {
			c.Argument = songNamed(w.player.loaded).URI
		}
		w.room.changed().PendingCommands = []party.HostCommand{c}
		w.player.hostPaused = w.player.hostPaused || kind == party.PauseCommand
	}}
}

// oddAnswers returns the unexpected answers to a command.
func oddAnswers() []choice {
	refused := func(name string, f *Fault) choice {
		return choice{name: name + ", not done", answer: func(w *model) *Answer {
			return &Answer{Command: w.command, Fault: f}
		}}
	}
	return []choice{
		{name: "502, done", answer: func(w *model) *Answer {
			return &Answer{Command: w.player.carryOut(w.command).Command, Fault: &Fault{Kind: Unreachable}}
		}},
		refused("502", &Fault{Kind: Unreachable}), refused("204", nil),
		refused("404", &Fault{Kind: NoDevice}), refused("404 of the song", &Fault{Kind: Gone}),
		refused("403", &Fault{Kind: Restricted}),
		refused("403 PREMIUM_REQUIRED", &Fault{Kind: NotAllowed, Reason: party.ReasonNoPremium}),
		refused("403 of the app", &Fault{Kind: NotAllowed, Reason: party.ReasonNotListed}),
		refused("401", &Fault{Kind: ReconnectNeeded, Reason: party.ReasonScope}),
		refused("405", &Fault{Kind: Unavailable}),
		refused("429", &Fault{Kind: CoolingDown, RetryAfter: 7 * time.Second}),
	}
}

// choices returns the ways in which the due call may go, except for honestly.
func (w *model) choices() []choice {
	if w.command.Kind == None {
		return append(oddLooks(), events()...)
	}
	return oddAnswers()
}
