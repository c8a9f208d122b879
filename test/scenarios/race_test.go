//go:build race

package scenarios_test

import "time"

// The race detector makes parties eight times as expensive, so make test plays all of them again without it. Of the
// evenings 6 to 9 one lasts four hours, and another one has two servers.
const (
	firstEvening = 6                // the seed of the first random evening
	evenings     = 4                // how many are played
	crowdLasts   = 95 * time.Minute // how long the party of a hundred guests lasts; by then the host has changed settings
)
