package jukebox

import (
	"context"
	"time"

	"antwon.dj/backend/ent/membership"
)

// allowance is how many songs somebody may add: a bucket of perHour songs that refills evenly within an hour. fullAt is when
// it is full again; zero or past: it is.
type allowance struct {
	perHour int
	fullAt  time.Time
}

// every is how long one more song takes.
func (a allowance) every() time.Duration { return time.Hour / time.Duration(a.perHour) }

// left is how many songs may be added now.
func (a allowance) left(now time.Time) int {
	missing := max(0, a.fullAt.Sub(now))
	return max(0, a.perHour-int((missing+a.every()-1)/a.every()))
}

// refillsAt is when one more may be added, if none may be now.
func (a allowance) refillsAt(now time.Time) time.Time {
	return later(now, a.fullAt.Add(-a.every()*time.Duration(a.perHour-1)))
}

// take counts a song that is added, and giveBack one that was taken back.
func (a allowance) take(now time.Time) allowance {
	return allowance{a.perHour, later(now, a.fullAt).Add(a.every())}
}

func (a allowance) giveBack() allowance { return allowance{a.perHour, a.fullAt.Add(-a.every())} }

// at is the allowance after the limit became another one: as many songs are missing as before.
func (a allowance) at(perHour int, now time.Time) allowance {
	missing := float64(max(0, a.fullAt.Sub(now))) / float64(a.every())
	other := allowance{perHour: perHour}
	other.fullAt = now.Add(time.Duration(missing * float64(other.every())))
	return other
}

// rescale makes a new limit of adds per hour hold at once for those who have added songs.
func (t *roomTx) rescale(ctx context.Context, before, after *int) error {
	if before == nil || after != nil && *before == *after {
		return nil
	}
	if after == nil { // nobody counts any more
		return t.tx.Membership.Update().Where(membership.RoomID(t.roomID), membership.AddsFullAtNotNil()).ClearAddsFullAt().Exec(ctx)
	}
	rows, err := t.tx.Membership.Query().Where(membership.RoomID(t.roomID), membership.AddsFullAtGT(t.now)).All(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		full := allowance{*before, *row.AddsFullAt}.at(*after, t.now).fullAt
		if err := t.tx.Membership.Update().Where(membership.ID(row.ID)).SetAddsFullAt(microseconds(full)).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
