//go:build !race

package scenarios_test

// evenings is how many random evenings are played by default.
const evenings = 40
