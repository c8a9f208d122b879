package party

import "time"

// SkippedBy says who ended a song early.
type SkippedBy string

const (
	SkippedByHost  SkippedBy = "HOST"
	SkippedByVotes SkippedBy = "VOTE"
)

const (
	// minSkipVotes keeps a single guest from deciding for all.
	minSkipVotes = 2
	// voteGrace is how long a song plays before members can vote on it, so that a late vote on the previous song does not
	// count for this one.
	voteGrace = 10 * time.Second
)

// SkipVote is a member's vote on the song that plays, or why there can be none.
type SkipVote struct {
	ItemID  string
	Voted   bool     // by the member, or by somebody else with the same browser
	Refusal *Refusal // why the member cannot vote on this song, however long it has played; nil: they can
}

// CanVote reports whether the member's vote counts on this song, from the time that VotesFrom returns.
func (v SkipVote) CanVote() bool { return v.Refusal == nil }

// VotesNeeded returns how many votes of the members present it takes to skip a song. It returns 0 if voting is off.
func (s *RoomSettings) VotesNeeded(present int) int {
	if s.SkipVotePercent == 0 {
		return 0
	}
	return max(minSkipVotes, (present*s.SkipVotePercent+99)/100)
}

// VotesFrom returns when voting opens for a song that began to play at the time began: after ten seconds or, for a
// short song, a quarter of its length.
func VotesFrom(began time.Time, song Song) time.Time {
	return began.Add(min(voteGrace, time.Duration(song.DurationMS)*time.Millisecond/4))
}

// MayVoteOnSong returns why a member may not vote to skip the song that plays, however long it has played, or nil.
// wasPresent says whether the member was present before it began and has been since.
func (s *RoomSettings) MayVoteOnSong(wasPresent bool) *Refusal {
	switch {
	case s.SkipVotePercent == 0:
		return refusal(ReasonVotesOff, "The host does not let guests vote in this room.")
	case !wasPresent:
		return refusal(ReasonJustArrived, "You were not connected when this song began: you can vote on the next one.")
	}
	return nil
}

// MayVote returns why a member may not vote now to skip the song that plays, or nil. voted says whether the member, or
// somebody else with the same browser, has voted on it already. A song can be voted on from the moment that VotesFrom
// returns.
func (s *RoomSettings) MayVote(voted, wasPresent bool, from, now time.Time) *Refusal {
	if voted && s.SkipVotePercent > 0 {
		return refusal(ReasonAlreadyVoted, "You have already voted on this song.")
	}
	if refused := s.MayVoteOnSong(wasPresent); refused != nil {
		return refused
	}
	if now.Before(from) {
		return refusal(ReasonTooEarly, "This song has only just begun: give it a few seconds.").after(from.Sub(now))
	}
	return nil
}
