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

const (
	MaxName           = 40
	MaxQuery          = 200
	MaxIdempotencyKey = 64
)

var (
	codePattern  = regexp.MustCompile(`^[A-Z0-9-]{4,20}$`)
	trackPattern = regexp.MustCompile(`^[0-9A-Za-z]{22}$`)
)

// parseName trims a name of a person or a room and checks that it has 1–40 characters that can be shown on one line.
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

// disturbing characters break lines or turn the direction of the text around them.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// parseCode folds a room code and checks it: 4–20 of A–Z, 0–9 and -.
func ParseCode(field, code string) (string, error) {
	folded := strings.ToUpper(strings.TrimSpace(code))
	if !codePattern.MatchString(folded) {
		return "", BadInput(field, "must have 4 to 20 of A-Z, 0-9 and -")
	}
	return folded, nil
}

// parseID checks that an id has the form of those we give out.
func ParseID(field, id string) (string, error) {
	parsed, err := uuid.Parse(id)
	if err != nil || parsed.String() != id {
		return "", BadInput(field, "is not an id")
	}
	return id, nil
}

// parseTrack reads spotify:track:ID, or a link to a track on open.spotify.com, and returns the URI.
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

// idOfLink returns the id in https://open.spotify.com/KIND/ID or …/intl-de/KIND/ID, or nothing.
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

// cut shortens a text of Spotify's to so many bytes that its column takes, at the edge of a character.
func Truncate(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
