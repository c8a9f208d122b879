package party

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

// The longest texts that clients may send, in characters.
const (
	MaxName           = 40
	MaxQuery          = 200
	MaxIdempotencyKey = 64
)

var (
	codePattern  = regexp.MustCompile(`^[A-Z0-9-]{4,20}$`)
	trackPattern = regexp.MustCompile(`^[0-9A-Za-z]{22}$`)
)

// ParseName returns the name of a user or a room in normal form C and without surrounding white space. It returns a
// BadUserInput error for field unless that leaves 1 to MaxName characters which can be shown on one line.
func ParseName(field, name string) (string, error) {
	if len(name) > MaxName*utf8.UTFMax*4 || !utf8.ValidString(name) {
		return "", BadInput(field, "must have 1 to %d characters", MaxName)
	}
	name = strings.TrimSpace(norm.NFC.String(name))
	if n := utf8.RuneCountInString(name); n < 1 || n > MaxName {
		return "", BadInput(field, "must have 1 to %d characters", MaxName)
	}
	if strings.ContainsFunc(name, breaksLine) {
		return "", BadInput(field, "must not contain control characters")
	}
	return name, nil
}

// breaksLine reports whether a character breaks lines, controls the terminal or reverses the direction of the text
// around it.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// ParseCode returns a room's code in upper case, or a BadUserInput error unless it has 4 to 20 of A–Z, 0–9 and -.
func ParseCode(field, code string) (string, error) {
	folded := strings.ToUpper(strings.TrimSpace(code))
	if !codePattern.MatchString(folded) {
		return "", BadInput(field, "must have 4 to 20 of A-Z, 0-9 and -")
	}
	return folded, nil
}

// ParseID returns id, or a BadUserInput error unless it has the form of the ids that the server makes.
func ParseID(field, id string) (string, error) {
	parsed, err := uuid.Parse(id)
	if err != nil || parsed.String() != id {
		return "", BadInput(field, "is not an id")
	}
	return id, nil
}

// ParseTrack returns the URI spotify:track:ID for such a URI or for a link to a track on open.spotify.com, and a
// BadUserInput error for any other text.
func ParseTrack(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	id, isURI := strings.CutPrefix(text, "spotify:track:")
	if !isURI {
		id = idOfLink(text, "track")
	}
	if !trackPattern.MatchString(id) {
		return "", BadInput(field, "must be spotify:track:… or a link to a track on open.spotify.com")
	}
	return "spotify:track:" + id, nil
}

// idOfLink returns the id in https://open.spotify.com/KIND/ID or https://open.spotify.com/intl-XX/KIND/ID, and "" for
// any other text.
func idOfLink(text, kind string) string {
	link, err := url.Parse(text)
	if err != nil || link.Scheme != "https" || link.Host != "open.spotify.com" {
		return ""
	}
	parts := strings.Split(strings.Trim(link.Path, "/"), "/")
	if len(parts) == 3 && strings.HasPrefix(parts[0], "intl-") {
		parts = parts[1:]
	}
	if len(parts) != 2 || parts[0] != kind {
		return ""
	}
	return parts[1]
}

// Truncate cuts a text to at most this many bytes, at the edge of a character. It makes texts from Spotify fit their
// columns.
func Truncate(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
