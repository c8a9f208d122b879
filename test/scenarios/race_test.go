//go:build race

package scenarios_test

import "time"

// The race detector makes parties eight times as expensive, so make test plays most of them without it.
const (
	evenings   = 4                // how many random evenings are played by default
	crowdLasts = 95 * time.Minute // how long the party of a hundred guests lasts; by then the host has changed settings
)
