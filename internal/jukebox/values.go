package jukebox

import (
	"database/sql"
	"slices"
)

func toStrings[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = string(word)
	}
	return all
}

func intPointer(n sql.Null[int64]) *int {
	if !n.Valid {
		return nil
	}
	value := int(n.V)
	return &value
}

func nilIfEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func appendIf(ids []string, id *string) []string {
	if id == nil || slices.Contains(ids, *id) {
		return ids
	}
	return append(ids, *id)
}

func valueOrEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
