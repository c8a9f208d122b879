package sim

import (
	"slices"
	"time"
)

// maxPast bounds the earlier states that are kept of an account.
const maxPast = 200

// pastAccount is an account as it was after a change.
type pastAccount struct {
	since   time.Time
	account account
}

// remember returns the account with its present state in its history. The state file does not keep the history.
func (a account) remember(now time.Time) account {
	kept := a
	kept.past = nil
	a.past = append(slices.Clip(a.past), pastAccount{now, kept})
	a.past = a.past[max(0, len(a.past)-maxPast):]
	return a
}

// accountAt returns an account as it was at an earlier time. Before the first change nothing played.
func (s *Spotify) accountAt(a account, then time.Time) account {
	for _, past := range slices.Backward(a.past) {
		if !past.since.After(then) {
			return s.advanceAccount(past.account, then)
		}
	}
	if len(a.past) > 0 {
		a.Player = player{}
	}
	return a
}
