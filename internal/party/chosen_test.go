package party_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// A guest may add a song of the host's playlist in any release, and also if only one of Spotify's answers has its ISRC.
func TestPlaylistForGuestsKnowsItsSongsInEachOfSpotifysAnswers(t *testing.T) {
	song := func(uri, isrc string) party.Song {
		return party.Song{URI: uri, Name: "Song", Artists: []string{"Artist"}, ISRC: isrc, Playable: true}
	}
	uri := "spotify:playlist:1"
	settings := party.DefaultSettings()
	settings.GuestPlaylistURI = &uri
	chosen := party.NewChosenSongs(uri, []party.Song{
		song("spotify:track:a", "ZZANT2500001"), song("spotify:track:b", "ZZANT2500001"), song("spotify:track:c", ""),
	})
	if len(chosen.Songs) != 2 {
		t.Errorf("the playlist has %d recordings, want 2", len(chosen.Songs))
	}
	for name, test := range map[string]struct {
		song      party.Song
		isAllowed bool
	}{
		"the song":                               {song("spotify:track:a", "ZZANT2500001"), true},
		"the song, without its ISRC":             {song("spotify:track:a", ""), true},
		"its other release, without its ISRC":    {song("spotify:track:b", ""), true},
		"a release that is not in the playlist":  {song("spotify:track:d", "ZZANT2500001"), true},
		"a song that had no ISRC, and has one":   {song("spotify:track:c", "ZZANT2500002"), true},
		"a song that is not in it":               {song("spotify:track:e", "ZZANT2500003"), false},
		"another one with the name, without one": {party.Song{URI: "spotify:track:f", Name: "Other", Playable: true}, false},
	} {
		refusal := settings.MayAdd(party.AddRequest{Song: test.song, Role: party.RoleGuest, Chosen: chosen}, time.Now())
		if (refusal == nil) != test.isAllowed {
			t.Errorf("%s: the refusal is %v", name, refusal)
		}
	}
}
