package jukebox

import "context"

// LoadState loads a room as a replica does that has a certain state.
func (j *Jukebox) LoadState(ctx context.Context, roomID string, have *State) (*State, error) {
	return j.loader.Load(ctx, roomID, have)
}

var (
	ParseName  = parseName
	ParseCode  = parseCode
	ParseTrack = parseTrack
	Recording  = recordingOf
)
