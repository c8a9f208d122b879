package jukebox_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// A server that knows a song learns within an hour what another server has stored about it since.
func TestServersReadSongsAgainAfterAnHour(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.add(p.host, 1)
		song := func() party.Song {
			state, err := p.LoadState(p.Context(), p.room.ID, nil)
			p.must(err)
			return state.Queue[0].Song
		}
		if !song().Playable {
			p.Fatal("the song is not playable at first")
		}
		change := "UPDATE songs SET playable = FALSE, artist_uris = '[\"spotify:artist:other\"]'"
		p.must(jukebox.Exec(p.Context(), p.store, change))
		time.Sleep(time.Hour + time.Second)
		if s := song(); s.Playable || len(s.ArtistURIs) != 1 || s.ArtistURIs[0] != "spotify:artist:other" {
			p.Errorf("an hour later it is still %+v", s)
		}
	})
}
