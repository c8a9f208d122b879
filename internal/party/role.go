package party

import (
	"maps"
	"slices"
)

// Role is what somebody is in a room.
type Role string

const (
	RoleHost    Role = "HOST"
	RoleCohost  Role = "COHOST"
	RoleGuest   Role = "GUEST"
	RoleScreen  Role = "SCREEN" // watches only
	RoleRemoved Role = "REMOVED"
	RoleBanned  Role = "BANNED"
)

// Action is something that can be done in a room.
type Action string

const (
	ActView          Action = "view"           // the room, its queue and player, what it played; follow all of it
	ActSearch        Action = "search"         // for songs to add
	ActAdd           Action = "add"            // a song
	ActLike          Action = "like"           // a song, or take the like back
	ActRemoveOwn     Action = "remove own"     // a song that one has added
	ActRemoveAny     Action = "remove any"     // a song that somebody has added
	ActClear         Action = "clear"          // the queue
	ActUpdateRoom    Action = "update room"    // name and settings
	ActControlPlayer Action = "control player" // the player
	ActListDevices   Action = "list devices"   // see what there is to play on
	ActListMembers   Action = "list members"   // see who is here
	ActRemoveGuest   Action = "remove guest"   // a guest
	ActSetRole       Action = "set role"       // co-hosts, and expel them
	ActClose         Action = "close"          // the room
	ActVote          Action = "vote"           // to skip what plays
	ActUndo          Action = "undo"           // what one did oneself
	ActRecap         Action = "recap"          // see one's own evening
	ActApprove       Action = "approve"        // a newcomer's song
	ActPin           Action = "pin"            // a song, or unpin it
	ActViewLog       Action = "view log"       // see who did what
	ActExport        Action = "export"         // what was played, to one's own Spotify account
)

var (
	memberRoles = []Role{RoleHost, RoleCohost, RoleGuest, RoleScreen}
	guestRoles  = []Role{RoleHost, RoleCohost, RoleGuest}
	hostRoles   = []Role{RoleHost, RoleCohost}
	ownerRole   = []Role{RoleHost}
)

// permissions says who may do what. Strangers, and members who were removed, may do nothing.
var permissions = map[Action][]Role{
	ActView:          memberRoles,
	ActSearch:        guestRoles,
	ActAdd:           guestRoles,
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
	ActClose:         ownerRole,
	ActVote:          guestRoles,
	ActUndo:          guestRoles,
	ActRecap:         guestRoles,
	ActApprove:       hostRoles,
	ActPin:           hostRoles,
	ActViewLog:       hostRoles,
	ActExport:        ownerRole,
}

// may says whether somebody with this role may do something, and why not.
func (r Role) May(act Action) error {
	allowed := permissions[act]
	switch {
	case slices.Contains(allowed, r):
		return nil
	case r == "":
		return Errorf(Forbidden, "Join this room first.")
	case r == RoleRemoved || r == RoleBanned:
		return Errorf(Forbidden, "You were removed from this room.")
	case r == RoleScreen && slices.Contains(allowed, RoleGuest):
		return Errorf(Forbidden, "A screen can only watch: join the room as a guest.")
	}
	return Errorf(Forbidden, "Only the host of this room may do this.")
}

// UserKind says how somebody came here.
type UserKind string

const (
	HostUser   UserKind = "HOST"   // signed in, may open rooms
	GuestUser  UserKind = "GUEST"  // joined by a code, without an account
	ScreenUser UserKind = "SCREEN" // a display that only watches
)

// Actions returns every action, sorted.
func Actions() []Action { return slices.Sorted(maps.Keys(permissions)) }

// Roles returns the roles that may do this.
func (a Action) Roles() []Role { return slices.Clone(permissions[a]) }

// PersonRoles returns the roles of people, as opposed to screens and to members who were removed.
func PersonRoles() []Role { return slices.Clone(guestRoles) }
