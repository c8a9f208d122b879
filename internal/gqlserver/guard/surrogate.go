package guard

import (
	"strconv"
	"strings"
)

// HasLoneSurrogate reports whether a JSON text or a string in a document has the escape of half of a character, such as
// \ud83d without the other half. Go's decoder and gqlparser would replace it without an error.
func HasLoneSurrogate(text string) bool {
	high := false // the escape before was the first half of a pair
	for {
		at := strings.IndexByte(text, '\\')
		if at != 0 && high {
			return true
		}
		if at < 0 || len(text) < at+2 {
			return false
		}
		unit := uint64(0)
		if text = text[at:]; text[1] == 'u' && len(text) >= 6 {
			unit, _ = strconv.ParseUint(text[2:6], 16, 16) // no surrogate if it is not hexadecimal
		}
		isLow := unit >= 0xDC00 && unit <= 0xDFFF
		if isLow != high {
			return true
		}
		high = unit >= 0xD800 && unit < 0xDC00
		if text = text[2:]; high || isLow {
			text = text[4:]
		}
	}
}
