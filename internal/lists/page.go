package lists

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/internal/party"
)

const maxPage = 100 // rows

// PageArgs say which page of a list a client wants: the First entries (1 to 100) after the cursor After, or the Last
// ones before the cursor Before. Without a cursor the page is at the list's beginning or end.
type PageArgs struct {
	First, Last   *int
	After, Before *string
}

// First returns the arguments for the first entries after a cursor, or of the list if after is nil.
func First(n int, after *string) PageArgs { return PageArgs{First: &n, After: after} }

// check returns BadUserInput if the arguments contradict each other or are out of range.
func (a PageArgs) check() error {
	inRange := func(n *int) bool { return n == nil || *n >= 1 && *n <= maxPage }
	switch {
	case a.First != nil && a.Last != nil:
		return party.BadInput("last", "must not be used together with first")
	case a.After != nil && a.Last != nil:
		return party.BadInput("after", "must not be used together with last")
	case a.Before != nil && a.Last == nil:
		return party.BadInput("before", "must be used together with last")
	case !inRange(a.First):
		return party.BadInput("first", "must be 1 to %d", maxPage)
	case !inRange(a.Last):
		return party.BadInput("last", "must be 1 to %d", maxPage)
	}
	return nil
}

// page selects a part of a list of a room's rows, which is ordered by a time column, the latest row first.
type page struct {
	roomID    string
	column    string // the time column
	size      int    // how many rows it has at most
	backwards bool   // it ends before the cursor or, without one, with the oldest row
	// If bounded is set, the page begins after the row with this time and id or, backwards, ends before it.
	bounded bool
	at      time.Time
	id      string
}

// newPage returns the page that a client wants. usual is how many rows it has if the client does not say.
func newPage(roomID, column string, args PageArgs, usual int) (p page, err error) {
	if err := args.check(); err != nil {
		return page{}, err
	}
	p = page{roomID: roomID, column: column, size: usual, backwards: args.Last != nil}
	field, cursor, size := "after", args.After, args.First
	if p.backwards {
		field, cursor, size = "before", args.Before, args.Last
	}
	if size != nil {
		p.size = *size
	}
	if p.bounded = cursor != nil; p.bounded {
		p.at, p.id, err = parseCursor(field, *cursor)
	}
	return p, err
}

// rows restricts a query to the page, and to one row more, which tells whether the list goes on. Both databases can
// begin in the middle of an index, but need different conditions for it: MariaDB a range of rooms, because with an
// equality it reads the room from its end, and SQLite an equality.
func (p page) rows(s *sql.Selector) {
	room, at, id := s.C("room_id"), s.C(p.column), s.C("id")
	if p.bounded && s.Dialect() == dialect.MySQL {
		s.Where(sql.And(sql.GTE(room, p.roomID), sql.LTE(room, p.roomID)))
	} else {
		s.Where(sql.EQ(room, p.roomID))
	}
	switch {
	case p.bounded && p.backwards:
		s.Where(sql.And(sql.GTE(at, p.at), sql.Or(sql.GT(at, p.at), sql.GT(id, p.id))))
	case p.bounded:
		s.Where(sql.And(sql.LTE(at, p.at), sql.Or(sql.LT(at, p.at), sql.LT(id, p.id))))
	}
	s.Limit(p.size + 1)
}

// order orders a query by room, time and id, in the order of the list or, for a page that is read from its end, in the
// opposite order. The list's index must have these columns in this order.
func (p page) order(s *sql.Selector) {
	direction := sql.Desc
	if p.backwards {
		direction = sql.Asc
	}
	s.OrderBy(direction(s.C("room_id")), direction(s.C(p.column)), direction(s.C("id")))
}

// cutPage returns the rows of a page in the order of the list, without the one that was read beyond it, and whether
// there was one.
func cutPage[T any](p page, rows []T) (cut []T, more bool) {
	if more = len(rows) > p.size; more {
		rows = rows[:p.size]
	}
	if p.backwards {
		slices.Reverse(rows)
	}
	return rows, more
}

// cursor returns the opaque text with which a client asks for the rows after this one.
func cursor(at time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + " " + id))
}

func parseCursor(field, text string) (at time.Time, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		moment, rest, _ := strings.Cut(string(raw), " ")
		id = rest
		at, err = time.Parse(time.RFC3339Nano, moment)
	}
	if _, idErr := party.ParseID(field, id); err != nil || idErr != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}, "", party.BadInput(field, "is not a cursor of this list")
	}
	return at, id, nil
}
