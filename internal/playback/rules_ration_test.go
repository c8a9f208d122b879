package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// These rules are for a room that has used up almost all its calls for an hour, and is rationed.

// exhausted returns a memory of a room that has used up almost all its hourlyCalls within half an hour, so that it is
// rationed for another half hour.
func exhausted(memory Memory) Memory {
	memory.calls = party.CallCount{}.Add(rationFrom-40, noon.Add(-30*time.Minute)).Add(40, noon.Add(-time.Minute))
	return memory
}

// Nothing plays, and there is much time until calls are older than an hour: the next look follows late.
func TestRationedRoomIsSeldomObserved(t *testing.T) {
	memory := exhausted(observed(stands(song("x"), 0)))
	memory.inactiveSince, memory.silentSince = noon.Add(-time.Hour), noon.Add(-time.Hour)
	wait := Decide(Input{Now: noon, Room: room(), Memory: memory}).ObserveAt.Sub(noon)
	if wait < 3*time.Minute || wait > longestPause {
		t.Errorf("the next look follows after %v", wait)
	}
}

// If many calls will soon be older than an hour, what is left suffices for a look each minute.
func TestRationEndsWithTheHour(t *testing.T) {
	memory := observed(stands(song("x"), 0))
	memory.calls = party.CallCount{}.Add(200, noon.Add(-58*time.Minute)).Add(rationFrom-200, noon.Add(-30*time.Minute))
	memory.inactiveSince, memory.silentSince = noon.Add(-time.Hour), noon.Add(-time.Hour)
	if wait := Decide(Input{Now: noon, Room: room(), Memory: memory}).ObserveAt.Sub(noon); wait != slowestPace {
		t.Errorf("the next look follows after %v, want %v", wait, slowestPace)
	}
}

// While a song plays as it should, the next look follows when the next song is to be sent: the music does not stop.
func TestRationedRoomPlaysOn(t *testing.T) {
	for _, hidden := range []bool{false, true} {
		memory := exhausted(observed(plays(song("a"), time.Minute)))
		memory.hidden = hidden
		r := showing(room(item("a", playing), item("b", queued)), time.Minute, 0)
		wait := Decide(Input{Now: noon, Room: r, Memory: memory}).ObserveAt.Sub(noon)
		if want := 140*time.Second - queueLead; wait != want {
			t.Errorf("hidden %v: 140 s before the end the next look follows after %v, want %v", hidden, wait, want)
		}
	}
}

// Spotify says that a song plays, but its progress does not move. That is no reason to look more often.
func TestRationedRoomDoesNotWatchASongThatStandsStill(t *testing.T) {
	memory := exhausted(observed(plays(song("h"), 3*time.Second)))
	memory.still = stillLooks{uri: song("h").URI, progress: 3 * time.Second, since: noon.Add(-time.Second), times: 2}
	wait := Decide(Input{Now: noon, Room: room(item("b", queued)), Memory: memory}).ObserveAt.Sub(noon)
	if wait < slowestPace {
		t.Errorf("the next look follows after %v", wait)
	}
}

// A look follows soon after a command.
func TestRationedRoomSeesWhatACommandHasDone(t *testing.T) {
	memory := exhausted(observed(stands(song("a"), time.Minute)))
	memory.lookedAt, memory.changedAt, memory.commandedAt = noon.Add(-time.Second), noon, noon
	memory.observedAt = memory.lookedAt
	in := Input{Now: noon, Room: showing(room(item("a", playing)), time.Minute, 0), Memory: memory}
	if wait := Decide(in).ObserveAt.Sub(noon); wait != commandDelay {
		t.Errorf("the next look follows after %v, want %v", wait, commandDelay)
	}
}

// Within seconds after a song was sent, Spotify's queue is read: otherwise the song could be heard unnoticed.
func TestRationedRoomSeesWhatBecomesOfASong(t *testing.T) {
	memory := exhausted(observed(stands(song("x"), 0)))
	memory.changedAt, memory.commandedAt = noon, noon
	in := Input{Now: noon, Room: room(committed("b", party.CommitUnknown, 0)), Memory: memory}
	for range 4 {
		plan := Decide(in)
		in.Now, in.Memory = plan.ObserveAt, plan.Memory
		in.Observation = earlier(stands(song("x"), 0), noon.Sub(in.Now))
		if plan.Command.Kind == ReadQueue {
			return
		}
	}
	t.Errorf("after %v it has not asked for the song", in.Now.Sub(noon))
}

// Each attempt to start a song leads to several calls, so the next one waits. A host does not.
func TestRationedRoomStartsSongsSeldom(t *testing.T) {
	skip := &party.HostCommand{ID: "1", Kind: party.SkipCommand, Argument: song("x").URI, At: noon}
	resume := &party.HostCommand{ID: "1", Kind: party.ResumeCommand, At: noon}
	for name, test := range map[string]struct {
		look    *Observation
		command *party.HostCommand
	}{
		"nothing plays":                         {look: stands(song("x"), 0)},
		"a host skips what plays":               {plays(song("x"), time.Minute), skip},
		"a host wants music when nothing plays": {stands(song("x"), 0), resume},
		"a host skips when nothing plays":       {stands(song("x"), 0), skip},
	} {
		memory := exhausted(observed(test.look))
		memory.commandedAt, memory.inactiveSince = noon.Add(-10*time.Second), noon.Add(-time.Minute)
		memory.alike.times, memory.hostCommand.id = 2, "1"
		in := Input{Now: noon, Room: room(item("b", queued)), Memory: memory}
		if test.command != nil {
			in.Room.PendingCommands = []party.HostCommand{*test.command}
		}
		if kind := Decide(in).Command.Kind; (kind == Play) != (test.command != nil) {
			t.Errorf("%s: it sends %q", name, kind)
		}
	}
}

// A host has removed a song after it was committed. It is skipped when it begins.
func TestRationedRoomSkipsARemovedSong(t *testing.T) {
	memory := exhausted(observed(plays(song("a"), time.Second)))
	memory.commandedAt, memory.alike.times = noon.Add(-10*time.Second), 2
	removed := item("a", playing)
	removed.SkipOnStart = true
	in := Input{Now: noon, Room: showing(room(removed, item("b", queued)), time.Second, 0), Memory: memory}
	if plan := Decide(in); plan.Command.Kind != Play {
		t.Errorf("it sends %q, want the next song in its place", plan.Command.Kind)
	}
}

// Spotify does not answer. A rationed room asks once a minute.
func TestRationedRoomAsksSeldomWhatFails(t *testing.T) {
	in := Input{Now: noon, Room: room(item("b", queued)), Fault: &Fault{Kind: Unreachable}}
	in.Memory = exhausted(observed(stands(song("x"), 0)))
	in.Memory.lookedAt = noon.Add(-10 * time.Minute)
	if wait := Decide(in).ObserveAt.Sub(noon); wait < slowestPace {
		t.Errorf("the next look follows after %v, want %v", wait, slowestPace)
	}
}

// Spotify says that it has created a playlist, but does not name it. The request is repeated after a pause.
func TestPlaylistWithoutAnAddressIsAskedForLater(t *testing.T) {
	in := Input{Now: noon, Room: room(item("b", queued)), Memory: observed(stands(song("x"), 0))}
	in.Room.Settings.Delivery, in.Room.Playback.Delivery = party.DeliveryPlaylist, party.DeliveryPlaylist
	in.Memory.requestedDelivery = party.DeliveryPlaylist
	in.Answer = &Answer{Command: Command{Kind: CreatePlaylist}}
	plan := Decide(in)
	in.Answer, in.Memory = nil, plan.Memory
	in.Now = noon.Add(100 * time.Millisecond)
	in.Observation = earlier(stands(song("x"), 0), -100*time.Millisecond)
	if plan = Decide(in); plan.Command.Kind != None {
		t.Errorf("at once it sends %q", plan.Command.Kind)
	}
}

// Some commands failed, and then a song was appended to the playlist for the first time. Only the host can start the
// playlist now, so the health asks for that, and does not show the earlier failure.
func TestHealthAsksForPlayWhateverFailedBefore(t *testing.T) {
	for _, kind := range []FaultKind{Restricted, NoDevice, NotAllowed} {
		memory := observed(stands(song("x"), 0))
		memory.commandBackoff = backoff{kind: kind, attempts: 5, refusals: 5, since: noon.Add(-time.Hour)}
		waits := committed("b", sent, time.Minute)
		waits.Via = party.DeliveryPlaylist
		r := room(waits)
		r.PlaylistURI = "spotify:playlist:room"
		plan := Decide(Input{Now: noon, Room: r, Memory: memory})
		if shown := plan.Step.Playback; shown == nil || shown.Reason != party.ReasonPressPlay {
			t.Errorf("after %s the room shows %+v", kind, shown)
		}
	}
}
