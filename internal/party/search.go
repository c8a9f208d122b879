package party

import (
	"cmp"
	"time"
)

// SongHit is a search result, and whether the searching member can add it.
type SongHit struct {
	Song        Song
	CanAdd      bool
	Refusal     *Refusal // why it cannot be added; nil if it can
	QueueItemID *string  // the item that already holds the recording, if the member may see it
}

// SearchHit returns the search result for a song, as of this state and now, for a user with this role whose quota is
// adds. chosen is the playlist that the host chose for guests, if there is one and it could be read. If the recording
// is in the queue already, adding it would be a like, so the rule for likes decides.
func (s *State) SearchHit(
	song Song, userID string, role Role, adds Allowance, chosen *ChosenSongs, now time.Time,
) SongHit {
	recording := RecordingOf(song)
	h := SongHit{Song: song, Refusal: s.Settings.MayAdd(AddRequest{
		Song: song, PlayedAt: s.Plays.playedAt(recording), Waiting: s.countWaiting(),
		Role: role, Queued: s.QueuedBy(userID), Allowance: adds, Chosen: chosen,
	}, now)}
	if queued := s.findRecording(recording); queued != nil {
		if queued.State != AwaitingApproval || queued.OwnerID() == userID || role.May(ActApprove) == nil {
			h.QueueItemID = &queued.ID
		}
		h.Refusal = MayLike(queued.State) // adding it again is a like
	}
	h.CanAdd = h.Refusal == nil
	return h
}

// findRecording returns the item that holds a recording and waits (also for approval), is committed or plays. It
// returns nil if there is none.
func (s *State) findRecording(recording string) *QueueItem {
	for item := range s.activeItems() {
		if cmp.Or(item.Recording, RecordingOf(item.Song)) == recording {
			return item
		}
	}
	return nil
}

// countWaiting counts the songs that wait, also for approval. Fallback songs that nobody likes do not count.
func (s *State) countWaiting() (n int) {
	for item := range s.activeItems() {
		if item.State != NowPlaying && !item.IsUnlikedFallback() {
			n++
		}
	}
	return n
}

// QueuedBy counts the songs of a user that wait, also for approval.
func (s *State) QueuedBy(userID string) (n int) {
	for item := range s.activeItems() {
		if item.AddedBy != nil && item.AddedBy.User.ID == userID && item.State != NowPlaying {
			n++
		}
	}
	return n
}
