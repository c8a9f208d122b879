package jukebox

import (
	"database/sql"
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

// intPointer returns nil for NULL.
func intPointer(n sql.Null[int64]) *int {
	if !n.Valid {
		return nil
	}
	value := int(n.V)
	return &value
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
