package spotify

import (
	"net/url"
	"strings"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
)

const trackURI = "spotify:track:"

// idOf returns the id at the end of a Spotify URI.
func idOf(uri string) zmb3.ID { return zmb3.ID(uri[strings.LastIndexByte(uri, ':')+1:]) }

// playlistPath returns the Web API's path below a playlist, such as playlists/{id}/items for the rest "/items".
func playlistPath(uri, rest string) string {
	return "playlists/" + url.PathEscape(string(idOf(uri))) + rest
}

// isSong reports whether a track is a song that can be queued. In its place there may also be an episode, a local file
// of the host, or nil.
func isSong(t *zmb3.FullTrack) bool {
	return t != nil && strings.HasPrefix(string(t.URI), trackURI) && len(t.URI) <= party.MaxURI
}

// toSongs converts the items that are songs, and skips the others.
func toSongs[T any](items []T, track func(*T) *zmb3.FullTrack) (songs []party.Song) {
	for i := range items {
		if t := track(&items[i]); isSong(t) {
			songs = append(songs, toSong(t))
		}
	}
	return songs
}

// trackItself is for toSongs, for lists whose items are the tracks themselves.
func trackItself(t *zmb3.FullTrack) *zmb3.FullTrack { return t }

// toSong converts a track, with texts of a bounded length. It is assumed to be playable unless Spotify says otherwise.
func toSong(t *zmb3.FullTrack) party.Song {
	s := party.Song{
		URI: string(t.URI), Name: t.Name, AlbumName: t.Album.Name, DurationMS: int(t.Duration), Explicit: t.Explicit,
		SpotifyURL: t.ExternalURLs["spotify"], ISRC: t.ExternalIDs["isrc"], Playable: t.IsPlayable == nil || *t.IsPlayable,
		ImageURL: coverURL(t.Album.Images),
	}
	for _, artist := range t.Artists {
		s.Artists = append(s.Artists, artist.Name)
		s.ArtistURIs = append(s.ArtistURIs, string(artist.URI))
	}
	return s.Bounded()
}

// coverURL returns the URL of the largest image, which Spotify lists first, and nil if there are none.
func coverURL(images []zmb3.Image) *string {
	if len(images) == 0 {
		return nil
	}
	return &images[0].URL
}
