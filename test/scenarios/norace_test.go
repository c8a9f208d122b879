//go:build !race

package scenarios_test

import "time"

const (
	firstEvening = 1             // the seed of the first random evening
	evenings     = 40            // how many are played
	crowdLasts   = 4 * time.Hour // how long the party of a hundred guests lasts
)
