package party

import (
	"maps"
	"slices"
)

// Role is a member's function in a room. The empty role is that of a user who is not a member.
type Role string

const (
	RoleHost    Role = "HOST"
	RoleCohost  Role = "COHOST"
	RoleGuest   Role = "GUEST"
	RoleTablet  Role = "TABLET"  // a device that guests share, which adds songs in their names and does nothing else
	RoleScreen  Role = "SCREEN"  // watches only
	RoleRemoved Role = "REMOVED" // may join again
	RoleBanned  Role = "BANNED"  // may not join again
)

// Action is something that a member can do in a room.
type Action string

const (
	ActView          Action = "view"           // see the room, its queue, player and history, and subscribe to them
	ActSearch        Action = "search"         // search for songs to add
	ActAdd           Action = "add"            // add a song
	ActAddFor        Action = "add for"        // add a song in somebody else's name
	ActLike          Action = "like"           // like or unlike a song
	ActRemoveOwn     Action = "remove own"     // withdraw one's own song
	ActRemoveAny     Action = "remove any"     // remove any song
	ActClear         Action = "clear"          // clear the queue
	ActUpdateRoom    Action = "update room"    // change the room's name and settings
	ActControlPlayer Action = "control player" // skip, pause, resume, transfer, set the volume
	ActListDevices   Action = "list devices"   // see the devices that could play
	ActListMembers   Action = "list members"   // see the members and who is present
	ActRemoveGuest   Action = "remove guest"   // remove or ban a guest
	ActSetRole       Action = "set role"       // make a guest a co-host; demote or remove a co-host
	ActAnswerOffer   Action = "answer offer"   // accept or decline a room that was offered, or withdraw the offer
	ActClose         Action = "close"          // close the room
	ActVote          Action = "vote"           // vote to skip the song that plays
	ActReact         Action = "react"          // react to the song that plays
	ActUndo          Action = "undo"           // undo one's own last action
	ActRecap         Action = "recap"          // see one's own recap
	ActApprove       Action = "approve"        // approve a newcomer's song
	ActPin           Action = "pin"            // pin or unpin a song
	ActViewLog       Action = "view log"       // see who did what
	ActNotify        Action = "notify"         // get notices about one's own songs
	ActExport        Action = "export"         // save the history as a playlist in one's own Spotify account
)

var (
	memberRoles = []Role{RoleHost, RoleCohost, RoleGuest, RoleTablet, RoleScreen}
	adderRoles  = []Role{RoleHost, RoleCohost, RoleGuest, RoleTablet}
	guestRoles  = []Role{RoleHost, RoleCohost, RoleGuest}
	namerRoles  = []Role{RoleHost, RoleCohost, RoleTablet}
	hostRoles   = []Role{RoleHost, RoleCohost}
	ownerRole   = []Role{RoleHost}
)

// permissions is the table of who may do what. Users who are not members, and members who were removed, may do nothing.
var permissions = map[Action][]Role{
	ActView:          memberRoles,
	ActSearch:        adderRoles,
	ActAdd:           guestRoles,
	ActAddFor:        namerRoles,
	ActLike:          guestRoles,
	ActRemoveOwn:     guestRoles,
	ActRemoveAny:     hostRoles,
	ActClear:         hostRoles,
	ActUpdateRoom:    hostRoles,
	ActControlPlayer: hostRoles,
	ActListDevices:   hostRoles,
	ActListMembers:   hostRoles,
	ActRemoveGuest:   hostRoles,
	ActSetRole:       ownerRole,
	ActAnswerOffer:   hostRoles,
	ActClose:         ownerRole,
	ActVote:          guestRoles,
	ActReact:         guestRoles,
	ActUndo:          guestRoles,
	ActRecap:         guestRoles,
	ActApprove:       hostRoles,
	ActPin:           hostRoles,
	ActViewLog:       hostRoles,
	ActNotify:        guestRoles,
	ActExport:        ownerRole,
}

// May returns nil if a member with this role may do this, and otherwise a Forbidden error that says why not.
func (r Role) May(act Action) error {
	allowed := permissions[act]
	switch {
	case slices.Contains(allowed, r):
		return nil
	case r == "":
		return Errorf(Forbidden, "Join this room first.")
	case r == RoleRemoved || r == RoleBanned:
		return Errorf(Forbidden, "You were removed from this room.")
	case r == RoleTablet && slices.Contains(allowed, RoleGuest):
		return Errorf(Forbidden, "This device is shared. Songs are added on it in somebody’s name; all else needs a phone.")
	case r == RoleScreen && slices.Contains(allowed, RoleGuest):
		return Errorf(Forbidden, "A screen only shows the room. Join as a guest to take part.")
	case slices.Contains(allowed, RoleCohost):
		return Errorf(Forbidden, "Only the host and co-hosts of this room can do this.")
	}
	return Errorf(Forbidden, "Only the host of this room can do this.")
}

// HasGuestRules reports whether the rules about guests apply to members with this role.
func (r Role) HasGuestRules() bool { return r == RoleGuest || r == RoleTablet }

// UserKind says how a user came to be known to the server.
type UserKind string

const (
	HostUser   UserKind = "HOST"   // signed in; may open rooms
	GuestUser  UserKind = "GUEST"  // joined by a code, without an account
	ScreenUser UserKind = "SCREEN" // a client that only shows a room
)

// Actions returns all actions, sorted.
func Actions() []Action { return slices.Sorted(maps.Keys(permissions)) }

// Roles returns the roles that may do this.
func (a Action) Roles() []Role { return slices.Clone(permissions[a]) }

// PersonRoles returns the roles of people: no screens, no tablets, and no members who were removed.
func PersonRoles() []Role { return slices.Clone(guestRoles) }
