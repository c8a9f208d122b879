//go:build race

package playback

// The race detector makes these tests four times as expensive, so make test repeats them without it, to their full
// extent.
const (
	RandomParties = 40    // how many parties TestNothingPlaysTwice plays
	searchesPairs = false // whether the model's search combines two odd answers or events
)
