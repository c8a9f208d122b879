package jukebox

// toStrings returns the values as strings.
func toStrings[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// valueOrEmpty returns the empty string for nil.
func valueOrEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
