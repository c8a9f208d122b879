package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

const partyList = "spotify:playlist:party"

// byPlaylist makes the room's host choose delivery by playlist. The playlist exists.
func byPlaylist(r *party.State) *party.State {
	r.Settings.Delivery, r.Playback.Delivery, r.PlaylistURI = party.DeliveryPlaylist, party.DeliveryPlaylist, partyList
	return r
}

func hasPlayed(r *party.State) *party.State {
	r.HasPlayed = true
	return r
}

func appended(name string, ago time.Duration) *party.QueueItem {
	i := committed(name, party.CommitSent, ago)
	i.Via = party.DeliveryPlaylist
	return i
}

// withPlaylist makes the memory know that the host chose delivery by playlist.
func withPlaylist(m Memory) Memory {
	m.requestedDelivery = party.DeliveryPlaylist
	return m
}

func TestDeliveryByPlaylist(t *testing.T) {
	const playing, queued = party.NowPlaying, party.Queued
	toList := party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryPlaylist}
	toQueue := party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue}
	noList := byPlaylist(room(item("b", queued)))
	noList.PlaylistURI = ""
	silent := func(d time.Duration, s *Observation) Memory {
		m := withPlaylist(observed(s))
		m.silentSince = noon.Add(-d)
		return m
	}
	free := silent(3*time.Second, stands(song("x"), 0))
	free.premium = permission{denied: true, last: noon}
	refusedTwice := permission{refusals: minRefusals - 1, first: noon.Add(-minRefusalSpan), last: noon.Add(-time.Second)}
	refusedBefore := withPlaylist(observed(stands(song("x"), 0)))
	refusedBefore.playlists = refusedTwice
	startRefused := observed(stands(song("x"), 0))
	startRefused.premium = refusedTwice
	playingRefused := withPlaylist(observed(plays(song("a"), 156*time.Second)))
	playingRefused.playlists = refusedTwice
	denied := withPlaylist(observed(stands(song("x"), 0)))
	denied.playlists = permission{denied: true, last: noon}
	pending := func() *party.QueueItem {
		i := committed("b", party.CommitPending, 0)
		i.Via = party.DeliveryPlaylist
		return i
	}
	unknown := committed("b", party.CommitUnknown, 8*time.Second)
	unknown.Via = party.DeliveryPlaylist
	premium := answered(Play, "b", NotAllowed)
	premium.Fault.Reason = party.ReasonNoPremium
	listed := stands(song("a"), 0)
	listed.Context = partyList
	made := &Answer{Command: Command{Kind: CreatePlaylist}, PlaylistURI: partyList}

	for _, tt := range []struct {
		name    string
		in      Input
		step    party.PlaybackStep // without Playback
		command Command
		health  party.HealthState
		reason  party.HealthReason
		way     party.Delivery // that the room shows
	}{
		{
			name: "the playlist is created", in: Input{Room: noList, Observation: stands(song("x"), 0)},
			command: Command{Kind: CreatePlaylist}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "it was created", in: Input{Room: noList, Memory: withPlaylist(observed(stands(song("x"), 0))), Answer: made},
			step: party.PlaybackStep{PlaylistURI: partyList}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "it cannot be created",
			in: Input{
				Room: noList, Memory: refusedBefore,
				Answer: &Answer{Command: Command{Kind: CreatePlaylist}, Fault: &Fault{Kind: Unavailable}},
			},
			health: party.HealthOK, reason: party.ReasonNoPlaylist, way: party.DeliveryQueue,
		},
		{
			name: "without a playlist, songs are played directly", in: Input{Room: noList, Memory: denied},
			step: toQueue, command: play("b", "speaker"), health: party.HealthOK, reason: party.ReasonNoPlaylist,
			way: party.DeliveryQueue,
		},
		{
			name: "the first song is appended at once",
			in:   Input{Room: byPlaylist(room(item("b", queued))), Observation: plays(song("x"), time.Minute)},
			step: toList, command: ask(Append, "b"), health: party.HealthHostTookOver, way: party.DeliveryPlaylist,
		},
		{
			name: "the first song is appended without a device",
			in:   Input{Room: byPlaylist(room(item("b", queued))), Observation: &Observation{At: noon}},
			step: toList, command: ask(Append, "b"), health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name:   "the host has to press play",
			in:     Input{Room: byPlaylist(room(appended("b", time.Minute))), Memory: silent(time.Minute, stands(song("x"), 0))},
			health: party.HealthDeviceLost, reason: party.ReasonPressPlay, way: party.DeliveryPlaylist,
		},
		{
			name: "later songs are committed 45 s before the end",
			in: Input{
				Room:        byPlaylist(hasPlayed(room(item("a", playing), item("b", queued)))),
				Observation: plays(song("a"), 156*time.Second),
			},
			step: toList, command: ask(Append, "b"), health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "it is unknown whether it was appended",
			in: Input{
				Room:   byPlaylist(hasPlayed(room(item("a", playing), pending()))),
				Memory: withPlaylist(observed(plays(song("a"), 156*time.Second))), Answer: answered(Append, "b", Unreachable),
			},
			step: party.PlaybackStep{UnknownItem: "item-b"}, health: party.HealthUnreachable, way: party.DeliveryPlaylist,
		},
		{
			name: "the playlist is read",
			in: Input{
				Room: byPlaylist(hasPlayed(room(item("a", playing), unknown))), Observation: plays(song("a"), 160*time.Second),
			},
			command: ask(VerifyPlaylist, "b"), health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "verified: it was appended",
			in: Input{
				Room:   byPlaylist(hasPlayed(room(item("a", playing), unknown))),
				Memory: withPlaylist(observed(plays(song("a"), 160*time.Second))),
				Answer: answered(VerifyPlaylist, "b", "", song("a"), song("b")),
			},
			step: party.PlaybackStep{SentItem: "item-b"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "verified: only an earlier addition is there",
			in: Input{
				Room:   byPlaylist(hasPlayed(room(item("a", playing), unknown))),
				Memory: withPlaylist(observed(plays(song("a"), 160*time.Second))),
				Answer: answered(VerifyPlaylist, "b", "", song("b"), song("a")),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "the playlist can no longer be written",
			in: Input{
				Room:   byPlaylist(hasPlayed(room(item("a", playing), pending()))),
				Memory: playingRefused, Answer: answered(Append, "b", Unavailable),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, reason: party.ReasonNoPlaylist,
			way: party.DeliveryQueue,
		},
		{
			name: "the player stopped before the appended song",
			in:   Input{Room: byPlaylist(hasPlayed(room(appended("b", time.Minute)))), Memory: silent(time.Second, listed)},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, reason: party.ReasonPlaylistIgnored,
			way: party.DeliveryQueue,
		},
		{
			name: "the player stopped after something else than the playlist",
			in: Input{
				Room: byPlaylist(hasPlayed(room(appended("b", time.Minute)))), Memory: silent(3*time.Second, stands(song("a"), 0)),
			},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"},
			health:  party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "the player stopped, and the song was appended late",
			in: Input{
				Room:   byPlaylist(hasPlayed(room(appended("b", 10*time.Second)))),
				Memory: silent(3*time.Second, stands(song("a"), 0)),
			},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"},
			health:  party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "the player went on to something else",
			in: Input{
				Room: byPlaylist(hasPlayed(room(appended("b", 4*time.Minute)))), Observation: plays(song("x"), 190*time.Second),
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthHostTookOver, way: party.DeliveryQueue,
		},

		// A host without Premium.
		{
			name: "Spotify plays nothing for a free account",
			in: Input{
				Room: room(committed("b", party.CommitPending, 0)), Memory: startRefused, Answer: premium,
			},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name:   "only the host can start the playlist",
			in:     Input{Room: byPlaylist(hasPlayed(room(appended("b", time.Minute)))), Memory: free},
			health: party.HealthNotAllowed, reason: party.ReasonNoPremium, way: party.DeliveryPlaylist,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			plan := decideTwice(tt.in)
			shown := tt.in.Room.Playback
			if plan.Step.Playback != nil {
				shown = *plan.Step.Playback
			}
			plan.Step.Playback = nil
			if !reflect.DeepEqual(plan.Step, tt.step) {
				t.Errorf("step %+v, want %+v", plan.Step, tt.step)
			}
			if plan.Command != tt.command {
				t.Errorf("command %+v, want %+v", plan.Command, tt.command)
			}
			if shown.Health != tt.health || shown.Reason != tt.reason || shown.Delivery != tt.way {
				t.Errorf(
					"the room shows %s %s by %s, want %s %s by %s", shown.Health, shown.Reason, shown.Delivery, tt.health, tt.reason,
					tt.way,
				)
			}
		})
	}
}

func TestDeliveryChosenAgainIsTriedAgain(t *testing.T) {
	r := byPlaylist(hasPlayed(room(item("a", party.NowPlaying), item("b", party.Queued))))
	m := withPlaylist(observed(plays(song("a"), time.Minute)))
	m.playlistIgnored, m.shown = true, &party.Playback{Delivery: party.DeliveryQueue} // while the room shows PLAYLIST
	plan := Decide(Input{Now: noon, Room: r, Memory: m})
	if plan.Step.Playback == nil || plan.Step.Playback.Delivery != party.DeliveryPlaylist {
		t.Errorf("the room shows %+v, want delivery PLAYLIST", plan.Step.Playback)
	}
}
