package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

const partyList = "spotify:playlist:party"

// byPlaylist makes a room whose host wants a playlist, which is there.
func byPlaylist(r *party.State) *party.State {
	r.Settings.Delivery, r.Playback.Delivery, r.PlaylistURI = party.DeliveryPlaylist, party.DeliveryPlaylist, partyList
	return r
}

func begun(r *party.State) *party.State {
	r.HasPlayed = true
	return r
}

func appended(name string, ago time.Duration) *party.QueueItem {
	i := committed(name, party.CommitSent, ago)
	i.Via = party.DeliveryPlaylist
	return i
}

// since makes a memory one of the host's present wish for a playlist.
func since(m Memory) Memory {
	m.wanted = party.DeliveryPlaylist
	return m
}

func TestPlaylists(t *testing.T) {
	const playing, queued = party.NowPlaying, party.Queued
	toList := party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryPlaylist}
	toQueue := party.PlaybackStep{CommitItem: "item-b", CommitVia: party.DeliveryQueue}
	noList := byPlaylist(room(item("b", queued)))
	noList.PlaylistURI = ""
	silent := func(d time.Duration, s *Snapshot) Memory {
		m := since(saw(s))
		m.silent = noon.Add(-d)
		return m
	}
	free := silent(3*time.Second, stands(song("x"), 0))
	free.noPremium = true
	denied := since(saw(stands(song("x"), 0)))
	denied.noPlaylist = true
	pending := func() *party.QueueItem {
		i := committed("b", party.CommitPending, 0)
		i.Via = party.DeliveryPlaylist
		return i
	}
	unknown := committed("b", party.CommitUnknown, 3*time.Second)
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
		way     party.Delivery // from now on
	}{
		{
			name: "the playlist has to be made", in: Input{Room: noList, Seen: stands(song("x"), 0)},
			command: Command{Kind: CreatePlaylist}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "it is made", in: Input{Room: noList, Memory: since(saw(stands(song("x"), 0))), Answer: made},
			step: party.PlaybackStep{PlaylistURI: partyList}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "it cannot be made", in: Input{Room: noList, Memory: since(saw(stands(song("x"), 0))), Answer: &Answer{Command: Command{Kind: CreatePlaylist}, Fault: &Fault{Kind: Unavailable}}},
			health: party.HealthOK, reason: party.ReasonNoPlaylist, way: party.DeliveryQueue,
		},
		{
			name: "so songs are played directly", in: Input{Room: noList, Memory: denied},
			step: toQueue, command: play("b", "speaker"), health: party.HealthOK, reason: party.ReasonNoPlaylist, way: party.DeliveryQueue,
		},
		{
			name: "the first song is there to be played", in: Input{Room: byPlaylist(room(item("b", queued))), Seen: plays(song("x"), time.Minute)},
			step: toList, command: ask(Append, "b"), health: party.HealthHostTookOver, way: party.DeliveryPlaylist,
		},
		{
			name: "without any device, too", in: Input{Room: byPlaylist(room(item("b", queued))), Seen: &Snapshot{At: noon}},
			step: toList, command: ask(Append, "b"), health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "the host has to press play", in: Input{Room: byPlaylist(room(appended("b", time.Minute))), Memory: silent(time.Minute, stands(song("x"), 0))},
			health: party.HealthDeviceLost, reason: party.ReasonPressPlay, way: party.DeliveryPlaylist,
		},
		{
			name: "once begun, the next song is committed earlier", in: Input{Room: byPlaylist(begun(room(item("a", playing), item("b", queued)))), Seen: plays(song("a"), 156*time.Second)},
			step: toList, command: ask(Append, "b"), health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "nobody knows whether it was appended", in: Input{Room: byPlaylist(begun(room(item("a", playing), pending()))), Memory: since(saw(plays(song("a"), 156*time.Second))), Answer: answered(Append, "b", Unreachable)},
			step: party.PlaybackStep{UnknownItem: "item-b"}, health: party.HealthUnreachable, way: party.DeliveryPlaylist,
		},
		{
			name: "the playlist is read", in: Input{Room: byPlaylist(begun(room(item("a", playing), unknown))), Seen: plays(song("a"), 160*time.Second)},
			command: ask(VerifyPlaylist, "b"), health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "it was appended", in: Input{Room: byPlaylist(begun(room(item("a", playing), unknown))), Memory: since(saw(plays(song("a"), 160*time.Second))), Answer: answered(VerifyPlaylist, "b", "", song("a"), song("b"))},
			step: party.PlaybackStep{SentItem: "item-b"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "what stands there is from before", in: Input{Room: byPlaylist(begun(room(item("a", playing), unknown))), Memory: since(saw(plays(song("a"), 160*time.Second))), Answer: answered(VerifyPlaylist, "b", "", song("b"), song("a"))},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "the playlist cannot be written any more", in: Input{Room: byPlaylist(begun(room(item("a", playing), pending()))), Memory: since(saw(plays(song("a"), 156*time.Second))), Answer: answered(Append, "b", Unavailable)},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, reason: party.ReasonNoPlaylist, way: party.DeliveryQueue,
		},
		{
			name: "the player stopped before the appended song", in: Input{Room: byPlaylist(begun(room(appended("b", time.Minute)))), Memory: silent(time.Second, listed)},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, reason: party.ReasonPlaylistIgnored, way: party.DeliveryQueue,
		},
		{
			name: "it was not the playlist that the player played", in: Input{Room: byPlaylist(begun(room(appended("b", time.Minute)))), Memory: silent(3*time.Second, stands(song("a"), 0))},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "it was appended too late for that to be a wonder", in: Input{Room: byPlaylist(begun(room(appended("b", 10*time.Second)))), Memory: silent(3*time.Second, stands(song("a"), 0))},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "the player went on to something else", in: Input{Room: byPlaylist(begun(room(appended("b", 4*time.Minute)))), Seen: plays(song("x"), 190*time.Second)},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthHostTookOver, way: party.DeliveryQueue,
		},

		// A host without Premium.
		{
			name: "Spotify plays nothing for a free account", in: Input{Room: room(committed("b", party.CommitPending, 0)), Memory: saw(stands(song("x"), 0)), Answer: premium},
			step: party.PlaybackStep{ReturnedItem: "item-b"}, health: party.HealthOK, way: party.DeliveryPlaylist,
		},
		{
			name: "so the host has to", in: Input{Room: byPlaylist(begun(room(appended("b", time.Minute)))), Memory: free},
			health: party.HealthNotAllowed, reason: party.ReasonNoPremium, way: party.DeliveryPlaylist,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			plan := Decide(tt.in)
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
				t.Errorf("shows %s %s by %s, want %s %s by %s", shown.Health, shown.Reason, shown.Delivery, tt.health, tt.reason, tt.way)
			}
		})
	}
}

func TestADeliveryThatIsSetAnewIsTriedAgain(t *testing.T) {
	r := byPlaylist(begun(room(item("a", party.NowPlaying), item("b", party.Queued))))
	m := since(saw(plays(song("a"), time.Minute)))
	m.mistrusted, m.shown = true, &party.Playback{Delivery: party.DeliveryQueue} // and the room shows PLAYLIST
	plan := Decide(Input{Now: noon, Room: r, Memory: m})
	if plan.Step.Playback == nil || plan.Step.Playback.Delivery != party.DeliveryPlaylist {
		t.Errorf("shown: %+v", plan.Step.Playback)
	}
}
