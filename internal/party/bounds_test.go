package party_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"antwon.dj/backend/internal/party"
)

func TestOverlongTextsOfSongsAreCutOrDropped(t *testing.T) {
	long := strings.Repeat("ü", 2000)
	song := party.Song{
		URI: "spotify:track:1", Name: long, AlbumName: long, ImageURL: &long, SpotifyURL: long, ISRC: long,
		Artists: slices.Repeat([]string{long}, 80), ArtistURIs: slices.Repeat([]string{"spotify:artist:1", long}, 40),
	}
	got := song.Bounded()
	for name, tt := range map[string]struct {
		text string
		most int
	}{"name": {got.Name, 1024}, "album": {got.AlbumName, 1024}, "artist": {got.Artists[0], 255}} {
		if len(tt.text) > tt.most || len(tt.text) < tt.most-1 || !utf8.ValidString(tt.text) {
			t.Errorf("%s has %d bytes", name, len(tt.text))
		}
	}
	if got.ImageURL != nil || got.ISRC != "" || got.SpotifyURL != "https://open.spotify.com/track/1" {
		t.Errorf("image %v, ISRC %q, page %q", got.ImageURL, got.ISRC, got.SpotifyURL)
	}
	if len(got.Artists) != 50 || len(got.ArtistURIs) != 50 || got.ArtistURIs[0] != "spotify:artist:1" ||
		got.ArtistURIs[1] != "" {
		t.Errorf("%d artists, URIs %.60q", len(got.Artists), got.ArtistURIs)
	}
	if song.Artists[0] != long {
		t.Error("the original was modified")
	}
	if again := got.Bounded(); !reflect.DeepEqual(again, got) {
		t.Errorf("bounded again: %+v", again)
	}
}

func TestOrdinarySongsAreUnchanged(t *testing.T) {
	image := "https://i.scdn.co/image/1"
	for _, song := range []party.Song{
		{}, {URI: "spotify:track:1", Name: "Song", Artists: []string{"A", "B"}, ArtistURIs: []string{"spotify:artist:1", ""},
			AlbumName: "Album", ImageURL: &image, SpotifyURL: "https://open.spotify.com/track/1", ISRC: "ZZANT2600001",
			DurationMS: 1, Explicit: true, Playable: true},
	} {
		if got := song.Bounded(); !reflect.DeepEqual(got, song) {
			t.Errorf("%+v became %+v", song, got)
		}
	}
}

func TestOverlongTextsOfPlaylistsAreCutOrDropped(t *testing.T) {
	long := strings.Repeat("x", 2000)
	got := party.Playlist{URI: "spotify:playlist:1", Name: long, ImageURL: &long, SpotifyURL: long, SongCount: 3}.Bounded()
	want := party.Playlist{URI: "spotify:playlist:1", Name: long[:1024], SongCount: 3,
		SpotifyURL: "https://open.spotify.com/playlist/1"}
	if got != want {
		t.Errorf("got %+v", got)
	}
}
