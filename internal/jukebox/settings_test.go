package jukebox_test

import (
	"fmt"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

var orderModes = []party.OrderMode{party.OrderLikes, party.OrderFair, party.OrderTurns}

func (p *fixture) settings() party.RoomSettings {
	p.Helper()
	room, err := p.Room(p.host, p.room.ID)
	p.must(err)
	settings, err := room.Settings()
	p.must(err)
	return *settings
}

func TestSettingsApplyAtOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		if s := p.settings(); s.Delivery != party.DeliveryQueue || !s.Fallback || s.FallbackPlaylistURI != nil {
			p.Errorf("the default settings are %+v", s)
		}
		update := func(in party.SettingsChange) error {
			_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &in}, nil)
			return err
		}
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		p.must(update(party.SettingsChange{
			Delivery: pointer(party.DeliveryPlaylist), Fallback: pointer(false),
			FallbackPlaylistURI: pointer("https://open.spotify.com/intl-de/playlist/37i9dQZF1DX?si=x"),
		}))
		next, err := p.LoadState(p.Context(), p.room.ID, state)
		p.must(err)
		if next.RoomVersion != next.Version || next.Settings.Fallback ||
			*next.Settings.FallbackPlaylistURI != "spotify:playlist:37i9dQZF1DX" ||
			next.Playback.Delivery != party.DeliveryPlaylist || next.PlaybackVersion != next.Version {
			p.Errorf("the room's watchers see %+v", next.Settings)
		}
		before := p.version()
		p.must(update(party.SettingsChange{Fallback: pointer(false)}))
		if p.version() != before {
			p.Error("setting the present value counted as a change")
		}
		p.must(update(party.SettingsChange{FallbackPlaylistURI: pointer("")}))
		if s := p.settings(); s.FallbackPlaylistURI != nil || s.Delivery != party.DeliveryPlaylist {
			p.Errorf("after the playlist is cleared they are %+v", s)
		}
		for _, uri := range []string{
			"spotify:track:37i9dQZF1DX", "https://evil.test/playlist/37i9dQZF1DX", "37i9dQZF1DX", "spotify:playlist:",
		} {
			refused := p.wants(party.BadUserInput, update(party.SettingsChange{FallbackPlaylistURI: &uri}))
			p.expect("field", refused.Field, "input.settings.fallbackPlaylistUri")
		}
		p.wants(party.BadUserInput, update(party.SettingsChange{Delivery: pointer(party.Delivery("PIGEON"))}))
		_, err = p.UpdateRoom(p.join("Gina"), p.room.ID, jukebox.RoomUpdate{Settings: &party.SettingsChange{}}, nil)
		p.wants(party.Forbidden, err)
	})
}

func TestFallbackMusicComesLastUnlessItIsLiked(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		song := func(n int) party.Song {
			s, err := p.catalog.Song(p.Context(), "", uri(n))
			p.must(err)
			return s
		}
		guest := p.join("Gina")
		p.step(party.PlaybackStep{Fallback: []party.Song{song(7), song(8)}})
		p.expect("alone", p.queue(), "7 8")
		p.add(guest, 1)
		p.expect("a guest's song goes first", p.queue(), "1 7 8")
		added, err := p.AddSong(guest, p.room.ID, uri(8), nil)
		p.must(err)
		if !added.AlreadyQueued || added.Item.AddedBy != nil || added.Item.LikeCount != 1 {
			p.Errorf("adding what is there: %+v", added)
		}
		p.expect("a liked one has its place", p.queue(), "8 1 7")
		p.step(party.PlaybackStep{Fallback: []party.Song{song(1)}})
		p.expect("what is there is not added", p.queue(), "8 1 7")
		_, err = p.RemoveQueueItem(guest, added.Item.ID, nil)
		p.wants(party.Forbidden, err) // fallback music was added by no member
		_, err = p.RemoveQueueItem(p.host, added.Item.ID, nil)
		p.must(err)
		p.expect("the host may remove it", p.queue(), "1 7")
	})
}

func TestFallbackSongsGiveWayInAFullQueueAndLeaveWithTheirSetting(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest := p.join("Gina")
		fill := func(numbers ...int) {
			var found []party.Song
			for _, n := range numbers {
				s, err := p.catalog.Song(p.Context(), "", uri(n))
				p.must(err)
				found = append(found, s)
			}
			p.step(party.PlaybackStep{Fallback: found})
		}
		p.settle(party.SettingsChange{MaxQueueLength: pointer(2)})
		fill(7, 8, 9)
		p.add(guest, 1)
		liked, err := p.AddSong(guest, p.room.ID, uri(9), nil)
		p.must(err)
		p.expect("a liked one counts", p.queue(), "9 1 7 8")
		_, err = p.AddSong(guest, p.room.ID, uri(2), nil)
		p.expect("reason", string(p.wants(party.Refused, err).Reason), "QUEUE_FULL")
		hits, err := p.SearchSongs(guest, p.room.ID, "song", 1, 1)
		p.must(err)
		p.expect("told in advance", string(hits.Hits[0].Refusal.Reason), "QUEUE_FULL")
		_, err = p.UnlikeQueueItem(guest, liked.Item.ID, nil)
		p.must(err)
		p.add(guest, 2)
		p.expect("it gave way", p.queue(), "1 2 7 8 9")

		p.settle(party.SettingsChange{FallbackPlaylistURI: pointer("spotify:playlist:37i9dQZF1DX")})
		p.expect("another playlist, other songs", p.queue(), "1 2")
		fill(10, 11)
		_, err = p.AddSong(guest, p.room.ID, uri(11), nil)
		p.must(err)
		p.settle(party.SettingsChange{Fallback: pointer(false)})
		p.expect("what somebody likes stays", p.queue(), "11 1 2")
	})
}

func TestSearchFindsTheRoomsSongsWhileSpotifyIsDown(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest := p.join("Gina")
		p.add(guest, 12)
		p.add(guest, 34)
		p.add(guest, 1034) // another release is the same song
		p.catalog.down = &party.Error{Code: party.UpstreamUnavailable, Message: "away", RetryAfter: time.Minute}
		p.ForgetFetched()
		for query, want := range map[string]string{"song": "34 12", "EXAMPLES 34": "34", "12": "12", "songs": "", "ong": ""} {
			found, err := p.SearchSongs(guest, p.room.ID, query, 10, 0)
			p.must(err)
			var items []*party.QueueItem
			for _, hit := range found.Hits {
				items = append(items, &party.QueueItem{Song: hit.Song})
			}
			p.expect(query, songs(items), want)
			if !found.Degraded {
				p.Error("the result does not say that these are not all songs")
			}
		}
		found, err := p.SearchSongs(guest, p.room.ID, "song", 1, 1)
		p.must(err)
		if len(found.Hits) != 1 || found.Hits[0].Song.Name != "Song 12" || found.HasMore {
			p.Errorf("the second page: %+v", found)
		}
		queue, err := p.ClearQueue(p.host, p.room.ID, nil)
		p.must(err)
		p.expect("cleared", songs(queue.Items), "")
		p.add(guest, 12) // it is known
		_, err = p.AddSong(guest, p.room.ID, uri(99), nil)
		p.wants(party.UpstreamUnavailable, err)
	})
}

func TestOnlyHostsSeeDevicesAndPlaylists(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for who, forbidden := range map[string]bool{"host": false, "guest": true} {
			ctx := p.host
			if who == "guest" {
				ctx = p.join("Gina")
			}
			room, err := p.Room(ctx, p.room.ID)
			p.must(err)
			if _, err = p.Library().Devices(ctx, room); forbidden {
				p.wants(party.Forbidden, err)
				continue
			}
			p.must(err)
		}
		profile, err := p.Profile(p.host)
		p.must(err)
		playlists, more, err := p.Library().Playlists(p.host, profile, 5, 10)
		p.must(err)
		p.expect("playlists", fmt.Sprint(playlists[0].Name, more), "Playlist 10 of 5true")
		for _, page := range [][2]int{{0, 0}, {51, 0}, {5, -1}} {
			_, _, err := p.Library().Playlists(p.host, profile, page[0], page[1])
			p.wants(party.BadUserInput, err)
		}
	})
}

func TestDeliverySetAgainIsAChangeIfAnotherIsInUse(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		list := party.DeliveryPlaylist
		set := func() (version int64, uses party.Delivery) {
			t.Helper()
			_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &party.SettingsChange{Delivery: &list}}, nil)
			p.must(err)
			watcher, err := p.Driver().Watch(p.Context(), p.room.ID)
			p.must(err)
			defer watcher.Close()
			state, err := watcher.Next(p.Context())
			p.must(err)
			return state.Version, state.Playback.Delivery
		}
		before, _ := set()
		if same, _ := set(); same != before {
			p.Error("setting the present values raised the version")
		}
		p.step(party.PlaybackStep{Playback: &party.Playback{
			Delivery: party.DeliveryQueue, Health: party.HealthOK, Status: party.Idle,
		}})
		if _, uses := set(); uses != list {
			p.Errorf("the player uses %s", uses)
		}
	})
}
