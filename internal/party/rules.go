package party

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// The rules, which docs/rules.md lists. Rules about songs apply to everybody, when a song is added and again before it
// is handed to the player. Rules about guests apply to guests only, when they add a song.

// AddRequest is what the rules are told about a song that a member wants to add.
type AddRequest struct {
	Song      Song
	PlayedAt  time.Time // when its recording last began to play; zero: the history does not have it
	Waiting   int       // songs that wait in the room, without fallback songs that nobody likes
	Role      Role
	ForGuest  bool // it is added in the name of a guest, to whom the limits for each guest apply
	Queued    int  // songs of this member that wait
	Allowance Allowance
	Chosen    *ChosenSongs // the playlist that the host chose for guests; nil: there is none, or it could not be read
}

// MayAdd returns why the rules refuse a song that is not in the queue yet, or nil if it may be added.
func (s *RoomSettings) MayAdd(r AddRequest, now time.Time) *Refusal {
	guest := r.Role.May(ActRemoveAny) != nil
	limited := r.ForGuest || guest && r.Role != RoleTablet // on a tablet, the limits are those of the named guests
	switch {
	case guest && !s.RequestsOpen:
		return refusal(ReasonRequestsClosed, "Guests cannot add songs at the moment.")
	case guest && s.RequestsOpenAt != nil && now.Before(*s.RequestsOpenAt):
		wait := s.RequestsOpenAt.Sub(now)
		return refusal(ReasonNotOpenYet, "Guests can add songs in %s.", countMinutes(wait)).after(wait)
	case guest && s.lastCallPassed(now):
		return refusal(ReasonLastCall, "The last call has passed. The songs in the queue still play.")
	}
	if guest {
		if refused := s.mayAddFrom(r.Chosen, r.Song); refused != nil {
			return refused
		}
	}
	if refused := cmp.Or(s.MayPlay(r.Song, r.PlayedAt, now), playable(r.Song)); refused != nil {
		return refused
	}
	switch {
	case r.Waiting >= s.MaxQueueLength:
		return refusal(ReasonQueueFull, "The queue is full. Please wait until a song has been played.")
	case limited && s.MaxQueuedPerGuest != nil && r.Queued >= *s.MaxQueuedPerGuest:
		return refusal(ReasonTooManyQueued,
			"%s %s in the queue already. Please wait until one has been played.", r.whoHas(), countSongs(r.Queued))
	case limited && s.AddsPerHour != nil && r.Allowance.Left(now) == 0:
		wait := r.Allowance.RefillsAt(now).Sub(now)
		return refusal(ReasonTooManyAdded,
			"%s added many songs already. The next one can be added in %s.", r.whoHas(), countMinutes(wait)).after(wait)
	}
	return nil
}

// whoHas returns the beginning of a sentence about the guest to whom the limits apply.
func (r AddRequest) whoHas() string {
	if r.ForGuest {
		return "This guest has"
	}
	return "You have"
}

// lastCallPassed reports whether guests can no longer add songs because of the last call.
func (s *RoomSettings) lastCallPassed(now time.Time) bool {
	return s.LastCallAt != nil && !now.Before(*s.LastCallAt)
}

// playable returns the refusal of a song that Spotify does not play for the host, or nil.
func playable(s Song) *Refusal {
	if s.Playable {
		return nil
	}
	return refusal(ReasonNotPlayable, "Spotify cannot play this song for the host.")
}

// MayPlay returns why the rules about songs refuse a song whose recording last began to play at playedAt, or nil. A
// zero playedAt means that the history does not have it.
func (s *RoomSettings) MayPlay(song Song, playedAt, now time.Time) *Refusal {
	if refused := s.refusalOf(song); refused != nil {
		return refused
	}
	again := playedAt.Add(time.Duration(s.CooldownMinutes) * time.Minute)
	if playedAt.IsZero() || !now.Before(again) {
		return nil
	}
	wait := again.Sub(now)
	return refusal(ReasonPlayedRecently,
		"This song was played a short while ago. It can be added again in %s.", countMinutes(wait)).after(wait)
}

// refusalOf returns why the rules that do not depend on the history refuse a song, or nil.
func (s *RoomSettings) refusalOf(song Song) *Refusal {
	switch {
	case s.blocks(song):
		return refusal(ReasonBlocked, "The host has blocked this song or its artist.")
	case song.Explicit && !s.AllowExplicit:
		return refusal(ReasonExplicit, "Explicit songs cannot be played in this room.")
	case s.MaxSongSeconds != nil && song.DurationMS > *s.MaxSongSeconds*1000:
		return refusal(ReasonTooLong,
			"This song is too long. Songs can take up to %d:%02d here.", *s.MaxSongSeconds/60, *s.MaxSongSeconds%60)
	}
	return nil
}

// blocks reports whether the song, another release of it or one of its artists is blocked.
func (s *RoomSettings) blocks(song Song) bool {
	if len(s.Blocked) == 0 {
		return false
	}
	recording := RecordingOf(song)
	return slices.ContainsFunc(s.Blocked, func(b Blocked) bool {
		return b.URI == song.URI || b.Recording == recording || slices.Contains(song.ArtistURIs, b.URI)
	})
}

// awayUsers returns the users who are away, so that their songs wait; nil if the room does not set
// AwayAfterMinutes.
func (s *State) awayUsers() map[string]bool {
	if s.Settings.AwayAfterMinutes == nil {
		return nil
	}
	return s.Away
}

// NeedsApproval reports whether a host has to approve a song that a member with this role adds. accepted is how many
// songs of the guest to whom it will belong were approved, or are liked by others. If the room requires approval, every
// song from a tablet needs it, because nobody checks who gives which name there.
func (s *RoomSettings) NeedsApproval(role Role, accepted int) bool {
	return s.RequireApproval && role.HasGuestRules() && (accepted < s.TrustedAfter || role == RoleTablet)
}

// countSongs returns a number of songs in words.
func countSongs(n int) string {
	if n == 1 {
		return "1 song"
	}
	return fmt.Sprintf("%d songs", n)
}

// countMinutes returns a duration in words, in minutes or, from two hours on, in hours; rounded up.
func countMinutes(d time.Duration) string {
	n := int((d + time.Minute - 1) / time.Minute)
	switch {
	case n <= 1:
		return "a minute"
	case n < 120:
		return fmt.Sprintf("%d minutes", n)
	}
	return fmt.Sprintf("%d hours", (n+59)/60)
}

// MayLike returns why an item in this state can be neither liked nor unliked, or nil. Likes count until the song is
// handed to the player.
func MayLike(state QueueItemState) *Refusal {
	switch state {
	case Queued, AwaitingApproval:
		return nil
	case Committed:
		return refusal(ReasonCommitted, "This song is up next and can no longer be liked.")
	case NowPlaying:
		return refusal(ReasonCommitted, "This song is playing and can no longer be liked.")
	}
	return refusal(ReasonCommitted, "This song is over and can no longer be liked.")
}

// MayLikeYet returns why a member may not like songs yet, or nil. role and joinedAt are the member's. Guests may like
// songs from afterMinutes after joining on, and others at once.
func MayLikeYet(afterMinutes int, role Role, joinedAt, now time.Time) *Refusal {
	wait := joinedAt.Add(time.Duration(afterMinutes) * time.Minute).Sub(now)
	if role != RoleGuest || wait <= 0 {
		return nil
	}
	return refusal(ReasonJustArrived,
		"You have only just joined. You can like songs here in %s.", countMinutes(wait)).after(wait)
}

// refusal returns a refusal with a formatted sentence for the person who asked.
func refusal(reason RefusalReason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Message: fmt.Sprintf(format, args...)}
}
