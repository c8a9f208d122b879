package party

// SkippedBy is who ended a song early.
type SkippedBy string

const (
	ByHost SkippedBy = "HOST"
	ByVote SkippedBy = "VOTE"
)
