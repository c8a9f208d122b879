package server

import (
	"maps"
	"slices"
)

// Patterns returns the patterns of all requests that a server serves.
func Patterns(cfg Config) []string { return slices.Sorted(maps.Keys(routes(cfg))) }

// LinesPerMinute is the bound of the access log for each address, LoggedAddresses of addresses.
const (
	LinesPerMinute  = linesPerMinute
	LoggedAddresses = loggedAddresses
)
