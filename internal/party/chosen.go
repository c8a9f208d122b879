package party

import "strings"

// PlaylistUse says what guests may do with the playlist that a host chose for them.
type PlaylistUse string

const (
	PlaylistAdd  PlaylistUse = "ADD"  // add its songs, and no others
	PlaylistLike PlaylistUse = "LIKE" // add nothing: only like what waits
)

// ChosenSongs are the songs of a playlist that a host chose for the guests, as they were read last. It is immutable. A
// nil *ChosenSongs is a playlist that could not be read.
type ChosenSongs struct {
	URI   string          // of the playlist
	Songs []Song          // in its order, each recording once, without songs that Spotify does not play
	known map[string]bool // their recordings, and their URIs, because some answers of Spotify lack a song's ISRC
}

// NewChosenSongs returns the songs of the playlist with this URI.
func NewChosenSongs(uri string, songs []Song) *ChosenSongs {
	chosen := &ChosenSongs{URI: uri, known: make(map[string]bool, 2*len(songs))}
	for _, song := range songs {
		song = song.Bounded()
		recording := RecordingOf(song)
		if !song.Playable {
			continue
		}
		if !chosen.known[recording] {
			chosen.Songs = append(chosen.Songs, song)
		}
		chosen.known[recording], chosen.known[song.URI] = true, true
	}
	return chosen
}

func (c *ChosenSongs) has(song Song) bool { return c.known[RecordingOf(song)] || c.known[song.URI] }

// Find returns the songs with all these words in their title, artists or album, whatever their case, in the order of
// the playlist. Without words it returns all songs.
func (c *ChosenSongs) Find(words string) (found []Song) {
	wanted := strings.Fields(strings.ToLower(words))
	for _, song := range c.Songs {
		text := strings.ToLower(song.Name + " " + strings.Join(song.Artists, " ") + " " + song.AlbumName)
		if containsAll(text, wanted) {
			found = append(found, song)
		}
	}
	return found
}

func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// mayAddFrom returns why a guest may not add a song because of the playlist that the host chose for guests, or nil.
// chosen is that playlist, unless the host has just chosen another one.
func (s *RoomSettings) mayAddFrom(chosen *ChosenSongs, song Song) *Refusal {
	switch {
	case s.GuestPlaylistURI == nil:
		return nil
	case s.GuestPlaylistUse == PlaylistLike:
		return refusal(ReasonOnlyLikes, "In this room the hosts add the songs, and guests like the ones they want to hear.")
	case chosen == nil || chosen.URI != *s.GuestPlaylistURI:
		return refusal(ReasonPlaylistUnreadable,
			"The host’s playlist cannot be read at present, so no songs can be added. You can still like songs.")
	case !chosen.has(song):
		return refusal(ReasonNotInPlaylist, "Guests can add songs of the host’s playlist here, and this one is not in it.")
	}
	return nil
}
