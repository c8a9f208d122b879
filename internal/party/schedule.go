package party

import (
	"cmp"
	"fmt"
	"time"
)

// RoomSchedule tells when each song of a queue plays, and why it stands where it stands.
type RoomSchedule struct {
	RoomID  string
	Entries []ScheduleEntry
}

// ScheduleEntry is one song's.
type ScheduleEntry struct {
	ItemID   string
	Earliest time.Time // if likes carried it past all that can be overtaken
	Likely   time.Time // if everything stays as it is
	Reason   OrderReason
	Message  string
}

// Schedule returns when the songs play, as it looks at a moment: while the music stands still, all of it moves on with the
// time.
func (s *State) Schedule(now time.Time) *RoomSchedule {
	schedule := &RoomSchedule{RoomID: s.RoomID, Entries: make([]ScheduleEntry, 0, len(s.Queue))}
	likely := s.playingEndsAt(now)
	earliest, fixed := likely, true // so far nothing can be overtaken
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

// cannotBeOvertaken says that no number of likes carries another song past this one.
func (p *rankedItem) cannotBeOvertaken() bool {
	switch p.reason {
	case OrderCommitted:
		return true
	case OrderPinned:
		return p.item.Pin.Until == UntilPlayed
	}
	return p.passed > 0
}

func durationOf(s Song) time.Duration { return time.Duration(s.DurationMS) * time.Millisecond }

// songEnds is when the song that plays ends, or would if it went on now.
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

// StandsStill says that the schedule moves on with the time.
func (s *State) IsStalled(now time.Time) bool {
	return len(s.Queue) > 0 && (s.Playback.Status == Paused || !s.playingEndsAt(now).After(now))
}

// because says why a song stands at its place.
func (s *State) explain(p *rankedItem) string {
	likes := countLikes(p.item.LikeCount)
	switch p.reason {
	case OrderCommitted:
		return "It was handed to the player: it plays next."
	case OrderPinned:
		return "The host has put it here."
	case OrderFallback:
		return "Nobody asked for it: it plays when nothing else waits, or somebody likes it."
	case OrderTurn:
		if p.passed > 0 {
			return fmt.Sprintf("%s were played before it that were added later: it is its turn.", countSongs(p.passed))
		}
		return fmt.Sprintf("One song of each guest in turn: this is number %d of %s.", p.served+1, ownerName(p.item.AddedBy))
	case OrderHeld:
		return p.item.Refusal.Message
	}
	if s.Settings.OrderMode == OrderFair && p.served > 0 {
		return fmt.Sprintf("%s, and %s of %s play or played around it.", likes, countSongs(p.served), ownerName(p.item.AddedBy))
	}
	if p.reason == OrderAge {
		return "Nobody likes it yet: it stands where its age puts it."
	}
	return likes + "."
}

func countLikes(n int) string {
	switch n {
	case 0:
		return "No likes"
	case 1:
		return "1 like"
	}
	return fmt.Sprintf("%d likes", n)
}

func ownerName(who *User) string {
	if who == nil {
		return "the house"
	}
	return who.DisplayName
}
