package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func commanded(kind party.HostCommandKind, argument string, ago time.Duration, r *party.State) *party.State {
	r.PendingCommands = []party.HostCommand{{ID: "command", Kind: kind, Argument: argument, At: noon.Add(-ago)}}
	return r
}

// attempted returns a memory in which the host command was attempted some time ago and the player was observed since.
func attempted(times int, fault FaultKind, ago time.Duration, s *Observation) Memory {
	m := observed(s)
	m.commandedAt = noon.Add(-ago)
	m.hostCommand = commandProgress{id: "command", attempts: times}
	if fault != "" {
		m.hostCommand.fault = &Fault{Kind: fault}
	}
	return m
}

func TestHostCommands(t *testing.T) {
	const (
		pause, resume     = party.PauseCommand, party.ResumeCommand
		transfer, skip    = party.TransferCommand, party.SkipCommand
		playing, queued   = party.NowPlaying, party.Queued
		sent              = party.CommitSent
		conflict, gone    = party.Conflict, party.NotFound
		forbidden, absent = party.Forbidden, party.UpstreamUnavailable
	)
	a := func() *party.State { return showing(room(item("a", playing)), time.Minute, 0) }
	ab := func() *party.State { return showing(room(item("a", playing), item("b", queued)), time.Minute, 0) }
	abSent := func() *party.State {
		return showing(room(item("a", playing), committed("b", sent, 5*time.Second)), time.Minute, 0)
	}
	inPlaylist := committed("b", sent, 5*time.Second)
	inPlaylist.Via = party.DeliveryPlaylist
	pressed := byPlaylist(room(inPlaylist))
	failing, cooling := observed(plays(song("a"), time.Minute)), observed(plays(song("a"), time.Minute))
	failing.observationBackoff = backoff{kind: Unreachable, attempts: 1, until: noon.Add(time.Second)}
	cooling.commandBackoff = backoff{kind: CoolingDown, attempts: 1, until: noon.Add(time.Minute)}
	waiting := observed(stands(song("a"), 0))
	waiting.commandBackoff = backoff{kind: NoDevice, attempts: 3, until: noon.Add(time.Minute)}
	const uriA = "spotify:track:a"
	fixed := plays(song("a"), time.Minute)
	fixed.Device.FixedVolume = true

	for _, tt := range []struct {
		name    string
		in      Input
		command Command
		step    party.PlaybackStep // without Playback and Answered
		answer  string             // a code, "done", or empty: not answered
	}{
		{
			name: "pause what plays", in: Input{Room: commanded(pause, "", 0, a()), Observation: plays(song("a"), time.Minute)},
			command: Command{Kind: Pause},
		},
		{
			name: "pause what is paused",
			in:   Input{Room: commanded(pause, "", 0, a()), Observation: stands(song("a"), time.Minute)}, answer: "done",
		},
		{
			name: "paused by the first attempt",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(1, "", time.Second, stands(song("a"), time.Minute)),
			},
			answer: "done",
		},
		{
			name: "the observation is older than the attempt",
			in: Input{
				Room:   commanded(pause, "", 0, a()),
				Memory: attempted(1, "", 0, earlier(plays(song("a"), time.Minute), time.Second)),
			},
		},
		{
			name: "the observation may be stale",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(1, "", time.Second, plays(song("a"), time.Minute)),
			},
		},
		{
			name: "a second attempt",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(1, Unreachable, 2*time.Second, plays(song("a"), time.Minute)),
			},
			command: Command{Kind: Pause},
		},
		{
			name: "no effect after two attempts",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(2, "", 2*time.Second, plays(song("a"), time.Minute)),
			},
			answer: string(absent),
		},
		{
			name: "paused although the answer was lost",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(1, Unreachable, time.Second, stands(song("a"), time.Minute)),
			},
			answer: "done",
		},
		{
			name: "refused because it is paused",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(1, Restricted, time.Second, stands(song("a"), time.Minute)),
			},
			answer: "done",
		},
		{
			name: "refused",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(1, Restricted, time.Second, plays(song("a"), time.Minute)),
			},
			answer: string(conflict),
		},
		{
			name: "not allowed",
			in: Input{
				Room: commanded(pause, "", 0, a()), Memory: attempted(1, NotAllowed, time.Second, plays(song("a"), time.Minute)),
			},
			answer: string(forbidden),
		},
		{
			name:   "the host no longer waits",
			in:     Input{Room: commanded(pause, "", party.CommandTimeout, a()), Observation: plays(song("a"), time.Minute)},
			answer: string(absent),
		},
		{
			name: "Spotify does not answer", in: Input{Room: commanded(pause, "", 0, a()), Memory: failing},
			answer: string(absent),
		},
		{
			name: "Spotify is cooling down", in: Input{Room: commanded(pause, "", 0, a()), Memory: cooling},
			answer: string(absent),
		},

		{
			name:    "resume what is paused",
			in:      Input{Room: commanded(resume, "", 0, a()), Observation: stands(song("a"), time.Minute)},
			command: Command{Kind: Resume, DeviceID: "speaker"},
		},
		{
			name:    "resume the host's own song",
			in:      Input{Room: commanded(resume, "", 0, room()), Observation: stands(song("x"), time.Minute)},
			command: Command{Kind: Resume, DeviceID: "speaker"},
		},
		{
			name: "resume what plays",
			in:   Input{Room: commanded(resume, "", 0, a()), Observation: plays(song("a"), time.Minute)}, answer: "done",
		},
		{
			name: "resume nothing", in: Input{Room: commanded(resume, "", 0, room()), Observation: stands(song("x"), 0)},
			answer: string(conflict),
		},
		{
			name:    "resume starts the queue despite a backoff",
			in:      Input{Room: commanded(resume, "", 0, room(item("b", queued))), Memory: waiting},
			command: play("b", "speaker"), step: party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue},
		},
		{
			name:    "resume starts the playlist",
			in:      Input{Room: commanded(resume, "", 0, pressed), Observation: stands(song("x"), 0)},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"},
		},

		{
			name: "transfer", in: Input{Room: commanded(transfer, "phone", 0, a()), Observation: plays(song("a"), time.Minute)},
			command: Command{Kind: Transfer, DeviceID: "phone", Play: true},
		},
		{
			name:    "transfer what is paused",
			in:      Input{Room: commanded(transfer, "phone", 0, a()), Observation: stands(song("a"), time.Minute)},
			command: Command{Kind: Transfer, DeviceID: "phone"},
		},
		{
			name:   "transfer to the active device",
			in:     Input{Room: commanded(transfer, "speaker", 0, a()), Observation: plays(song("a"), time.Minute)},
			answer: "done",
		},
		{
			name: "transfer to an unknown device",
			in: Input{
				Room:   commanded(transfer, "phone", 0, a()),
				Memory: attempted(1, NoDevice, time.Second, plays(song("a"), time.Minute)),
			},
			answer: string(gone),
		},

		{
			name:    "skip to the committed song",
			in:      Input{Room: commanded(skip, uriA, 0, abSent()), Observation: plays(song("a"), time.Minute)},
			command: Command{Kind: Next},
		},
		{
			name:    "skip to a song that is not committed",
			in:      Input{Room: commanded(skip, uriA, 0, ab()), Observation: plays(song("a"), time.Minute)},
			command: play("b", "speaker"), step: party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue},
		},
		{
			name:    "skip in a playlist",
			in:      Input{Room: commanded(skip, uriA, 0, byPlaylist(ab())), Observation: plays(song("a"), time.Minute)},
			command: Command{Kind: Append, ItemID: "item-b", URI: "spotify:track:b"},
			step:    party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryPlaylist},
		},
		{
			name:    "skip the last song",
			in:      Input{Room: commanded(skip, uriA, 0, a()), Observation: plays(song("a"), time.Minute)},
			command: Command{Kind: Next},
		},
		{
			name:   "skip a song that has ended meanwhile",
			in:     Input{Room: commanded(skip, uriA, 0, room(item("b", playing))), Observation: plays(song("b"), time.Second)},
			answer: "done",
		},
		{
			name:   "nothing follows the skipped song",
			in:     Input{Room: commanded(skip, uriA, 0, room()), Memory: attempted(1, "", time.Second, stands(song("a"), 0))},
			answer: "done",
		},
		{
			name: "skip the host's own song",
			in: Input{
				Room: commanded(skip, "spotify:track:x", 0, room(item("b", queued))), Observation: plays(song("x"), time.Minute),
			},
			command: play("b", "speaker"), step: party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue},
		},
		{name: "another account is connected", in: Input{Room: commanded(party.ObserveCommand, "", 0, a()), Memory: cooling}},
		{
			name: "the new account was observed",
			in: Input{
				Room: commanded(party.ObserveCommand, "", 0, a()), Memory: attempted(0, "", 0, plays(song("a"), time.Minute)),
				Observation: plays(song("a"), time.Minute),
			},
			answer: "done",
		},
		{
			name: "the new account cannot be observed",
			in: Input{
				Room: commanded(party.ObserveCommand, "", 0, a()), Memory: attempted(0, "", 0, plays(song("a"), time.Minute)),
				Fault: &Fault{Kind: ReconnectNeeded},
			},
			answer: "done",
		},

		{
			name:    "set the volume",
			in:      Input{Room: commanded(party.VolumeCommand, "40", 0, a()), Observation: plays(song("a"), time.Minute)},
			command: Command{Kind: SetVolume, Volume: 40},
		},
		{
			name: "set a volume after an observation",
			in: Input{
				Room: commanded(party.VolumeCommand, "40", 0, a()), Memory: observed(earlier(fixed, 5*time.Second)),
			},
		},
		{
			name:   "set a volume that is fixed",
			in:     Input{Room: commanded(party.VolumeCommand, "40", 0, a()), Observation: fixed},
			answer: string(conflict),
		},
		{
			name:   "set the volume of nothing",
			in:     Input{Room: commanded(party.VolumeCommand, "40", 0, room()), Observation: &Observation{At: noon}},
			answer: string(gone),
		},
		{
			name: "skip nothing", in: Input{Room: commanded(skip, "", 0, room()), Observation: stands(song("x"), 0)},
			answer: string(conflict),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			if tt.in.Observation == nil {
				tt.in.Memory.observedAt = later(tt.in.Memory.observation.At, tt.in.Memory.observedAt)
			}
			plan := decideTwice(tt.in)
			answer := ""
			if given := plan.Step.Answered; given != nil {
				answer = string(given.Code)
				if given.Code == "" {
					answer = "done"
				}
				if given.CommandID != "command" || (given.Code == "") != (given.Message == "") {
					t.Errorf("answered %+v", given)
				}
			}
			if answer != tt.answer {
				t.Errorf("answered %q, want %q", answer, tt.answer)
			}
			plan.Step.Answered, plan.Step.Playback = nil, nil
			if !reflect.DeepEqual(plan.Step, tt.step) {
				t.Errorf("step %+v, want %+v", plan.Step, tt.step)
			}
			// An appended song, and one that resume leaves to the other rules, are not sent for the host command.
			leftToRules := tt.command.Kind == Append || tt.name == "resume starts the queue despite a backoff"
			if tt.command.Kind != None && !leftToRules {
				tt.command.HostCommandID = "command"
			}
			if plan.Command != tt.command {
				t.Errorf("command %+v, want %+v", plan.Command, tt.command)
			}
		})
	}
}

func TestHostCommandObservesDespiteBackoff(t *testing.T) {
	r := commanded(party.ResumeCommand, "", 0, room(item("b", party.Queued)))
	m := observed(earlier(stands(song("a"), 0), time.Hour))
	m.observationBackoff = backoff{kind: NotAllowed, attempts: 9, until: noon.Add(10 * time.Minute)}
	plan := Decide(Input{Now: noon, Room: r, Memory: m})
	if plan.Step.Answered != nil || plan.ObserveAt.After(noon) {
		t.Fatalf("the plan does not observe the player at once, before an answer: %+v", plan)
	}
	refused := Decide(Input{Now: noon, Room: r, Memory: plan.Memory, Fault: &Fault{Kind: NotAllowed}})
	if refused.Step.Answered == nil {
		t.Errorf("the player is still not allowed, and the command has no answer: %+v", refused)
	}
	allowed := Decide(Input{Now: noon, Room: r, Memory: plan.Memory, Observation: stands(song("a"), 0)})
	if allowed.Command.Kind != Play {
		t.Errorf("the player is allowed again, and the command does not play: %+v", allowed)
	}
}

// The database shortens the names of devices, so the room's device can differ permanently from the observed one.
func TestOldAccountIsForgottenOnce(t *testing.T) {
	s := plays(song("a"), time.Minute)
	s.Device.Name = "a name that the database shortens"
	r := commanded(party.ObserveCommand, "", 0, showing(room(item("a", party.NowPlaying)), time.Minute, 0))
	r.Playback.Device, r.Playback.Delivery = speaker(), party.DeliveryQueue
	memory := observed(s)
	shown := r.Playback
	shown.Device = s.Device
	memory.shown = &shown
	first := Decide(Input{Now: noon, Room: r, Memory: memory})
	second := Decide(Input{Now: noon, Room: r, Memory: first.Memory})
	if first.Step.Playback == nil || !second.Step.IsEmpty() || second.ObserveAt.After(noon) {
		t.Errorf("recorded %+v and then %+v; the next observation is at %v", first.Step, second.Step, second.ObserveAt)
	}
}
