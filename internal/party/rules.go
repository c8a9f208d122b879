package party

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// The rules of a house, of which docs/rules.md is the list. Those about songs hold for everybody, when a song is added and
// again when it is handed to the player; those about guests hold for guests, when they add.

// wish is a song that somebody wants to add, with all that the rules ask about.
type AddRequest struct {
	Song      Song
	PlayedAt  time.Time // when its recording began to play last; zero: not lately
	Waiting   int       // songs that wait in the room, and that somebody asked for
	Role      Role
	Queued    int // songs of this guest that wait
	Allowance Allowance
}

// mayAdd is the rule for adding a song that is not queued.
func (s *RoomSettings) MayAdd(w AddRequest, now time.Time) *Refusal {
	guest := w.Role.May(ActRemoveAny) != nil
	switch {
	case guest && !s.RequestsOpen:
		return &Refusal{ReasonRequestsClosed, "The host takes no more songs at the moment."}
	case guest && s.lastCallPassed(now):
		return &Refusal{ReasonLastCall, "The last call has passed: the party plays what is in the queue."}
	}
	if refusal := cmp.Or(s.MayPlay(w.Song, w.PlayedAt, now), playable(w.Song)); refusal != nil {
		return refusal
	}
	switch {
	case w.Waiting >= s.MaxQueueLength:
		return &Refusal{ReasonQueueFull, "The queue is full: wait until a song has been played."}
	case guest && s.MaxQueuedPerGuest != nil && w.Queued >= *s.MaxQueuedPerGuest:
		return &Refusal{ReasonTooManyQueued, fmt.Sprintf("You have %s in the queue already: wait until one has been played.", countSongs(w.Queued))}
	case guest && s.AddsPerHour != nil && w.Allowance.Left(now) == 0:
		return &Refusal{ReasonTooManyAdded, "You have added as many songs as you may for now: you can add one again in " +
			countMinutes(w.Allowance.RefillsAt(now).Sub(now)) + "."}
	}
	return nil
}

func (s *RoomSettings) lastCallPassed(now time.Time) bool {
	return s.LastCallAt != nil && !now.Before(*s.LastCallAt)
}

func playable(s Song) *Refusal {
	if s.Playable {
		return nil
	}
	return &Refusal{ReasonNotPlayable, "Spotify does not play this song for the host."}
}

// mayPlay is the rule for songs whose recording began to play last at playedAt.
func (s *RoomSettings) MayPlay(song Song, playedAt, now time.Time) *Refusal {
	if refusal := s.refusalOf(song); refusal != nil {
		return refusal
	}
	again := playedAt.Add(time.Duration(s.CooldownMinutes) * time.Minute)
	if playedAt.IsZero() || !now.Before(again) {
		return nil
	}
	return &Refusal{ReasonPlayedRecently, "This song was played a short while ago: it can be added again in " + countMinutes(again.Sub(now)) + "."}
}

// takes is what the rules say of a song itself, whatever was played.
func (s *RoomSettings) refusalOf(song Song) *Refusal {
	switch {
	case s.blocks(song):
		return &Refusal{ReasonBlocked, "The host does not want this song or artist here."}
	case song.Explicit && !s.AllowExplicit:
		return &Refusal{ReasonExplicit, "The host takes no explicit songs."}
	case s.MaxSongSeconds != nil && song.DurationMS > *s.MaxSongSeconds*1000:
		return &Refusal{ReasonTooLong, fmt.Sprintf("This song is longer than %d:%02d.", *s.MaxSongSeconds/60, *s.MaxSongSeconds%60)}
	}
	return nil
}

func (s *RoomSettings) blocks(song Song) bool {
	if len(s.Blocked) == 0 {
		return false
	}
	recording := RecordingOf(song)
	return slices.ContainsFunc(s.Blocked, func(b Blocked) bool {
		return b.URI == song.URI || b.Recording == recording || slices.Contains(song.ArtistURIs, b.URI)
	})
}

// votesNeeded is how many of those who are present have to vote before a song is skipped; 0: nobody can vote.
func (s *RoomSettings) VotesNeeded(present int) int {
	if s.SkipVotePercent == 0 {
		return 0
	}
	return max(minSkipVotes, (present*s.SkipVotePercent+99)/100)
}

const (
	// leastVotes keeps a single guest from deciding for all.
	minSkipVotes = 2
	// voteGrace is how long a song plays before it can be voted on: a vote for the one before may come late.
	voteGrace = 10 * time.Second
)

// votesFrom is when a song can be voted on that began to play at a moment.
func VotesFrom(began time.Time, song Song) time.Time {
	return began.Add(min(voteGrace, time.Duration(song.DurationMS)*time.Millisecond/4))
}

// needsApproval is the rule for a guest of whom so many songs were approved, or liked by others.
func (s *RoomSettings) NeedsApproval(role Role, accepted int) bool {
	return s.RequireApproval && role == RoleGuest && accepted < s.TrustedAfter
}

// songs and minutes are numbers as one says them.
func countSongs(n int) string {
	if n == 1 {
		return "1 song"
	}
	return fmt.Sprintf("%d songs", n)
}

func countMinutes(d time.Duration) string {
	n := int((d + time.Minute - 1) / time.Minute)
	if n <= 1 {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

// mayLike is the rule for likes: they count until the song is handed to the player.
func MayLike(state QueueItemState) *Refusal {
	switch state {
	case Queued, AwaitingApproval:
		return nil
	case Committed:
		return &Refusal{ReasonCommitted, "This song plays next: it can no longer be liked."}
	case NowPlaying:
		return &Refusal{ReasonCommitted, "This song is playing: it can no longer be liked."}
	}
	return &Refusal{ReasonCommitted, "This song has been played: it can no longer be liked."}
}
