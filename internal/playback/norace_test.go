//go:build !race

package playback

const (
	RandomParties = 200  // how many parties TestNothingPlaysTwice plays
	searchesPairs = true // whether the model's search combines two odd answers or events
)
