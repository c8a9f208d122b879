package sim

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// search returns the tracks that contain all words of the query, each at the beginning of a word in the title, the
// artists or the album. Case and accents do not matter. Tracks with all words in the title come first. A query without
// words finds nothing.
func (c *catalogue) search(query string) []*track {
	words := strings.Fields(fold(strings.NewReplacer("track:", " ", "artist:", " ", "album:", " ").Replace(query)))
	if len(words) == 0 {
		return nil
	}
	var inTitle, elsewhere []*track
	for _, t := range c.tracks {
		switch {
		case containsAll(t.title, words):
			inTitle = append(inTitle, t)
		case containsAll(t.text, words):
			elsewhere = append(elsewhere, t)
		}
	}
	return append(inTitle, elsewhere...)
}

// containsAll reports whether each of the words is at the beginning of a word in text.
func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(" "+text, " "+word) {
			return false
		}
	}
	return true
}

// fold normalizes text for comparison: lower case, no accents or apostrophes, single spaces between words.
func fold(text string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
			return -1
		case unicode.IsLetter(r), unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFD.String(text))
	plain = strings.NewReplacer("ø", "o", "æ", "ae", "ß", "ss", "ł", "l").Replace(plain)
	return strings.Join(strings.Fields(plain), " ")
}
