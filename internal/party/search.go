package party

import (
	"cmp"
	"time"
)

// SongHit is a search result, and whether it can be added.
type SongHit struct {
	Song        Song
	CanAdd      bool
	Refusal     *Refusal // why not
	QueueItemID *string  // where it is queued, committed or playing already
}

// hit tells whether a user with this role can add a song to a room in this state.
func (s *State) SearchHit(song Song, userID string, role Role, adds Allowance, now time.Time) SongHit {
	recording := RecordingOf(song)
	h := SongHit{Song: song, Refusal: s.Settings.MayAdd(AddRequest{
		Song: song, PlayedAt: s.Plays.playedAt(recording), Waiting: s.countWaiting(),
		Role: role, Queued: s.QueuedBy(userID), Allowance: adds,
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

// find returns the item that holds a recording, or nil.
func (s *State) findRecording(recording string) *QueueItem {
	for item := range s.activeItems() {
		if cmp.Or(item.Recording, RecordingOf(item.Song)) == recording {
			return item
		}
	}
	return nil
}

// waiting counts the songs that wait, also for approval. Fallback music takes nobody's place.
func (s *State) countWaiting() (n int) {
	for item := range s.activeItems() {
		if item.State != NowPlaying && !item.IsUnlikedFallback() {
			n++
		}
	}
	return n
}

// queuedBy counts the songs of somebody that wait.
func (s *State) QueuedBy(userID string) (n int) {
	for item := range s.activeItems() {
		if item.AddedBy != nil && item.AddedBy.ID == userID && item.State != NowPlaying {
			n++
		}
	}
	return n
}
