//go:build !race

package scenarios_test

import "time"

const (
	evenings   = 40            // how many random evenings are played by default
	crowdLasts = 4 * time.Hour // how long the party of a hundred guests lasts
)
