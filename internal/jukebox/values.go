package jukebox

import (
	"slices"
)

// toStrings returns the values as strings.
func toStrings[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// nilIfEmpty returns nil for the empty string, and otherwise a pointer to text.
func nilIfEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// appendIf appends an id unless it is nil or in the list already.
func appendIf(ids []string, id *string) []string {
	if id == nil || slices.Contains(ids, *id) {
		return ids
	}
	return append(ids, *id)
}

// valueOrEmpty returns the empty string for nil.
func valueOrEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
