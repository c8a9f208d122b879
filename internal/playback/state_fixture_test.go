package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// song makes a song of 200 s.
func song(name string) party.Song {
	return party.Song{
		URI: "spotify:track:" + name, Name: "Song " + name, Artists: []string{"Artist " + name}, DurationMS: 200_000,
		ISRC: "ZZ" + name,
	}
}

func lasting(s party.Song, d time.Duration) party.Song {
	s.DurationMS = int(d.Milliseconds())
	return s
}

func item(name string, state party.QueueItemState) *party.QueueItem {
	guest := &party.Participant{User: party.User{ID: "guest"}}
	return &party.QueueItem{ID: "item-" + name, Song: song(name), State: state, AddedBy: guest}
}

func committed(name string, commit party.CommitState, ago time.Duration) *party.QueueItem {
	i := item(name, party.Committed)
	i.Commit, i.CommittedAt = commit, noon.Add(-ago)
	return i
}

// room makes an open room from items in any state.
func room(items ...*party.QueueItem) *party.State {
	r := &party.State{RoomID: "room", HostID: "host", Status: party.Open}
	r.Playback = party.Playback{Status: party.Idle, Health: party.HealthOK}
	for _, i := range items {
		if i.State == party.NowPlaying {
			r.NowPlaying = i
		} else {
			r.Queue = append(r.Queue, i)
		}
	}
	return r
}

// showing makes the room show its song at a progress that was observed some time ago.
func showing(r *party.State, progress, ago time.Duration) *party.State {
	ms := int(progress.Milliseconds())
	r.Playback = party.Playback{
		Status: party.Playing, Item: r.NowPlaying, Song: &r.NowPlaying.Song, ProgressMS: &ms, ObservedAt: noon.Add(-ago),
		Health: party.HealthOK,
	}
	return r
}

func speaker() *party.Device {
	return &party.Device{ID: "speaker", Name: "Kitchen", Type: "Speaker", IsActive: true}
}

func plays(s party.Song, progress time.Duration) *Observation {
	return &Observation{At: noon, Song: &s, Progress: progress, Playing: true, Device: speaker()}
}

func stands(s party.Song, progress time.Duration) *Observation {
	return &Observation{At: noon, Song: &s, Progress: progress, Device: speaker()}
}

func earlier(s *Observation, by time.Duration) *Observation {
	s.At = s.At.Add(-by)
	return s
}

// observed returns the memory of one observation.
func observed(s *Observation) Memory {
	alike := alikeLooks{}.add(*s).add(*s)
	return Memory{
		observation: *s, observedAt: s.At, lookedAt: s.At, progressedAt: s.At, alike: alike, still: stillLooks{}.add(*s),
	}
}

// decideTwice returns the decision on an observation that has been confirmed, by a second one or by the queue.
func decideTwice(in Input) Plan {
	if in.Observation == nil {
		return Decide(in)
	}
	first, before := in, *in.Observation
	first.Now, before.At = in.Now.Add(-confirmDelay), before.At.Add(-confirmDelay)
	first.Observation = &before
	memory := Decide(first).Memory
	if memory.suspicion.kind == standsStill {
		in.Memory.still = stillLooks{uriOf(before.Song), before.Progress, before.At.Add(-10 * time.Second), 8}
	}
	in.Memory.suspicion, in.Memory.alike, in.Memory.lookedAt = memory.suspicion, memory.alike, first.Now
	plan := Decide(in)
	if plan.Command == (Command{Kind: ReadQueue}) {
		in.Observation, in.Answer, in.Memory = nil, &Answer{Command: plan.Command}, plan.Memory
		in.Memory.suspicion.queueSaid = true // twice
		plan = Decide(in)
	}
	return plan
}

func answered(kind CommandKind, name string, kindOfFault FaultKind, queue ...party.Song) *Answer {
	a := &Answer{Command: Command{Kind: kind, ItemID: "item-" + name, URI: "spotify:track:" + name}, Songs: queue}
	if kind == ReadQueue && len(queue) > 0 {
		a.Queue = Queue{Current: &queue[0], Next: queue[1:]}
	}
	if kindOfFault != "" {
		a.Fault = &Fault{Kind: kindOfFault}
	}
	return a
}

func play(name, device string) Command {
	return Command{Kind: Play, ItemID: "item-" + name, URI: "spotify:track:" + name, DeviceID: device}
}

func ask(kind CommandKind, name string) Command {
	return Command{Kind: kind, ItemID: "item-" + name, URI: "spotify:track:" + name}
}

const anyTime = time.Duration(-1)
