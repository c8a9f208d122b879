package spotify

import (
	"net/url"
	"strings"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
)

const trackURI = "spotify:track:"

// idOf is the id in any of Spotify's URIs.
func idOf(uri string) zmb3.ID { return zmb3.ID(uri[strings.LastIndexByte(uri, ':')+1:]) }

// playlistPath is a playlist's path, by its URI.
func playlistPath(uri, rest string) string {
	return "playlists/" + url.PathEscape(string(idOf(uri))) + rest
}

// isSong tells songs from what else may be in their place: episodes, files of the host's own, nothing.
func isSong(t *zmb3.FullTrack) bool { return t != nil && strings.HasPrefix(string(t.URI), trackURI) }

// songsOf are the songs among what was found.
func songsOf[T any](items []T, track func(*T) *zmb3.FullTrack) (songs []party.Song) {
	for i := range items {
		if t := track(&items[i]); isSong(t) {
			songs = append(songs, songOf(t))
		}
	}
	return songs
}

// itself is the track of a list that consists of tracks.
func itself(t *zmb3.FullTrack) *zmb3.FullTrack { return t }

// songOf reads a track. Where Spotify does not say whether it can be played, it probably can.
func songOf(t *zmb3.FullTrack) party.Song {
	s := party.Song{
		URI: string(t.URI), Name: t.Name, AlbumName: t.Album.Name, DurationMS: int(t.Duration), Explicit: t.Explicit,
		SpotifyURL: t.ExternalURLs["spotify"], ISRC: t.ExternalIDs["isrc"], Playable: t.IsPlayable == nil || *t.IsPlayable,
		ImageURL: cover(t.Album.Images),
	}
	for _, artist := range t.Artists {
		s.Artists = append(s.Artists, artist.Name)
		s.ArtistURIs = append(s.ArtistURIs, string(artist.URI))
	}
	return s
}

// cover is the largest image, which comes first.
func cover(images []zmb3.Image) *string {
	if len(images) == 0 {
		return nil
	}
	return &images[0].URL
}
