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

// RecordingOf returns a key that all releases of the same song share: its ISRC or, without one, a hash of its folded
// title, its main artist and its length in steps of five seconds.
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

// FoldText returns the letters and digits of a text in lower case and without accents, so that texts that differ only
// in spelling become equal. A text that has neither is returned as it is.
func FoldText(text string) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(text))
	return cmp.Or(letters, text)
}

// Song is a song as Spotify describes it. Clients never supply any of it: they send a URI, and the server looks it up.
type Song struct {
	URI        string // spotify:track:…
	Name       string
	Artists    []string
	ArtistURIs []string // spotify:artist:…, in the order of Artists; empty if unknown
	AlbumName  string
	ImageURL   *string // cover, nil where there is none
	DurationMS int
	Explicit   bool
	SpotifyURL string // wherever the song is shown, it has to be linked to this page
	ISRC       string // empty if Spotify gives none
	Playable   bool   // whether Spotify played it for the host when it was looked up
}

// Playlist is a playlist of a host's Spotify account.
type Playlist struct {
	URI        string // spotify:playlist:…
	Name       string
	SongCount  int
	ImageURL   *string
	SpotifyURL string
}
