package jukebox

import (
	"encoding/base64"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/internal/party"
)

const maxPage = 100 // rows

// page selects a part of a list of a room's rows, which is ordered by a time column, the latest row first.
type page struct {
	roomID string
	column string // the time column
	// If after is set, the page begins behind the row with this time and id, otherwise with the latest row.
	after bool
	at    time.Time
	id    string
}

// newPage returns the page of up to first (1 to 100) rows behind the cursor after, or from the latest row on if after
// is nil. BadUserInput if first is out of range or after is no cursor.
func newPage(roomID, column string, first int, after *string) (p page, err error) {
	p = page{roomID: roomID, column: column, after: after != nil}
	if first < 1 || first > maxPage {
		return p, party.BadInput("first", "must be 1 to %d", maxPage)
	}
	if p.after {
		p.at, p.id, err = parseCursor(*after)
	}
	return p, err
}

// rows restricts a query to the room's rows behind the cursor. Both databases can begin in the middle of an index, but
// need different conditions for it: MariaDB a range of rooms, because with an equality it reads the room from its end,
// and SQLite an equality.
func (p page) rows(s *sql.Selector) {
	room, at, id := s.C("room_id"), s.C(p.column), s.C("id")
	if p.after && s.Dialect() == dialect.MySQL {
		s.Where(sql.And(sql.GTE(room, p.roomID), sql.LTE(room, p.roomID)))
	} else {
		s.Where(sql.EQ(room, p.roomID))
	}
	if p.after {
		s.Where(sql.And(sql.LTE(at, p.at), sql.Or(sql.LT(at, p.at), sql.LT(id, p.id))))
	}
}

// latestFirst orders a query like the list: by room, time and id, which the list's index must have in this order.
func (p page) latestFirst(s *sql.Selector) {
	s.OrderBy(sql.Desc(s.C("room_id")), sql.Desc(s.C(p.column)), sql.Desc(s.C("id")))
}

// cursor returns the opaque text with which a client asks for the rows behind this one.
func cursor(at time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + " " + id))
}

func parseCursor(text string) (at time.Time, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		moment, rest, _ := strings.Cut(string(raw), " ")
		id = rest
		at, err = time.Parse(time.RFC3339Nano, moment)
	}
	if _, idErr := party.ParseID("after", id); err != nil || idErr != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}, "", party.BadInput("after", "is not a cursor of this list")
	}
	return at, id, nil
}
