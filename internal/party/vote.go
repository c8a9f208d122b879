package party

// SkippedBy says who ended a song early.
type SkippedBy string

const (
	SkippedByHost  SkippedBy = "HOST"
	SkippedByVotes SkippedBy = "VOTE"
)
