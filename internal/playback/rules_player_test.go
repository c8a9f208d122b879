package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// A host who turns repeat on again and again does not stop the music, and costs no call after each look.
func TestRepeatIsTurnedOffWithGrowingPauses(t *testing.T) {
	in := Input{Now: noon, Room: room(item("a", playing), item("b", queued))}
	in.Memory = observed(plays(song("a"), time.Second))
	var sent []time.Duration
	for after := range 120 {
		looked := plays(song("a"), time.Minute)
		looked.At = noon.Add(time.Duration(after) * time.Second)
		looked.Progress = time.Second + time.Duration(after)*time.Second
		looked.Repeat = true
		in.Now, in.Observation = looked.At, looked
		plan := Decide(in)
		if plan.Command.Kind == ResetModes {
			sent = append(sent, time.Duration(after)*time.Second)
			answer := Input{Now: in.Now, Room: in.Room, Memory: plan.Memory, Answer: &Answer{Command: plan.Command}}
			plan = Decide(answer)
		}
		in.Memory = plan.Memory
	}
	want := []time.Duration{0, 5, 15, 35, 75}
	if len(sent) != len(want) {
		t.Fatalf("turned off at %v, want %v s", sent, want)
	}
	for i := range want {
		if sent[i] != want[i]*time.Second {
			t.Errorf("turned off at %v, want %v s", sent, want)
		}
	}
}

// The host pauses, the device falls asleep, and the host resumes with the API: the only device is woken, and of several
// devices the host has to choose one.
func TestResumeWakesTheOnlyDevice(t *testing.T) {
	asleep := showing(room(item("a", playing)), time.Minute, time.Minute)
	asleep.Playback.Status = party.Paused
	asleep.PendingCommands = []party.HostCommand{{ID: "command", Kind: party.ResumeCommand, At: noon}}
	memory := observed(&Observation{At: noon})
	memory.paused, memory.inactiveSince = true, noon.Add(-time.Minute)
	search := Decide(Input{Now: noon, Room: asleep, Memory: memory})
	if search.Command.Kind != Devices {
		t.Fatalf("resume asks for %+v, want the devices", search.Command)
	}
	wake := Command{Kind: Resume, DeviceID: "kitchen", HostCommandID: "command"}
	device := func(id string) party.Device { return party.Device{ID: id, Name: id} }
	for name, tt := range map[string]struct {
		devices []party.Device
		want    Command
		code    party.Code
	}{
		"one":     {[]party.Device{device("kitchen")}, wake, ""},
		"none":    {nil, Command{}, party.NotFound},
		"several": {[]party.Device{device("kitchen"), device("phone")}, Command{}, party.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			answer := &Answer{Command: search.Command, Devices: tt.devices}
			plan := Decide(Input{Now: noon, Room: asleep, Memory: search.Memory, Answer: answer})
			for range 4 {
				if plan.Command.Kind != None || plan.Step.Answered != nil {
					break
				}
				plan = Decide(Input{Now: noon, Room: asleep, Memory: plan.Memory})
			}
			if plan.Command != tt.want {
				t.Errorf("command %+v, want %+v", plan.Command, tt.want)
			}
			if answered := plan.Step.Answered; tt.code != "" && (answered == nil || answered.Code != tt.code) {
				t.Errorf("answered %+v, want %s", answered, tt.code)
			}
		})
	}
}

// A song that nobody chose gives way to the room's next song after two looks. A song that the host chose plays on.
func TestUnchosenSongGivesWay(t *testing.T) {
	for name, tt := range map[string]struct {
		foreseen []string
		looks    int
		want     CommandKind
	}{
		"the player went on by itself":          {[]string{song("auto").URI}, 2, Play},
		"it is seen for the first time":         {[]string{song("auto").URI}, 1, None},
		"the host chose it":                     {[]string{song("other").URI}, 2, None},
		"nothing is known of what would follow": {nil, 2, None},
	} {
		t.Run(name, func(t *testing.T) {
			looked := plays(song("auto"), 3*time.Second)
			memory := observed(looked)
			memory.alike.times = tt.looks
			ended := song("a")
			memory.lastEnded = endedSong{itemID: "item-a", song: &ended, at: noon.Add(-3 * time.Second)}
			memory.foresight = foresight{itemID: "item-a", read: true, uris: tt.foreseen}
			plan := Decide(Input{Now: noon, Room: room(item("b", queued)), Memory: memory})
			if plan.Command.Kind != tt.want {
				t.Errorf("command %q, want %q", plan.Command.Kind, tt.want)
			}
		})
	}
}

// The host's own list has episodes, local files and things that Spotify does not name. The room's song follows them.
func TestRoomsSongFollowsWhatIsNoSong(t *testing.T) {
	other := func(o *OtherItem, progress time.Duration) *Observation {
		return &Observation{At: noon, Playing: true, Device: speaker(), Other: o, Progress: progress}
	}
	episode := &OtherItem{URI: "spotify:episode:e", Duration: 30 * time.Minute}
	file := &OtherItem{URI: "spotify:local:f", Duration: 200 * time.Second}
	advertisement := &OtherItem{Advertisement: true}
	longAgo, tooLongAgo := noon.Add(-emptyAfter), noon.Add(-longestAdvertisements)
	for name, tt := range map[string]struct {
		looked       *Observation
		progressedAt time.Time
		want         CommandKind
	}{
		"an episode in its middle":              {other(episode, 10*time.Minute), noon, None},
		"an episode near its end":               {other(episode, 30*time.Minute-10*time.Second), noon, Enqueue},
		"a local file near its end":             {other(file, 190*time.Second), noon, Enqueue},
		"a local file of unknown length":        {other(&OtherItem{URI: "spotify:local:f"}, time.Second), noon, Enqueue},
		"an advertisement":                      {other(advertisement, time.Second), noon, None},
		"something unknown that moves":          {other(nil, 0), noon, None},
		"something unknown that stands still":   {other(nil, 0), longAgo, Play},
		"an episode that stands still":          {other(episode, time.Minute), longAgo, None},
		"an advertisement that stands too long": {other(advertisement, 0), tooLongAgo, Play},
	} {
		t.Run(name, func(t *testing.T) {
			memory := observed(tt.looked)
			memory.progressedAt = tt.progressedAt
			plan := Decide(Input{Now: noon, Room: room(item("b", queued)), Memory: memory})
			if plan.Command.Kind != tt.want {
				t.Errorf("command %q, want %q", plan.Command.Kind, tt.want)
			}
		})
	}
}

// The answer to an enqueue was lost. The song is looked for only at the head of Spotify's queue: further back, the same
// song is an entry of the list that the host plays.
func TestLostSongIsNotFoundInTheHostsOwnList(t *testing.T) {
	for place, want := range map[int]party.PlaybackStep{
		1: {SentItem: "item-b"}, maxQueuedBefore: {SentItem: "item-b"},
		maxQueuedBefore + 1: {ReturnedItem: "item-b"}, 16: {ReturnedItem: "item-b"},
	} {
		queue := []party.Song{song("a")}
		for i := 1; i < place; i++ {
			queue = append(queue, song("own"+string(rune('a'+i))))
		}
		queue = append(queue, song("b"))
		plan := Decide(Input{
			Now:    noon,
			Room:   room(item("a", playing), committed("b", party.CommitUnknown, lateEffect)),
			Memory: observed(plays(song("a"), 190*time.Second)), Answer: answered(ReadQueue, "b", "", queue...),
		})
		if plan.Step.SentItem != want.SentItem || plan.Step.ReturnedItem != want.ReturnedItem {
			t.Errorf("at place %d: %+v, want %+v", place, plan.Step, want)
		}
	}
}

// An hour of faults makes no memory grow.
func TestFailuresOfSongsThatLeftAreForgotten(t *testing.T) {
	w := newModel(modelPlayer{active: true, loaded: "x"}, modelNames)
	w.misled = true
	gone := choice{look: honestly().look, answer: oddAnswers()[4].answer}
	course(t, w, gone, func(w *model) bool { return w.now.Sub(noon) > time.Hour })
	if n, waiting := len(w.memory.failures), len(w.room.state.Queue); n > waiting+1 {
		t.Errorf("%d failures are remembered, and %d songs wait", n, waiting)
	}
}
