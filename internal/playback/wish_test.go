package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func wants(kind party.HostCommandKind, argument string, ago time.Duration, r *party.State) *party.State {
	r.PendingCommands = []party.HostCommand{{ID: "wish", Kind: kind, Argument: argument, At: noon.Add(-ago)}}
	return r
}

// tried is the memory of a command for the wish that was answered some time ago, and of a look since.
func tried(times int, fault FaultKind, ago time.Duration, s *Snapshot) Memory {
	m := saw(s)
	m.asked = noon.Add(-ago)
	m.wish = wish{id: "wish", tries: times}
	if fault != "" {
		m.wish.fault = &Fault{Kind: fault}
	}
	return m
}

func TestHostsCommands(t *testing.T) {
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
	failing, cooling := saw(plays(song("a"), time.Minute)), saw(plays(song("a"), time.Minute))
	failing.looking = trouble{kind: Unreachable, tries: 1, until: noon.Add(time.Second)}
	cooling.command = trouble{kind: CoolingDown, tries: 1, until: noon.Add(time.Minute)}
	waiting := saw(stands(song("a"), 0))
	waiting.command = trouble{kind: NoDevice, tries: 3, until: noon.Add(time.Minute)}
	const uriA = "spotify:track:a"

	for _, tt := range []struct {
		name    string
		in      Input
		command Command
		step    party.PlaybackStep // without Playback and Answered
		answer  string             // a code, "done", or nothing yet
	}{
		{name: "pause what plays", in: Input{Room: wants(pause, "", 0, a()), Seen: plays(song("a"), time.Minute)}, command: Command{Kind: Pause}},
		{name: "pause what is paused", in: Input{Room: wants(pause, "", 0, a()), Seen: stands(song("a"), time.Minute)}, answer: "done"},
		{name: "it paused", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, "", time.Second, stands(song("a"), time.Minute))}, answer: "done"},
		{name: "the look is older than the command", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, "", 0, earlier(plays(song("a"), time.Minute), time.Second))}},
		{name: "it may not have paused yet", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, "", time.Second, plays(song("a"), time.Minute))}},
		{
			name: "it did not pause: once more", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, Unreachable, 2*time.Second, plays(song("a"), time.Minute))},
			command: Command{Kind: Pause},
		},
		{name: "it does not pause", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(2, "", 2*time.Second, plays(song("a"), time.Minute))}, answer: string(absent)},
		{name: "the answer was lost, and it paused", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, Unreachable, time.Second, stands(song("a"), time.Minute))}, answer: "done"},
		{name: "refused, and it is as wanted", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, Restricted, time.Second, stands(song("a"), time.Minute))}, answer: "done"},
		{name: "refused", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, Restricted, time.Second, plays(song("a"), time.Minute))}, answer: string(conflict)},
		{name: "not allowed", in: Input{Room: wants(pause, "", 0, a()), Memory: tried(1, NotAllowed, time.Second, plays(song("a"), time.Minute))}, answer: string(forbidden)},
		{name: "too late", in: Input{Room: wants(pause, "", party.CommandTimeout, a()), Seen: plays(song("a"), time.Minute)}, answer: string(absent)},
		{name: "Spotify does not answer", in: Input{Room: wants(pause, "", 0, a()), Memory: failing}, answer: string(absent)},
		{name: "Spotify wants a break", in: Input{Room: wants(pause, "", 0, a()), Memory: cooling}, answer: string(absent)},

		{name: "resume what is paused", in: Input{Room: wants(resume, "", 0, a()), Seen: stands(song("a"), time.Minute)}, command: Command{Kind: Resume, DeviceID: "speaker"}},
		{name: "resume the host's own song", in: Input{Room: wants(resume, "", 0, room()), Seen: stands(song("x"), time.Minute)}, command: Command{Kind: Resume, DeviceID: "speaker"}},
		{name: "resume what plays", in: Input{Room: wants(resume, "", 0, a()), Seen: plays(song("a"), time.Minute)}, answer: "done"},
		{name: "resume nothing", in: Input{Room: wants(resume, "", 0, room()), Seen: stands(song("x"), 0)}, answer: string(conflict)},
		{
			name: "resume begins the queue, whatever failed before", in: Input{Room: wants(resume, "", 0, room(item("b", queued))), Memory: waiting},
			command: play("b", "speaker"), step: party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue},
		},
		{
			name: "resume presses play on the playlist", in: Input{Room: wants(resume, "", 0, pressed), Seen: stands(song("x"), 0)},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"},
		},

		{name: "transfer", in: Input{Room: wants(transfer, "phone", 0, a()), Seen: plays(song("a"), time.Minute)}, command: Command{Kind: Transfer, DeviceID: "phone", Play: true}},
		{name: "transfer what is paused", in: Input{Room: wants(transfer, "phone", 0, a()), Seen: stands(song("a"), time.Minute)}, command: Command{Kind: Transfer, DeviceID: "phone"}},
		{name: "it is there already", in: Input{Room: wants(transfer, "speaker", 0, a()), Seen: plays(song("a"), time.Minute)}, answer: "done"},
		{name: "there is no such device", in: Input{Room: wants(transfer, "phone", 0, a()), Memory: tried(1, NoDevice, time.Second, plays(song("a"), time.Minute))}, answer: string(gone)},

		{name: "skip to the committed song", in: Input{Room: wants(skip, uriA, 0, abSent()), Seen: plays(song("a"), time.Minute)}, command: Command{Kind: Next}},
		{
			name: "skip to a song that is not committed", in: Input{Room: wants(skip, uriA, 0, ab()), Seen: plays(song("a"), time.Minute)},
			command: play("b", "speaker"), step: party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue},
		},
		{
			name: "skip in a playlist", in: Input{Room: wants(skip, uriA, 0, byPlaylist(ab())), Seen: plays(song("a"), time.Minute)},
			command: Command{Kind: Append, ItemID: "item-b", URI: "spotify:track:b"}, step: party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryPlaylist},
		},
		{name: "skip the last song", in: Input{Room: wants(skip, uriA, 0, a()), Seen: plays(song("a"), time.Minute)}, command: Command{Kind: Next}},
		{name: "it ended by itself meanwhile", in: Input{Room: wants(skip, uriA, 0, room(item("b", playing))), Seen: plays(song("b"), time.Second)}, answer: "done"},
		{name: "skipped, and silence followed", in: Input{Room: wants(skip, uriA, 0, room()), Memory: tried(1, "", time.Second, stands(song("a"), 0))}, answer: "done"},
		{
			name: "skip the host's own song", in: Input{Room: wants(skip, "spotify:track:x", 0, room(item("b", queued))), Seen: plays(song("x"), time.Minute)},
			command: play("b", "speaker"), step: party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue},
		},
		{name: "look at another account", in: Input{Room: wants(party.ObserveCommand, "", 0, a()), Memory: cooling}},
		{name: "it was looked at", in: Input{Room: wants(party.ObserveCommand, "", 0, a()), Memory: tried(0, "", 0, plays(song("a"), time.Minute)), Seen: plays(song("a"), time.Minute)}, answer: "done"},
		{name: "it cannot be looked at", in: Input{Room: wants(party.ObserveCommand, "", 0, a()), Memory: tried(0, "", 0, plays(song("a"), time.Minute)), Fault: &Fault{Kind: ReconnectNeeded}}, answer: "done"},

		{name: "skip nothing", in: Input{Room: wants(skip, "", 0, room()), Seen: stands(song("x"), 0)}, answer: string(conflict)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			if tt.in.Seen == nil {
				tt.in.Memory.looked = later(tt.in.Memory.seen.At, tt.in.Memory.looked)
			}
			plan := Decide(tt.in)
			answer := ""
			if given := plan.Step.Answered; given != nil {
				answer = string(given.Code)
				if given.Code == "" {
					answer = "done"
				}
				if given.CommandID != "wish" || (given.Code == "") != (given.Message == "") {
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
			if tt.command.Kind != None && tt.command.Kind != Append {
				tt.command.WishID = "wish"
			}
			if plan.Command != tt.command && !(tt.name == "resume begins the queue, whatever failed before" && plan.Command.Kind == Play) {
				t.Errorf("command %+v, want %+v", plan.Command, tt.command)
			}
		})
	}
}

func TestWhoMayPlayAgainNeedNotWaitForTheNextTry(t *testing.T) {
	r := wants(party.ResumeCommand, "", 0, room(item("b", party.Queued)))
	m := saw(earlier(stands(song("a"), 0), time.Hour))
	m.looking = trouble{kind: NotAllowed, tries: 9, until: noon.Add(10 * time.Minute)}
	plan := Decide(Input{Now: noon, Room: r, Memory: m})
	if plan.Step.Answered != nil || plan.LookAt.After(noon) {
		t.Fatalf("it is not looked whether that is over: %+v", plan)
	}
	if refused := Decide(Input{Now: noon, Room: r, Memory: plan.Memory, Fault: &Fault{Kind: NotAllowed}}); refused.Step.Answered == nil {
		t.Errorf("it is not over, and the host waits: %+v", refused)
	}
	if begins := Decide(Input{Now: noon, Room: r, Memory: plan.Memory, Seen: stands(song("a"), 0)}); begins.Command.Kind != Play {
		t.Errorf("it is over: %+v", begins)
	}
}
