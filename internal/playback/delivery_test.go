package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
)

const partyList = "spotify:playlist:party"

// byPlaylist makes a room whose host wants a playlist, which is there.
func byPlaylist(r *jukebox.State) *jukebox.State {
	r.Settings.Delivery, r.Playback.Delivery, r.PlaylistURI = jukebox.DeliveryPlaylist, jukebox.DeliveryPlaylist, partyList
	return r
}

func begun(r *jukebox.State) *jukebox.State {
	r.Begun = true
	return r
}

func appended(name string, ago time.Duration) *jukebox.QueueItem {
	i := committed(name, jukebox.CommitSent, ago)
	i.Via = jukebox.DeliveryPlaylist
	return i
}

// since makes a memory one of the host's present wish for a playlist.
func since(m Memory) Memory {
	m.wanted = jukebox.DeliveryPlaylist
	return m
}

func TestPlaylists(t *testing.T) {
	const playing, queued = jukebox.NowPlaying, jukebox.Queued
	toList := jukebox.PlaybackStep{CommitItem: "item-b", CommitVia: jukebox.DeliveryPlaylist}
	toQueue := jukebox.PlaybackStep{CommitItem: "item-b", CommitVia: jukebox.DeliveryQueue}
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
	pending := func() *jukebox.QueueItem {
		i := committed("b", jukebox.CommitPending, 0)
		i.Via = jukebox.DeliveryPlaylist
		return i
	}
	unknown := committed("b", jukebox.CommitUnknown, 3*time.Second)
	unknown.Via = jukebox.DeliveryPlaylist
	premium := answered(Play, "b", NotAllowed)
	premium.Fault.Reason = jukebox.ReasonNoPremium
	listed := stands(song("a"), 0)
	listed.Context = partyList
	made := &Answer{Command: Command{Kind: CreatePlaylist}, PlaylistURI: partyList}

	for _, tt := range []struct {
		name    string
		in      Input
		step    jukebox.PlaybackStep // without Playback
		command Command
		health  jukebox.HealthState
		reason  jukebox.HealthReason
		way     jukebox.Delivery // from now on
	}{
		{
			name: "the playlist has to be made", in: Input{Room: noList, Seen: stands(song("x"), 0)},
			command: Command{Kind: CreatePlaylist}, health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "it is made", in: Input{Room: noList, Memory: since(saw(stands(song("x"), 0))), Answer: made},
			step: jukebox.PlaybackStep{PlaylistURI: partyList}, health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "it cannot be made", in: Input{Room: noList, Memory: since(saw(stands(song("x"), 0))), Answer: &Answer{Command: Command{Kind: CreatePlaylist}, Fault: &Fault{Kind: Unavailable}}},
			health: jukebox.HealthOK, reason: jukebox.ReasonNoPlaylist, way: jukebox.DeliveryQueue,
		},
		{
			name: "so songs are played directly", in: Input{Room: noList, Memory: denied},
			step: toQueue, command: play("b", "speaker"), health: jukebox.HealthOK, reason: jukebox.ReasonNoPlaylist, way: jukebox.DeliveryQueue,
		},
		{
			name: "the first song is there to be played", in: Input{Room: byPlaylist(room(item("b", queued))), Seen: plays(song("x"), time.Minute)},
			step: toList, command: ask(Append, "b"), health: jukebox.HealthHostTookOver, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "without any device, too", in: Input{Room: byPlaylist(room(item("b", queued))), Seen: &Snapshot{At: noon}},
			step: toList, command: ask(Append, "b"), health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "the host has to press play", in: Input{Room: byPlaylist(room(appended("b", time.Minute))), Memory: silent(time.Minute, stands(song("x"), 0))},
			health: jukebox.HealthDeviceLost, reason: jukebox.ReasonPressPlay, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "once begun, the next song is committed earlier", in: Input{Room: byPlaylist(begun(room(item("a", playing), item("b", queued)))), Seen: plays(song("a"), 156*time.Second)},
			step: toList, command: ask(Append, "b"), health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "nobody knows whether it was appended", in: Input{Room: byPlaylist(begun(room(item("a", playing), pending()))), Memory: since(saw(plays(song("a"), 156*time.Second))), Answer: answered(Append, "b", Unreachable)},
			step: jukebox.PlaybackStep{UnknownItem: "item-b"}, health: jukebox.HealthUnreachable, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "the playlist is read", in: Input{Room: byPlaylist(begun(room(item("a", playing), unknown))), Seen: plays(song("a"), 160*time.Second)},
			command: ask(VerifyPlaylist, "b"), health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "it was appended", in: Input{Room: byPlaylist(begun(room(item("a", playing), unknown))), Memory: since(saw(plays(song("a"), 160*time.Second))), Answer: answered(VerifyPlaylist, "b", "", song("a"), song("b"))},
			step: jukebox.PlaybackStep{SentItem: "item-b"}, health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "what stands there is from before", in: Input{Room: byPlaylist(begun(room(item("a", playing), unknown))), Memory: since(saw(plays(song("a"), 160*time.Second))), Answer: answered(VerifyPlaylist, "b", "", song("b"), song("a"))},
			step: jukebox.PlaybackStep{ReturnedItem: "item-b"}, health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "the playlist cannot be written any more", in: Input{Room: byPlaylist(begun(room(item("a", playing), pending()))), Memory: since(saw(plays(song("a"), 156*time.Second))), Answer: answered(Append, "b", Unavailable)},
			step: jukebox.PlaybackStep{ReturnedItem: "item-b"}, health: jukebox.HealthOK, reason: jukebox.ReasonNoPlaylist, way: jukebox.DeliveryQueue,
		},
		{
			name: "the player stopped before the appended song", in: Input{Room: byPlaylist(begun(room(appended("b", time.Minute)))), Memory: silent(time.Second, listed)},
			step: jukebox.PlaybackStep{ReturnedItem: "item-b"}, health: jukebox.HealthOK, reason: jukebox.ReasonPlaylistIgnored, way: jukebox.DeliveryQueue,
		},
		{
			name: "it was not the playlist that the player played", in: Input{Room: byPlaylist(begun(room(appended("b", time.Minute)))), Memory: silent(3*time.Second, stands(song("a"), 0))},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"}, health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "it was appended too late for that to be a wonder", in: Input{Room: byPlaylist(begun(room(appended("b", 10*time.Second)))), Memory: silent(3*time.Second, stands(song("a"), 0))},
			command: Command{Kind: PlayPlaylist, ItemID: "item-b", URI: "spotify:track:b", DeviceID: "speaker"}, health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "the player went on to something else", in: Input{Room: byPlaylist(begun(room(appended("b", 4*time.Minute)))), Seen: plays(song("x"), 190*time.Second)},
			step: jukebox.PlaybackStep{ReturnedItem: "item-b"}, health: jukebox.HealthHostTookOver, way: jukebox.DeliveryQueue,
		},

		// A host without Premium.
		{
			name: "Spotify plays nothing for a free account", in: Input{Room: room(committed("b", jukebox.CommitPending, 0)), Memory: saw(stands(song("x"), 0)), Answer: premium},
			step: jukebox.PlaybackStep{ReturnedItem: "item-b"}, health: jukebox.HealthOK, way: jukebox.DeliveryPlaylist,
		},
		{
			name: "so the host has to", in: Input{Room: byPlaylist(begun(room(appended("b", time.Minute)))), Memory: free},
			health: jukebox.HealthNotAllowed, reason: jukebox.ReasonNoPremium, way: jukebox.DeliveryPlaylist,
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
	r := byPlaylist(begun(room(item("a", jukebox.NowPlaying), item("b", jukebox.Queued))))
	m := since(saw(plays(song("a"), time.Minute)))
	m.mistrusted, m.shown = true, &jukebox.Playback{Delivery: jukebox.DeliveryQueue} // and the room shows PLAYLIST
	plan := Decide(Input{Now: noon, Room: r, Memory: m})
	if plan.Step.Playback == nil || plan.Step.Playback.Delivery != jukebox.DeliveryPlaylist {
		t.Errorf("shown: %+v", plan.Step.Playback)
	}
}
