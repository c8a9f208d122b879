package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestDecideDuringSong(t *testing.T) {
	removed := item("a", playing)
	removed.SkipOnStart = true
	otherRelease := lasting(song("b"), 201*time.Second)
	otherRelease.URI, otherRelease.ISRC = "spotify:track:elsewhere", ""
	sameISRC := party.Song{URI: "spotify:track:elsewhere", ISRC: "zzb", DurationMS: 180_000}
	stuckInMiddle := observed(earlier(plays(song("a"), 90*time.Second), 15*time.Second))
	stuckAtEnd := observed(earlier(plays(song("a"), 200*time.Second), 3*time.Second))
	pausedAt := func(progress time.Duration, next *party.QueueItem) *party.State {
		r := showing(room(item("a", playing), next), progress, 5*time.Minute)
		r.Playback.Status = party.Paused
		return r
	}
	heardSo := observed(earlier(plays(song("a"), 175*time.Second), 5*time.Second))
	heardSo.heard = heard{"item-a", 175 * time.Second, noon.Add(-5 * time.Second), true, false}
	skipped := observed(plays(song("a"), 10*time.Second))
	skipped.skippedID = "item-a"
	checkDecisions(t, []decideTest{
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
			health: party.HealthOK, status: party.Paused, observeIn: playingInterval,
		},
		{
			name:    "skip a song that the host removed",
			in:      Input{Room: room(removed), Observation: plays(song("a"), time.Second)},
			command: Command{Kind: Next, ItemID: "item-a"}, health: party.HealthOK, status: party.Playing, observeIn: anyTime,
		},
		{
			name: "the next song plays in place of a song that the host removed",
			in:   Input{Room: room(removed, item("b", queued)), Observation: plays(song("a"), time.Second)},
			step: party.PlaybackStep{CommitItem: "item-b", CommitVia: byQueue}, command: play("b", "speaker"),
			health: party.HealthOK, status: party.Playing, observeIn: anyTime,
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
				Memory:      heardSo,
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
	})
}
