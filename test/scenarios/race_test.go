//go:build race

package scenarios_test

// evenings is how many random evenings are played by default. The race detector makes them eight times as expensive, so
// make test plays most of them without it.
const evenings = 10
