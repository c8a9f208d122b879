package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestDecide(t *testing.T) {
	const (
		playing = party.NowPlaying
		queued  = party.Queued
		sent    = party.CommitSent
		byQueue = party.DeliveryQueue
	)
	inactive := speaker()
	inactive.IsActive = false
	removed := item("a", playing)
	removed.SkipOnStart = true
	otherRelease := lasting(song("b"), 201*time.Second)
	otherRelease.URI, otherRelease.ISRC = "spotify:track:elsewhere", ""
	sameISRC := party.Song{URI: "spotify:track:elsewhere", ISRC: "zzb", DurationMS: 180_000}
	hostPaused := room(item("b", queued))
	hostSong := song("host")
	hostPaused.Playback = party.Playback{Status: party.Playing, Song: &hostSong, Health: party.HealthHostTookOver}
	stuckInMiddle := observed(earlier(plays(song("a"), 90*time.Second), 15*time.Second))
	stuckAtEnd := observed(earlier(plays(song("a"), 200*time.Second), 3*time.Second))
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
	justCommanded := observed(earlier(stands(song("a"), 0), time.Second))
	justCommanded.commandedAt = noon.Add(-300 * time.Millisecond)
	backingOff := observed(earlier(stands(song("a"), 0), time.Second))
	backingOff.commandBackoff = backoff{kind: NoDevice, attempts: 1, until: noon.Add(4 * time.Second)}
	pausedAt := func(progress time.Duration, next *party.QueueItem) *party.State {
		r := showing(room(item("a", playing), next), progress, 5*time.Minute)
		r.Playback.Status = party.Paused
		return r
	}
	restrictedStand := stands(song("a"), 0)
	restrictedStand.Device = &party.Device{ID: "speaker", IsActive: true, IsRestricted: true}
	wasRestricted := observed(earlier(restrictedStand, 10*time.Second))
	wasRestricted.commandBackoff = backoff{kind: Restricted, attempts: 4, until: noon.Add(20 * time.Second)}
	failedBefore := observed(stands(song("a"), 0))
	failedBefore.failures = []songFailure{{itemID: "item-b", times: 2, until: noon.Add(10 * time.Second)}}
	refused := backoff{kind: NotAllowed, attempts: minRefusals - 1, refusals: minRefusals - 1, since: noon.Add(-minRefusalSpan)}
	refusedBefore, lookRefused := observed(stands(song("a"), 0)), Memory{observationBackoff: refused}
	refusedBefore.commandBackoff = refused
	skipped := observed(plays(song("a"), 10*time.Second))
	skipped.skippedID = "item-a"
	hadNothing := observed(earlier(stands(song("a"), 0), 20*time.Second))
	hadNothing.hadNothing = true

	tests := []struct {
		name      string
		in        Input
		step      party.PlaybackStep // without Playback
		command   Command
		health    party.HealthState
		status    party.PlaybackStatus
		observeIn time.Duration // until the next observation
	}{
		// Nothing plays.
		{name: "no observation yet", in: Input{Room: room()}, health: party.HealthOK, status: party.Idle, observeIn: 0},
		{
			name: "empty queue, idle player", in: Input{Room: room(), Observation: stands(song("x"), 0)},
			health: party.HealthNothingToPlay, status: party.Idle, observeIn: idleInterval,
		},
		{
			name: "a song and an idle player", in: Input{Room: room(item("b", queued)), Observation: stands(song("x"), 0)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "a song, and the host's own song is loaded but has not played",
			in:   Input{Room: room(item("b", queued)), Observation: stands(song("x"), time.Minute)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "a song arrives at an idle player", in: Input{Room: room(item("b", queued)), Memory: hadNothing},
			health: party.HealthOK, status: party.Idle, observeIn: 0,
		},
		{
			name: "no direct play right after a command", in: Input{Room: room(item("b", queued)), Memory: justCommanded},
			health: party.HealthOK, status: party.Idle, observeIn: 400 * time.Millisecond,
		},
		{
			name: "no direct play during a backoff", in: Input{Room: room(item("b", queued)), Memory: backingOff},
			health: party.HealthDeviceLost, status: party.Idle, observeIn: 4 * time.Second,
		},
		{
			name: "a song that failed lets others go first",
			in:   Input{Room: room(item("b", queued), item("c", queued)), Memory: failedBefore},
			step: party.PlaybackStep{CommitItem: "item-c", CommitVia: byQueue}, command: play("c", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name:    "no device: read the devices",
			in:      Input{Room: room(item("b", queued)), Observation: &Observation{At: noon}},
			command: Command{Kind: Devices}, health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},
		{
			name: "play on an inactive device",
			in:   Input{Room: room(item("b", queued)), Observation: &Observation{At: noon, Device: inactive}},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
		},

		// A song of the room plays.
		{
			name:   "in the middle of a song",
			in:     Input{Room: room(item("a", playing), item("b", queued)), Observation: plays(song("a"), 100*time.Second)},
			health: party.HealthOK, status: party.Playing, observeIn: playingInterval,
		},
		{
			name:   "shortly before the commit",
			in:     Input{Room: room(item("a", playing), item("b", queued)), Observation: plays(song("a"), 180*time.Second)},
			health: party.HealthOK, status: party.Playing, observeIn: 5 * time.Second,
		},
		{
			name: "time to commit",
			in:   Input{Room: room(item("a", playing), item("b", queued)), Observation: plays(song("a"), 185*time.Second)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: ask(Enqueue, "b"),
			health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "time to commit, but the observation is old",
			in: Input{
				Room:   room(item("a", playing), item("b", queued)),
				Memory: observed(earlier(plays(song("a"), 190*time.Second), 3*time.Second)),
			},
			health: party.HealthOK, status: party.Playing, observeIn: 0,
		},
		{
			name: "a song is committed already",
			in: Input{
				Room:        room(item("a", playing), committed("b", sent, 5*time.Second), item("c", queued)),
				Observation: plays(song("a"), 190*time.Second),
			},
			health: party.HealthOK, status: party.Playing, observeIn: 10*time.Second + endDelay,
		},
		{
			name: "halfway through a short song",
			in: Input{
				Room: room(
					&party.QueueItem{ID: "item-a", Song: lasting(song("a"), 4*time.Second), State: playing}, item("b", queued),
				),
				Observation: plays(lasting(song("a"), 4*time.Second), 2*time.Second),
			},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: ask(Enqueue, "b"),
			health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "no next song", in: Input{Room: room(item("a", playing)), Observation: plays(song("a"), 190*time.Second)},
			health: party.HealthOK, status: party.Playing, observeIn: 10*time.Second + endDelay,
		},
		{
			name:   "the host paused",
			in:     Input{Room: room(item("a", playing), item("b", queued)), Observation: stands(song("a"), 100*time.Second)},
			health: party.HealthOK, status: party.Paused, observeIn: idleInterval,
		},
		{
			name:    "skip a song that the host removed",
			in:      Input{Room: room(removed), Observation: plays(song("a"), time.Second)},
			command: Command{Kind: Next, ItemID: "item-a"}, health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "skip it only once", in: Input{Room: room(removed), Memory: skipped},
			health: party.HealthOK, status: party.Playing, observeIn: playingInterval,
		},

		// The next song starts.
		{
			name: "the committed song plays",
			in: Input{
				Room: showing(
					room(item("a", playing), committed("b", sent, 16*time.Second)), 185*time.Second, 16*time.Second,
				),
				Observation: plays(song("b"), time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", StartedItem: "item-b"}, health: party.HealthOK, status: party.Playing,
			observeIn: anyTime,
		},
		{
			name: "the committed song plays early: the one before was skipped",
			in: Input{
				Room:        showing(room(item("a", playing), committed("b", sent, 5*time.Second)), 175*time.Second, 5*time.Second),
				Observation: plays(song("b"), time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", Skipped: true, StartedItem: "item-b"}, health: party.HealthOK,
			status: party.Playing, observeIn: anyTime,
		},
		{
			name: "the committed song plays while the one before fades out: that one was played",
			in: Input{
				Room:        showing(room(item("a", playing), committed("b", sent, 5*time.Second)), 185*time.Second, 5*time.Second),
				Observation: plays(song("b"), time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", StartedItem: "item-b"}, health: party.HealthOK,
			status: party.Playing, observeIn: anyTime,
		},
		{
			name: "it plays as another release, by its ISRC",
			in:   Input{Room: room(committed("b", sent, time.Second)), Observation: plays(sameISRC, time.Second)},
			step: party.PlaybackStep{StartedItem: "item-b"}, health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "it plays as another release, by its name",
			in:   Input{Room: room(committed("b", sent, time.Second)), Observation: plays(otherRelease, time.Second)},
			step: party.PlaybackStep{StartedItem: "item-b"}, health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "the committed song started and was paused",
			in:   Input{Room: room(committed("b", sent, 9*time.Second)), Observation: stands(song("b"), 3*time.Second)},
			step: party.PlaybackStep{StartedItem: "item-b"}, health: party.HealthOK, status: party.Paused, observeIn: anyTime,
		},
		{
			name: "a song with an unknown commit plays",
			in:   Input{Room: room(committed("b", party.CommitUnknown, time.Second)), Observation: plays(song("b"), 0)},
			step: party.PlaybackStep{StartedItem: "item-b"}, health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "the host plays a song of the queue",
			in:   Input{Room: room(item("b", queued), item("c", queued)), Observation: plays(song("c"), time.Second)},
			step: party.PlaybackStep{StartedItem: "item-c"}, health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},

		// A song ends.
		{
			name: "a song paused near its end may have ended before the next one began",
			in: Input{
				Room:        pausedAt(190*time.Second, committed("b", sent, 5*time.Minute)),
				Memory:      observed(earlier(stands(song("a"), 190*time.Second), 15*time.Second)),
				Observation: plays(song("b"), time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", StartedItem: "item-b"}, health: party.HealthOK, status: party.Playing,
			observeIn: anyTime,
		},
		{
			name: "a song paused in the middle was skipped",
			in: Input{
				Room:        pausedAt(100*time.Second, committed("b", sent, 5*time.Minute)),
				Memory:      observed(earlier(stands(song("a"), 100*time.Second), 15*time.Second)),
				Observation: plays(song("b"), time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", Skipped: true, StartedItem: "item-b"}, health: party.HealthOK,
			status: party.Playing, observeIn: anyTime,
		},
		{
			name: "it stopped at 0",
			in: Input{
				Room: showing(room(item("a", playing)), 100*time.Second, 100*time.Second), Observation: stands(song("a"), 0),
			},
			step: party.PlaybackStep{EndedItem: "item-a"}, health: party.HealthNothingToPlay, status: party.Idle,
			observeIn: anyTime,
		},
		{
			name: "it stopped near its end",
			in:   Input{Room: room(item("a", playing)), Observation: stands(song("a"), 198*time.Second)},
			step: party.PlaybackStep{EndedItem: "item-a"}, health: party.HealthNothingToPlay, status: party.Idle,
			observeIn: anyTime,
		},
		{
			name: "its progress is beyond its end",
			in:   Input{Room: room(item("a", playing)), Observation: plays(song("a"), 203*time.Second)},
			step: party.PlaybackStep{EndedItem: "item-a"}, health: party.HealthNothingToPlay, status: party.Idle,
			observeIn: anyTime,
		},
		{
			name: "it is stuck at its end",
			in:   Input{Room: room(item("a", playing)), Memory: stuckAtEnd, Observation: plays(song("a"), 200*time.Second)},
			step: party.PlaybackStep{EndedItem: "item-a"}, health: party.HealthNothingToPlay, status: party.Idle,
			observeIn: anyTime,
		},
		{
			name: "it is stuck in the middle",
			in: Input{
				Room: showing(room(item("a", playing)), 75*time.Second, 15*time.Second), Memory: stuckInMiddle,
				Observation: plays(song("a"), 90*time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", Skipped: true}, health: party.HealthNothingToPlay, status: party.Idle,
			observeIn: anyTime,
		},
		{
			name:   "it is at its end, but not stuck yet",
			in:     Input{Room: room(item("a", playing)), Observation: plays(song("a"), 200*time.Second)},
			health: party.HealthOK, status: party.Playing, observeIn: endDelay,
		},
		{
			name: "a progress of 0 does not mean that it is stuck",
			in: Input{
				Room: room(item("a", playing)), Memory: observed(earlier(plays(song("a"), 0), 15*time.Second)),
				Observation: plays(song("a"), 0),
			},
			health: party.HealthOK, status: party.Playing, observeIn: playingInterval,
		},

		// The host uses Spotify's app.
		{
			name: "the host plays something else",
			in: Input{
				Room:        showing(room(item("a", playing), item("b", queued)), 85*time.Second, 15*time.Second),
				Observation: plays(song("host"), 3*time.Second),
			},
			step: party.PlaybackStep{EndedItem: "item-a", Skipped: true}, health: party.HealthHostTookOver,
			status: party.Playing, observeIn: anyTime,
		},
		{
			name:   "the host's song goes on",
			in:     Input{Room: room(item("b", queued)), Observation: plays(song("host"), 3*time.Second)},
			health: party.HealthHostTookOver, status: party.Playing, observeIn: playingInterval,
		},
		{
			name: "the host's song ends soon",
			in:   Input{Room: room(item("b", queued)), Observation: plays(song("host"), 190*time.Second)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: ask(Enqueue, "b"),
			health: party.HealthHostTookOver, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "the host paused their own song", in: Input{Room: hostPaused, Observation: stands(hostSong, 30*time.Second)},
			health: party.HealthOK, status: party.Paused, observeIn: idleInterval,
		},
		{
			name:   "the host plays something, and the queue is empty",
			in:     Input{Room: room(), Observation: plays(song("host"), 3*time.Second)},
			health: party.HealthNothingToPlay, status: party.Playing, observeIn: playingInterval,
		},
		{
			name: "an advertisement",
			in: Input{
				Room:        room(item("a", playing), item("b", queued)),
				Observation: &Observation{At: noon, Playing: true, Device: speaker()},
			},
			health: party.HealthHostTookOver, status: party.Playing, observeIn: otherFirstInterval,
		},
		{
			name: "the device is lost during a song",
			in: Input{
				Room:        showing(room(item("a", playing), item("b", queued)), 100*time.Second, 15*time.Second),
				Observation: &Observation{At: noon},
			},
			health: party.HealthDeviceLost, status: party.Idle, observeIn: noDeviceFirst,
		},
		{
			name: "the device is lost for longer than the song",
			in: Input{
				Room: room(item("a", playing), item("b", queued)), Memory: silentFor(201*time.Second, &Observation{At: noon}),
			},
			step: party.PlaybackStep{EndedItem: "item-a"}, health: party.HealthDeviceLost, status: party.Idle,
			observeIn: anyTime,
		},

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
			health: party.HealthOK, status: party.Idle, observeIn: anyTime,
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
			health: party.HealthNotAllowed, status: party.Idle, observeIn: 2 * time.Minute,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			plan := decideTwice(tt.in)
			shown := tt.in.Room.Playback
			if plan.Step.Playback != nil {
				shown = *plan.Step.Playback
			}
			step := plan.Step
			step.Playback = nil
			if !reflect.DeepEqual(step, tt.step) {
				t.Errorf("step %+v, want %+v", step, tt.step)
			}
			if plan.Command != tt.command {
				t.Errorf("command %+v, want %+v", plan.Command, tt.command)
			}
			if shown.Health != tt.health || shown.Status != tt.status {
				t.Errorf("the room shows %s %s, want %s %s", shown.Status, shown.Health, tt.status, tt.health)
			}
			if observeIn := plan.ObserveAt.Sub(noon); tt.observeIn != anyTime && observeIn != tt.observeIn {
				t.Errorf("observes in %v, want %v", observeIn, tt.observeIn)
			}
		})
	}
}

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
	for range 6 {
		plan := Decide(in)
		waits = append(waits, plan.ObserveAt.Sub(noon))
		in.Memory = plan.Memory
	}
	want := []time.Duration{
		2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
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
