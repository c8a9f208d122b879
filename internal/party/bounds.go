package party

import (
	"slices"
	"strings"
)

// The maximum lengths of stored texts from Spotify, in bytes. They are those of the columns.
const (
	MaxURI     = 128
	maxTitle   = 1024 // of a song, an album or a playlist
	maxArtist  = 255
	maxArtists = 50
	maxAddress = 1024
	maxISRC    = 32
)

// Bounded returns the song with texts that fit their columns. Titles and names are cut. Values that would be wrong if
// they were cut are replaced or dropped: the address of an image, the page at Spotify, the ISRC. The URI is not
// changed.
func (s Song) Bounded() Song {
	s.Name, s.AlbumName = Truncate(s.Name, maxTitle), Truncate(s.AlbumName, maxTitle)
	s.ImageURL = boundedAddress(s.ImageURL)
	if len(s.SpotifyURL) > maxAddress {
		s.SpotifyURL = "https://open.spotify.com/track/" + s.URI[strings.LastIndexByte(s.URI, ':')+1:]
	}
	if len(s.ISRC) > maxISRC {
		s.ISRC = ""
	}
	s.Artists = boundedList(s.Artists, func(name string) string { return Truncate(name, maxArtist) })
	s.ArtistURIs = boundedList(s.ArtistURIs, func(uri string) string {
		if len(uri) > MaxURI {
			return "" // it keeps its place, as the artists are in the same order
		}
		return uri
	})
	return s
}

// boundedList returns the first maxArtists elements of a list, each changed by bound. It does not modify the list, and
// returns nil for nil.
func boundedList(list []string, bound func(string) string) []string {
	list = slices.Clone(list[:min(len(list), maxArtists)])
	for i, text := range list {
		list[i] = bound(text)
	}
	return list
}

// Bounded returns the playlist with texts of a bounded length, in the same way as Song.Bounded.
func (p Playlist) Bounded() Playlist {
	p.Name, p.ImageURL = Truncate(p.Name, maxTitle), boundedAddress(p.ImageURL)
	if len(p.SpotifyURL) > maxAddress {
		p.SpotifyURL = "https://open.spotify.com/playlist/" + p.URI[strings.LastIndexByte(p.URI, ':')+1:]
	}
	return p
}

// boundedAddress returns nil for an address that is too long, because a part of an address leads nowhere.
func boundedAddress(address *string) *string {
	if address == nil || len(*address) > maxAddress {
		return nil
	}
	return address
}
