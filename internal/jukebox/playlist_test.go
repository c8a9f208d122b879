package jukebox_test

import (
	"context"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

const weddingList = "spotify:playlist:37i9dQZF1DX"

// chooses makes the host choose a playlist of these songs for guests.
func (p *fixture) chooses(use party.PlaylistUse, songs ...int) {
	p.Helper()
	p.catalog.playlist = songs
	p.settle(party.SettingsChange{GuestPlaylistURI: pointer(weddingList), GuestPlaylistUse: &use})
}

// inPlaylist returns the songs of the playlist that contain the words, as the viewer finds them.
func (p *fixture) inPlaylist(who context.Context, words string) string {
	p.Helper()
	found, err := p.PlaylistSongs(who, p.room.ID, &words, 50, 0)
	p.must(err)
	text := ""
	for _, hit := range found.Hits {
		text += " " + hit.Song.Name
		if !hit.CanAdd {
			text += " (" + string(hit.Refusal.Reason) + ")"
		}
	}
	return text
}

func TestGuestsAddSongsOfTheHostsPlaylistOnly(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.chooses(party.PlaylistAdd, 1, 2, 12, 666)
		p.cannotAdd(gina, 3, party.ReasonNotInPlaylist)
		item := p.add(gina, 2)
		_, err := p.AddSong(gina, p.room.ID, uri(1001), nil) // the same recording from another release
		p.must(err)
		p.expect("the playlist", p.inPlaylist(gina, ""), " Song 1 Song 2 Song 12")
		p.expect("what contains the words", p.inPlaylist(gina, "examples 2"), " Song 2 Song 12")

		other := p.add(p.host, 3) // hosts may add anything, and what they add can be liked
		p.like(gina, other)
		again, err := p.AddSong(p.join("Ben"), p.room.ID, uri(3), nil)
		p.must(err)
		if !again.AlreadyQueued {
			p.Error("a song that the host added became another item, want a like")
		}
		p.settle(party.SettingsChange{GuestPlaylistURI: pointer("")})
		p.expect("without a playlist", p.inPlaylist(gina, ""), "")
		p.add(gina, 4)
		p.expect("it stays", string(item.State), string(party.Queued))
	})
}

func TestGuestsOnlyLikeWhereTheHostWantsIt(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.chooses(party.PlaylistLike, 1, 2)
		p.cannotAdd(gina, 1, party.ReasonOnlyLikes)
		p.like(gina, p.add(p.host, 1))
		p.expect("the playlist", p.inPlaylist(gina, "2"), " Song 2 (ONLY_LIKES)")
	})
}

func TestPlaylistSongsArePaged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.chooses(party.PlaylistAdd, 1, 2, 3)
		first, err := p.PlaylistSongs(p.host, p.room.ID, nil, 2, 0)
		p.must(err)
		last, err := p.PlaylistSongs(p.host, p.room.ID, nil, 2, 2)
		p.must(err)
		beyond, err := p.PlaylistSongs(p.host, p.room.ID, nil, 2, 99)
		p.must(err)
		if len(first.Hits) != 2 || !first.HasMore || len(last.Hits) != 1 || last.HasMore || len(beyond.Hits) != 0 {
			p.Errorf("the pages have %d, %d and %d songs", len(first.Hits), len(last.Hits), len(beyond.Hits))
		}
		_, err = p.PlaylistSongs(p.host, p.room.ID, nil, 51, 0)
		p.expect("field", p.wants(party.BadUserInput, err).Field, "first")
	})
}

// Spotify is asked once in five minutes, however many guests look at the playlist, and a change is seen after that.
func TestChangedPlaylistIsSeenWithinFiveMinutes(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina := p.join("Gina")
		p.chooses(party.PlaylistAdd, 1)
		for range 20 {
			p.cannotAdd(gina, 2, party.ReasonNotInPlaylist)
		}
		if p.catalog.reads != 1 {
			p.Errorf("the playlist was read %d times, want once", p.catalog.reads)
		}
		p.catalog.playlist = []int{2}
		time.Sleep(5 * time.Minute)
		p.add(gina, 2)
		p.cannotAdd(gina, 1, party.ReasonNotInPlaylist)
	})
}

// If a playlist can no longer be read, its last known songs count for a day. After that, or if it was never read,
// guests are told that this is why they cannot add songs. They can add songs again as soon as it can be read.
func TestUnreadablePlaylistCountsAsItWas(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina := p.join("Gina")
		p.chooses(party.PlaylistAdd, 1, 2)
		p.expect("the playlist", p.inPlaylist(gina, ""), " Song 1 Song 2")
		p.catalog.playlist = nil // the host has deleted it
		time.Sleep(23 * time.Hour)
		found, err := p.PlaylistSongs(gina, p.room.ID, nil, 10, 0)
		p.must(err)
		if !found.Degraded || len(found.Hits) != 2 {
			p.Errorf("got %d songs, degraded %t, want the two of yesterday", len(found.Hits), found.Degraded)
		}
		p.add(gina, 1)

		time.Sleep(2 * time.Hour)
		p.cannotAdd(gina, 2, party.ReasonPlaylistUnreadable)
		_, err = p.PlaylistSongs(gina, p.room.ID, nil, 10, 0)
		p.wants(party.NotFound, err)
		p.catalog.playlist = []int{2}
		time.Sleep(15 * time.Second)
		p.add(gina, 2)
	})
}
