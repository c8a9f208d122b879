package party

// NextState returns the state after have, for a load that finds these changed items and affected users.
func NextState(have *State, version int64, status RoomStatus, changed []*QueueItem, affected Affected) *State {
	row := RoomRow{RoomID: "room", Version: version, Status: status, Settings: DefaultSettings()}
	return Merge(have, row, changed, Playback{}, affected)
}

// TestPlay is a play of an owner's song, which was added at the version Age and began at Version.
type TestPlay struct {
	Owner        string
	Age, Version int64
}

// HistoryOf returns the history of a room that has played these songs.
func HistoryOf(songs []TestPlay) *PlayHistory {
	var played []StartedPlay
	for _, song := range songs {
		played = append(played, StartedPlay{Owner: song.Owner, Age: song.Age, Version: song.Version})
	}
	return NewPlayHistory(played)
}

// MinOverdue is minOverdue.
const MinOverdue = minOverdue
