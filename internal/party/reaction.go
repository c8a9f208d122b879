package party

// Reaction is a guest's short response to the song that plays. It is a moment: screens show it, and it is not stored.
type Reaction string

const (
	Fire  Reaction = "FIRE"
	Hands Reaction = "HANDS" // both hands up
	Sing  Reaction = "SING"
	Smile Reaction = "SMILE"
	Star  Reaction = "STAR"
)

// Reactions returns all reactions, in the order in which they are shown.
func Reactions() []Reaction { return []Reaction{Fire, Hands, Sing, Smile, Star} }

// ReactionCount is how often a reaction was sent.
type ReactionCount struct {
	Reaction Reaction
	Count    int
}

// RoomReactions are the reactions that a room has just got: those with a count above 0.
type RoomReactions struct {
	RoomID string
	Counts []ReactionCount
}

// MayReact returns an error of type Error if guests cannot react at present: because the room is closed, the host does
// not show reactions, or nothing plays.
func (s *State) MayReact() error {
	switch {
	case s.Status != Open:
		return Errorf(Conflict, "This room is closed.")
	case !s.Settings.Reactions:
		return refusal(ReasonReactionsOff, "The host does not show reactions in this room.").Err()
	case s.Playback.Status != Playing || s.Playback.Song == nil:
		return Errorf(Conflict, "No song is playing.")
	}
	return nil
}
