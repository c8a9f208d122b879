package party

import (
	"cmp"
	"fmt"
	"time"
)

// RoomSchedule says when each song of a queue is expected to play, and why it stands where it stands.
type RoomSchedule struct {
	RoomID  string
	Entries []ScheduleEntry
}

// ID returns the schedule's id, by which clients' caches tell schedules apart.
func (s RoomSchedule) ID() string { return "RoomSchedule:" + s.RoomID }

// ScheduleEntry says when one queue item is expected to play, and why it stands where it stands.
type ScheduleEntry struct {
	ItemID   string
	Earliest time.Time // if likes carried it past every song that likes can overtake
	Likely   time.Time // if nothing changes and every song plays to its end
	Reason   OrderReason
	Message  string // the reason as a sentence
}

// Schedule returns the schedule of the queue as of now. While the music stands still, all times advance with now.
func (s *State) Schedule(now time.Time) *RoomSchedule {
	schedule := &RoomSchedule{RoomID: s.RoomID, Entries: make([]ScheduleEntry, 0, len(s.Queue))}
	likely := s.playingEndsAt(now)
	earliest, fixed := likely, true // fixed: no song so far can be overtaken
	turns := map[string]time.Time{} // when the first song of each guest plays
	for _, p := range s.Ranking().order(s.Queue) {
		entry := ScheduleEntry{ItemID: p.item.ID, Earliest: earliest, Likely: likely, Reason: p.reason, Message: s.explain(p)}
		if s.Settings.OrderMode == OrderTurns && p.reason == OrderTurn {
			turns[p.item.OwnerID()] = cmp.Or(turns[p.item.OwnerID()], likely)
			entry.Earliest = turns[p.item.OwnerID()]
		}
		if refusal := s.RefusalToPlay(p.item.Song, now); refusal != nil && p.item.State == Queued {
			entry.Reason, entry.Message = OrderHeld, refusal.Message
		} else {
			likely = likely.Add(durationOf(p.item.Song))
		}
		if fixed = fixed && p.cannotBeOvertaken(); fixed {
			earliest = likely
		}
		schedule.Entries = append(schedule.Entries, entry)
	}
	return schedule
}

// cannotBeOvertaken reports whether no number of likes carries another song past this one.
func (p *rankedItem) cannotBeOvertaken() bool {
	switch p.reason {
	case OrderCommitted:
		return true
	case OrderPinned:
		return p.item.Pin.Until == UntilPlayed
	}
	return p.passed > 0
}

// durationOf returns how long a song is.
func durationOf(s Song) time.Duration { return time.Duration(s.DurationMS) * time.Millisecond }

// playingEndsAt returns when the song that plays ends or, while it is paused, when it would end if it were resumed now.
// It returns now if nothing plays.
func (s *State) playingEndsAt(now time.Time) time.Time {
	p := &s.Playback
	if p.Status == Idle || p.Song == nil || p.ProgressMS == nil {
		return now
	}
	left := durationOf(*p.Song) - time.Duration(*p.ProgressMS)*time.Millisecond
	if p.Status == Playing {
		return laterOf(now, p.ObservedAt.Add(left))
	}
	return now.Add(max(0, left))
}

// IsStalled reports whether the schedule changes with time alone: songs wait, but the music stands still.
func (s *State) IsStalled(now time.Time) bool {
	return len(s.Queue) > 0 && (s.Playback.Status == Paused || !s.playingEndsAt(now).After(now))
}

// explain returns the reason for a song's place as a sentence.
func (s *State) explain(p *rankedItem) string {
	likes := countLikes(p.item.LikeCount)
	switch p.reason {
	case OrderCommitted:
		return "This song is up next."
	case OrderPinned:
		return "A host pinned this song here."
	case OrderFallback:
		return "This song plays when nothing else waits, or when somebody likes it."
	case OrderTurn:
		if p.passed > 0 {
			return fmt.Sprintf("%s that were added later have already played, so this one goes first.", countSongs(p.passed))
		}
		return fmt.Sprintf("Everybody takes turns: this is song number %d of %s.", p.served+1, ownerName(p.item.AddedBy))
	case OrderAway:
		return fmt.Sprintf("%s is away, so this song waits until they are back.", ownerName(p.item.AddedBy))
	case OrderHeld:
		return p.item.Refusal.Message
	}
	if s.Settings.OrderMode == OrderFair && p.served > 0 {
		return fmt.Sprintf("%s, divided among %s of %s.", likes, countSongs(p.served+1), ownerName(p.item.AddedBy))
	}
	if p.reason == OrderAge {
		return "Nobody likes this song yet, so older songs go first."
	}
	return likes + "."
}

// countLikes returns a number of likes in words, for the beginning of a sentence.
func countLikes(n int) string {
	switch n {
	case 0:
		return "No likes"
	case 1:
		return "1 like"
	}
	return fmt.Sprintf("%d likes", n)
}

// ownerName returns the name of the member who added a song, or a name for the server.
func ownerName(who *Participant) string {
	if who == nil {
		return "the house"
	}
	return who.DisplayName
}
