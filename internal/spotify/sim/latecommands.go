package sim

import (
	"slices"
	"time"
)

// lateCommand is a player command that Spotify applies after its response. The state file does not keep it.
type lateCommand struct {
	at     time.Time
	call   *call
	change func(*call) error
}

// postpone returns the account with one more late command.
func (a account) postpone(command lateCommand) account {
	after := slices.IndexFunc(a.late, func(other lateCommand) bool { return other.at.After(command.at) })
	if after < 0 {
		after = len(a.late)
	}
	a.late = slices.Insert(slices.Clone(a.late), after, command)
	return a
}

// applyLate returns the account after the first of its late commands, which has no effect if the player refuses it.
func (s *Spotify) applyLate(a account) account {
	command := a.late[0]
	a.late = a.late[1:]
	a.Player = advance(a.Player, command.at, s.playerOptions(a))
	c := *command.call
	c.account, c.now, c.options, c.state = a, command.at, s.playerOptions(a), s.state
	if command.change(&c) != nil {
		return a
	}
	return c.account
}
