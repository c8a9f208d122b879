// Package lists reads the long lists of a room, one page at a time: what it played, what was done in it, and who its
// members are; and a guest's recap, which is made of them. Nothing here changes a room.
//
//	lists.go     Lists
//	page.go      cursors and pages
//	plays.go     what was played
//	playlist.go  the plays that an exported playlist gets
//	log.go       the log of events
//	members.go   the members
//	recap.go     a guest's recap
package lists

import (
	"context"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// Authorize returns the id of the viewer if they may do something in a room, and otherwise an error of type
// [party.Error]. It counts what it permits against the viewer's rate limits.
type Authorize func(ctx context.Context, roomID string, action party.Action) (viewerID string, err error)

// Lists reads lists of rooms, for those who may see them. It is safe for concurrent use.
type Lists struct {
	db        *database.DB
	loader    *roomstate.Loader
	authorize Authorize
	present   func(*ent.Membership) bool // reports whether a member is present now
}

// New returns Lists of the rooms in a database. present reports whether a member is present.
func New(
	db *database.DB, loader *roomstate.Loader, authorize Authorize, present func(*ent.Membership) bool,
) *Lists {
	return &Lists{db: db, loader: loader, authorize: authorize, present: present}
}
