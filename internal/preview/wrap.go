package preview

import "strings"

// wrap breaks a text into lines that fit, between words if possible, and within a word that is longer than a line. Each
// line has at least one letter, even if that does not fit.
func wrap(s string, fits func(string) bool) (lines []string) {
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case fits(line + " " + word):
			line += " " + word
			continue
		default:
			lines, line = append(lines, line), word
		}
		for !fits(line) {
			head, rest := split(line, fits)
			if rest == "" {
				break
			}
			lines, line = append(lines, head), rest
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// split returns as much of a word as fits, and the rest.
func split(word string, fits func(string) bool) (head, rest string) {
	letters := []rune(word)
	n := 1
	for n < len(letters) && fits(string(letters[:n+1])) {
		n++
	}
	return string(letters[:n]), string(letters[n:])
}
