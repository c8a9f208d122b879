package party

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// recordingOf names the recording of a song, so that its releases are one: the ISRC where there is one, otherwise title,
// artist and length in steps of five seconds.
func RecordingOf(s Song) string {
	if s.ISRC != "" {
		return "isrc:" + strings.ToUpper(s.ISRC)
	}
	artist := ""
	if len(s.Artists) > 0 {
		artist = s.Artists[0]
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", FoldText(s.Name), FoldText(artist), s.DurationMS/5000))
	return "name:" + hex.EncodeToString(sum[:16])
}

// plain is text without case, accents, spaces and punctuation, unless it consists of nothing else.
func FoldText(text string) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(text))
	return cmp.Or(letters, text)
}

// Song is a recording as Spotify describes it. Clients never supply any of it: the server fetches it by its URI.
type Song struct {
	URI        string // spotify:track:…
	Name       string
	Artists    []string
	ArtistURIs []string // spotify:artist:…, in the order of Artists; empty where they are not known
	AlbumName  string
	ImageURL   *string // cover, nil where there is none
	DurationMS int
	Explicit   bool
	SpotifyURL string // the page to link to wherever the song is shown
	ISRC       string // empty where Spotify gives none
	Playable   bool   // whether Spotify plays it for the host, when it was fetched
}

// Playlist is a playlist of a host's Spotify account.
type Playlist struct {
	URI        string // spotify:playlist:…
	Name       string
	SongCount  int
	ImageURL   *string
	SpotifyURL string
}
