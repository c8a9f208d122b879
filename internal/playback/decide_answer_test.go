package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestDecideOnAnswers(t *testing.T) {
	silentFor := func(d time.Duration, s *Observation) Memory {
		m := observed(s)
		m.silentSince = noon.Add(-d)
		return m
	}
	found := silentFor(3*time.Second, stands(song("a"), 0))
	found.verifiedKey = "item-b"
	withoutEffect := silentFor(3*time.Second, stands(song("b"), 0))
	withoutEffect.handover = handover{itemID: "item-b", direct: true, watched: true}
	behindHostsSong := silentFor(3*time.Second, &Observation{At: noon})
	behindHostsSong.handover = handover{itemID: "item-b"}
	restrictedStand := stands(song("a"), 0)
	restrictedStand.Device = &party.Device{ID: "speaker", IsActive: true, IsRestricted: true}
	wasRestricted := observed(earlier(restrictedStand, 10*time.Second))
	wasRestricted.commandBackoff = backoff{kind: Restricted, attempts: 4, until: noon.Add(20 * time.Second)}
	refused := backoff{kind: NotAllowed, attempts: minRefusals - 1, refusals: minRefusals - 1}
	refused.since = noon.Add(-minRefusalSpan)
	refusedBefore, lookRefused := observed(stands(song("a"), 0)), Memory{observationBackoff: refused}
	refusedBefore.commandBackoff = refused
	checkDecisions(t, []decideTest{
		// The outcome of a commit is unknown.
		{
			name: "a crash left a commit pending, and the command may still be on its way",
			in: Input{
				Room:        room(item("a", playing), committed("b", party.CommitPending, 5*time.Second)),
				Observation: plays(song("a"), 190*time.Second),
			},
			health: party.HealthOK, status: party.Playing, observeIn: commandTimeout - 5*time.Second,
		},
		{
			name: "a crash left a commit pending: verify it",
			in: Input{
				Room:        room(item("a", playing), committed("b", party.CommitPending, commandTimeout)),
				Observation: plays(song("a"), 190*time.Second),
			},
			command: ask(ReadQueue, "b"), health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "too early to verify",
			in: Input{
				Room:        room(item("a", playing), committed("b", party.CommitUnknown, time.Second)),
				Observation: plays(song("a"), 190*time.Second),
			},
			health: party.HealthOK, status: party.Playing, observeIn: staleWindow - time.Second,
		},
		{
			name: "unknown, but there is no device",
			in: Input{
				Room:        room(item("a", playing), committed("b", party.CommitUnknown, 5*time.Second)),
				Observation: &Observation{At: noon},
			},
			health: party.HealthDeviceLost, status: party.Idle, observeIn: noDeviceFirst,
		},
		{
			name:   "it was appended behind the host's own song, on a device that has disappeared",
			in:     Input{Room: room(committed("b", sent, 20*time.Second)), Memory: behindHostsSong},
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "the committed song does not start",
			in: Input{
				Room: room(committed("b", sent, 20*time.Second)), Memory: silentFor(3*time.Second, stands(song("a"), 0)),
			},
			command: ask(ReadQueue, "b"), health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name:   "a moment of silence before it starts",
			in:     Input{Room: room(committed("b", sent, 20*time.Second)), Observation: stands(song("a"), 0)},
			health: party.HealthOK, status: party.Idle, observeIn: waitingInterval,
		},
		{
			name:    "it waits in the queue of a player that stopped",
			in:      Input{Room: room(committed("b", sent, 20*time.Second)), Memory: found},
			command: Command{Kind: Next, ItemID: "item-b"}, health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name:    "it was told to play, and is stopped at 0",
			in:      Input{Room: room(committed("b", sent, 20*time.Second)), Memory: withoutEffect},
			command: play("b", "speaker"), health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "it is stopped at 0 because it has been heard",
			in: Input{
				Room: room(committed("b", sent, 300*time.Second)), Memory: silentFor(3*time.Second, stands(song("b"), 0)),
			},
			step: party.PlaybackStep{StartedItem: "item-b"}, health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name:    "another song went first and ends soon",
			in:      Input{Room: room(committed("b", sent, 250*time.Second)), Observation: plays(song("host"), 190*time.Second)},
			command: ask(ReadQueue, "b"), health: party.HealthHostTookOver, status: party.Playing, observeIn: anyTime,
		},

		// Answers.
		{
			name: "Spotify accepted it",
			in: Input{
				Room:   room(item("a", playing), committed("b", party.CommitPending, 0)),
				Memory: observed(plays(song("a"), 190*time.Second)), Answer: answered(Enqueue, "b", ""),
			},
			step: party.PlaybackStep{SentItem: "item-b"}, health: party.HealthOK, status: party.Idle, observeIn: commandDelay,
		},
		{
			name: "it is unknown whether Spotify accepted it",
			in: Input{
				Room:   room(item("a", playing), committed("b", party.CommitPending, 0)),
				Memory: observed(plays(song("a"), 190*time.Second)), Answer: answered(Enqueue, "b", Unreachable),
			},
			step: party.PlaybackStep{UnknownItem: "item-b"}, health: party.HealthUnreachable, status: party.Idle,
			observeIn: commandDelay,
		},
		{
			name: "Spotify refused it: no device",
			in: Input{
				Room: room(committed("b", party.CommitPending, 0)), Memory: observed(stands(song("a"), 0)),
				Answer: answered(Play, "b", NoDevice),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthDeviceLost, status: party.Idle,
			observeIn: commandDelay,
		},
		{
			name: "Spotify refused it: the account is not allowed, it says for the first time",
			in: Input{
				Room: room(committed("b", party.CommitPending, 0)), Memory: observed(stands(song("a"), 0)),
				Answer: answered(Play, "b", NotAllowed),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthUnreachable, status: party.Idle,
			observeIn: commandDelay,
		},
		{
			name: "Spotify refused it again and again: the account is not allowed",
			in: Input{
				Room: room(committed("b", party.CommitPending, 0)), Memory: refusedBefore,
				Answer: answered(Play, "b", NotAllowed),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthNotAllowed, status: party.Idle,
			observeIn: commandDelay,
		},
		{
			name: "Spotify refused it: too many requests",
			in: Input{
				Room: room(committed("b", party.CommitPending, 0)), Memory: observed(stands(song("a"), 0)),
				Answer: answered(Play, "b", CoolingDown),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthCoolingDown, status: party.Idle,
			observeIn: defaultCoolDown,
		},
		{
			name: "verified: Spotify has it",
			in: Input{
				Room:   room(item("a", playing), committed("b", party.CommitUnknown, 3*time.Second)),
				Memory: observed(plays(song("a"), 190*time.Second)), Answer: answered(ReadQueue, "b", "", song("a"), song("b")),
			},
			step: party.PlaybackStep{SentItem: "item-b"}, health: party.HealthOK, status: party.Idle,
			observeIn: 10*time.Second + endDelay,
		},
		{
			name: "verified: Spotify does not have it, and its queue may lag behind",
			in: Input{
				Room:   room(item("a", playing), committed("b", party.CommitUnknown, 3*time.Second)),
				Memory: observed(plays(song("a"), 190*time.Second)), Answer: answered(ReadQueue, "b", "", song("a")),
			},
			health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "verified: Spotify does not have it",
			in: Input{
				Room:   room(item("a", playing), committed("b", party.CommitUnknown, 8*time.Second)),
				Memory: observed(plays(song("a"), 190*time.Second)), Answer: answered(ReadQueue, "b", "", song("a")),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "verified: it may have been heard",
			in: Input{
				Room:   room(item("a", playing), committed("b", sent, 300*time.Second)),
				Memory: observed(plays(song("host"), 190*time.Second)), Answer: answered(ReadQueue, "b", "", song("host")),
			},
			step: party.PlaybackStep{EndedItem: "item-a", StartedItem: "item-b"}, health: party.HealthHostTookOver,
			status: party.Idle, observeIn: anyTime,
		},

		{
			name: "no device after ten minutes without an observation: the song has ended",
			in: Input{
				Room:   showing(room(item("a", playing)), 100*time.Second, 10*time.Minute),
				Memory: observed(earlier(plays(song("a"), 100*time.Second), 10*time.Minute)), Observation: &Observation{At: noon},
			},
			step: party.PlaybackStep{EndedItem: "item-a"}, health: party.HealthDeviceLost, status: party.Idle,
			observeIn: anyTime,
		},
		{
			name: "the restricted device takes commands again",
			in:   Input{Room: room(item("b", queued)), Memory: wasRestricted, Observation: stands(song("a"), 0)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},

		// Observations fail.
		{
			name: "Spotify cannot be reached",
			in: Input{
				Room:   showing(room(item("a", playing)), time.Minute, 0),
				Memory: observed(earlier(plays(song("a"), 45*time.Second), 15*time.Second)), Fault: &Fault{Kind: Unreachable},
			},
			health: party.HealthUnreachable, status: party.Playing, observeIn: 2 * time.Second,
		},
		{
			name: "Spotify is cooling down",
			in: Input{
				Room:  showing(room(item("a", playing)), time.Minute, 0),
				Fault: &Fault{Kind: CoolingDown, RetryAfter: 37 * time.Second},
			},
			health: party.HealthCoolingDown, status: party.Playing, observeIn: 37 * time.Second,
		},
		{
			name:   "the host has to connect again",
			in:     Input{Room: room(item("b", queued)), Fault: &Fault{Kind: ReconnectNeeded}},
			health: party.HealthReconnectNeeded, status: party.Idle, observeIn: 5 * time.Second,
		},
		{
			name:   "the account is not allowed, Spotify says for the first time",
			in:     Input{Room: room(item("b", queued)), Fault: &Fault{Kind: NotAllowed}},
			health: party.HealthUnreachable, status: party.Idle, observeIn: 2 * time.Second,
		},
		{
			name:   "the account is not allowed, Spotify says again and again",
			in:     Input{Room: room(item("b", queued)), Memory: lookRefused, Fault: &Fault{Kind: NotAllowed}},
			health: party.HealthNotAllowed, status: party.Idle, observeIn: 30 * time.Second,
		},
	})
}
