package jukebox_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

func TestHostsBlockAndUnblockAtTheSameTime(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		change := func(change party.SettingsChange) error {
			_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &change}, nil)
			return err
		}
		blocked := func() string {
			settings := p.settings()
			return strings.Join(slices.Sorted(slices.Values(settings.BlockedNames())), ", ")
		}
		p.must(change(party.SettingsChange{Block: []string{uri(1), artist(2)}}))
		var hosts sync.WaitGroup
		for _, c := range []party.SettingsChange{
			{Block: []string{uri(3)}}, {Block: []string{uri(4)}}, {Block: []string{uri(5), uri(6)}}, {Unblock: []string{uri(1)}},
		} {
			hosts.Go(func() {
				if err := change(c); err != nil {
					p.Error(err)
				}
			})
		}
		hosts.Wait()
		p.expect("blocked", blocked(), "Artist 2, Song 3, Song 4, Song 5, Song 6")

		before := p.version()
		p.must(change(party.SettingsChange{Block: []string{uri(3)}, Unblock: []string{uri(1)}}))
		if p.version() != before {
			p.Error("blocking what is blocked, and unblocking what is not, counted as a change")
		}
		link := "https://open.spotify.com/track/" + uri(3)[len("spotify:track:"):]
		p.must(change(party.SettingsChange{Block: []string{uri(7)}, Unblock: []string{link, artist(2)}}))
		p.expect("blocked", blocked(), "Song 4, Song 5, Song 6, Song 7")
		names := p.settings()
		p.expect("the last one", names.BlockedNames()[3], "Song 7")
		p.must(change(party.SettingsChange{Unblock: []string{uri(4), uri(5), uri(6), uri(7)}}))
		p.expect("blocked", blocked(), "")
	})
}

func TestARoomBlocksAtMostTwoHundred(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		block := func(first, last int) error {
			var uris []string
			for n := first; n <= last; n++ {
				uris = append(uris, uri(n))
			}
			change := &party.SettingsChange{Block: uris}
			_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: change}, nil)
			return err
		}
		p.expect("field", p.wants(party.BadUserInput, block(1, 21)).Field, "input.block")
		p.expect("blocked", fmt.Sprint(p.settings().Blocked), "[]")
		for first := 1; first <= 181; first += 20 {
			p.must(block(first, first+19))
		}
		p.expect("field", p.wants(party.BadUserInput, block(201, 201)).Field, "input.block")
		p.must(block(200, 200)) // is blocked already
		before := p.version()
		change := jukebox.RoomUpdate{Name: pointer("Full"), Settings: &party.SettingsChange{Block: []string{uri(201)}}}
		_, err := p.UpdateRoom(p.host, p.room.ID, change, nil)
		p.wants(party.BadUserInput, err)
		if n := len(p.settings().Blocked); n != 200 || p.version() != before {
			p.Errorf("%d are blocked in version %d, want 200 in %d", n, p.version(), before)
		}
	})
}
