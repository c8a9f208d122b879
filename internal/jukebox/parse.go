package jukebox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

const (
	maxName           = 40
	maxQuery          = 200
	maxIdempotencyKey = 64
	codeLength        = 5
	// codeAlphabet has no characters that are taken for one another when read aloud or off a screen.
	codeAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
)

var (
	codePattern  = regexp.MustCompile(`^[A-Z0-9-]{4,20}$`)
	trackPattern = regexp.MustCompile(`^[0-9A-Za-z]{22}$`)
)

// parseName trims a name of a person or a room and checks that it has 1–40 characters that can be shown on one line.
func parseName(field, name string) (string, error) {
	if len(name) > maxName*utf8.UTFMax*4 || !utf8.ValidString(name) {
		return "", badInput(field, "must have 1 to %d characters", maxName)
	}
	name = strings.TrimSpace(norm.NFC.String(name))
	if n := utf8.RuneCountInString(name); n < 1 || n > maxName {
		return "", badInput(field, "must have 1 to %d characters", maxName)
	}
	if strings.ContainsFunc(name, disturbing) {
		return "", badInput(field, "must not contain control characters")
	}
	return name, nil
}

// disturbing characters break lines or turn the direction of the text around them.
func disturbing(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// parseCode folds a room code and checks it: 4–20 of A–Z, 0–9 and -.
func parseCode(field, code string) (string, error) {
	folded := strings.ToUpper(strings.TrimSpace(code))
	if !codePattern.MatchString(folded) {
		return "", badInput(field, "must have 4 to 20 of A-Z, 0-9 and -")
	}
	return folded, nil
}

// generateCode makes a code that is easily read out.
func generateCode() string {
	code := make([]byte, codeLength)
	for i := range code {
		code[i] = codeAlphabet[rand.IntN(len(codeAlphabet))]
	}
	return string(code)
}

// parseID checks that an id has the form of those we give out.
func parseID(field, id string) (string, error) {
	parsed, err := uuid.Parse(id)
	if err != nil || parsed.String() != id {
		return "", badInput(field, "is not an id")
	}
	return id, nil
}

// parseTrack reads spotify:track:ID, or a link to a track on open.spotify.com, and returns the URI.
func parseTrack(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	id, isURI := strings.CutPrefix(text, "spotify:track:")
	if !isURI {
		id = idOfLink(text, "track")
	}
	if !trackPattern.MatchString(id) {
		return "", badInput(field, "must be spotify:track:… or a link to a track on open.spotify.com")
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

// recordingOf names the recording of a song, so that its releases are one: the ISRC where there is one, otherwise title,
// artist and length in steps of five seconds.
func recordingOf(s Song) string {
	if s.ISRC != "" {
		return "isrc:" + strings.ToUpper(s.ISRC)
	}
	artist := ""
	if len(s.Artists) > 0 {
		artist = s.Artists[0]
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", plain(s.Name), plain(artist), s.DurationMS/5000))
	return "name:" + hex.EncodeToString(sum[:16])
}

// plain is text without case, accents, spaces and punctuation, unless it consists of nothing else.
func plain(text string) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(text))
	return cmp.Or(letters, text)
}
