package party

// NextState makes the state after have as a load does that finds these items changed, and is told whom that concerns.
func NextState(have *State, version int64, status RoomStatus, changed []*QueueItem, affected Affected) *State {
	row := RoomRow{RoomID: "room", Version: version, Status: status, Settings: DefaultSettings()}
	return Merge(have, row, changed, Playback{}, affected)
}

// Begun is a song of somebody that began to play at a version, added at another one.
type Begun struct {
	Owner        string
	Age, Version int64
}

// PlaysOf are the plays of a room that has played these songs.
func PlaysOf(songs []Begun) *PlayHistory {
	var played []StartedPlay
	for _, song := range songs {
		played = append(played, StartedPlay{Owner: song.Owner, Age: song.Age, Version: song.Version})
	}
	return NewPlayHistory(played)
}

// LeastPatience is what FAIR asks of everybody's patience.
const LeastPatience = minOverdue
