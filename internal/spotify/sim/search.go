package sim

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// search returns the tracks in whose title, artists and album every word of the query begins a word, whatever its case
// and accents: first those that have all of them in the title. A query without a word finds nothing.
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

func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(" "+text, " "+word) {
			return false
		}
	}
	return true
}

// fold is text as the search compares it: lower case, no accents, no apostrophes, one space between words.
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
