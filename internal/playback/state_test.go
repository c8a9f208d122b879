package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestCoolDownEndIsRoundedUp(t *testing.T) {
	now := noon.Add(300 * time.Microsecond)
	for _, wait := range []time.Duration{100 * time.Microsecond, time.Millisecond, 37 * time.Second} {
		until := backoff{}.afterFault(&Fault{Kind: CoolingDown, RetryAfter: wait}, now).until
		if early := now.Add(wait).Sub(until); early > 0 || early <= -time.Millisecond {
			t.Errorf("a cool-down of %v ends %v too early; at most 1ms late is right", wait, early)
		}
	}
}

func TestFailedObservationsBackOff(t *testing.T) {
	in := Input{Now: noon, Room: room(item("b", party.Queued)), Fault: &Fault{Kind: Unreachable}}
	var waits []time.Duration
	for range 10 {
		plan := Decide(in)
		waits = append(waits, plan.ObserveAt.Sub(noon))
		in.Memory = plan.Memory
	}
	want := []time.Duration{
		2 * time.Second, 4 * time.Second, // and then the longest wait of the first minute
		8 * time.Second, 8 * time.Second, 8 * time.Second, 8 * time.Second, 8 * time.Second, 8 * time.Second,
		8 * time.Second, 15 * time.Second,
	}
	for i := range want {
		if waits[i] != want[i] {
			t.Fatalf("the backoffs are %v, want %v", waits, want)
		}
	}
	in.Fault, in.Observation = nil, plays(song("a"), time.Second)
	if plan := Decide(in); plan.Step.Playback.Health == party.HealthUnreachable {
		t.Error("the health is still UNREACHABLE after an observation")
	}
}

func TestChanged(t *testing.T) {
	a := showing(room(item("a", party.NowPlaying)), 10*time.Second, 0).Playback
	at := func(p party.Playback, progress, after time.Duration) party.Playback {
		ms := int(progress.Milliseconds())
		p.ProgressMS, p.ObservedAt = &ms, noon.Add(after)
		return p
	}
	with := func(f func(*party.Playback)) party.Playback {
		b := at(a, 10*time.Second, 0)
		f(&b)
		return b
	}
	tests := []struct {
		name string
		b    party.Playback
		want bool
	}{
		{"the same", a, false},
		{"advances", at(a, 20*time.Second, 10*time.Second), false},
		{"a little late", at(a, 18*time.Second, 10*time.Second), false},
		{"jumped ahead", at(a, 24*time.Second, 10*time.Second), true},
		{"jumped back", at(a, 10*time.Second, 10*time.Second), true},
		{"paused", with(func(p *party.Playback) { p.Status = party.Paused }), true},
		{"another health", with(func(p *party.Playback) { p.Health = party.HealthDeviceLost }), true},
		{"another item", with(func(p *party.Playback) { p.Item = item("b", party.NowPlaying) }), true},
		{"no item", with(func(p *party.Playback) { p.Item = nil }), true},
		{"a device", with(func(p *party.Playback) { p.Device = speaker() }), true},
		{"an end of the cool-down", with(func(p *party.Playback) { p.Until = &noon }), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := changed(a, tt.b); got != tt.want {
				t.Errorf("changed = %v, want %v", got, tt.want)
			}
		})
	}
}

// A command that only hosts with Premium may give has succeeded, so an earlier refusal no longer counts.
func TestSuccessDisprovesThatTheHostIsNotAllowed(t *testing.T) {
	memory := observed(plays(song("a"), time.Minute))
	memory.commandBackoff = backoff{kind: NotAllowed, reason: party.ReasonNoPremium, attempts: 4, refusals: 4}
	memory.premium = permission{denied: true, refusals: 4, last: noon.Add(-time.Minute)}
	r := showing(room(item("a", party.NowPlaying), item("b", party.Queued)), time.Minute, 0)
	in := Input{Now: noon, Room: r, Memory: memory, Answer: &Answer{Command: Command{Kind: ResetModes}}}
	plan := Decide(in)
	if health, _, _ := (&decision{room: r, memory: plan.Memory, now: noon}).health(); health == party.HealthNotAllowed {
		t.Errorf("the health is %s although Spotify has carried out a command", health)
	}
	if plan.Memory.premium.denied || plan.Memory.commandBackoff.kind != "" {
		t.Errorf("premium %+v, backoff %+v", plan.Memory.premium, plan.Memory.commandBackoff)
	}
}

// One command was refused because no device was active. The player has played again since then.
func TestDeviceThatPlaysIsNotLost(t *testing.T) {
	memory := observed(earlier(plays(song("a"), time.Minute), time.Second))
	memory.commandBackoff = backoff{kind: NoDevice, attempts: 1, refusals: 1, until: noon.Add(-time.Second)}
	r := showing(room(item("a", party.NowPlaying), item("b", party.Queued)), time.Minute, 0)
	r.Playback.Health = party.HealthDeviceLost
	plan := Decide(Input{Now: noon, Room: r, Memory: memory, Observation: plays(song("a"), 61*time.Second)})
	if shown := plan.Step.Playback; shown == nil || shown.Health != party.HealthOK {
		t.Errorf("the room shows %+v, want the health OK", shown)
	}
}

func TestSongThatStandsStillIsNoticedByRareObservations(t *testing.T) {
	at := func(after time.Duration) *Observation { return earlier(plays(song("a"), time.Minute), -after) }
	memory := observed(at(0))
	r := showing(room(item("a", party.NowPlaying), item("b", party.Queued)), time.Minute, 0)
	for look := 1; look <= 3; look++ {
		after := time.Duration(look) * 16 * time.Second
		plan := Decide(Input{Now: noon.Add(after), Room: r, Memory: memory, Observation: at(after)})
		memory = plan.Memory
		if stuck := memory.suspicion.kind == nothingNew; stuck != (after >= 40*time.Second) {
			t.Errorf("after %v the song counts as stuck: %v", after, stuck)
		}
	}
}
