package likes

import lru "github.com/hashicorp/golang-lru/v2"

// Admitted remembers which users may like songs of which rooms, as a query has found, and in which rooms songs are. A
// like of such a user needs no query before its transaction, which decides by the role that it reads itself. So what is
// remembered may be out of date: it only keeps strangers from using up what a room's rate limit has for its guests. The
// zero value cannot be used; an Admitted is safe for concurrent use.
type Admitted struct {
	rooms *lru.Cache[string, string] // of songs in queues, which stay in their rooms
	users *lru.Cache[admittedUser, struct{}]
}

type admittedUser struct{ userID, roomID string }

// admitted is how many users, and how many songs, are remembered.
const admitted = 10_000

// NewAdmitted returns an Admitted that remembers nobody.
func NewAdmitted() *Admitted {
	rooms, _ := lru.New[string, string](admitted) // fails only for a size of 0, as does the next
	users, _ := lru.New[admittedUser, struct{}](admitted)
	return &Admitted{rooms, users}
}

// RoomOf returns the room of an item, if the user is remembered to be allowed to like its songs.
func (a *Admitted) RoomOf(itemID, userID string) (roomID string, ok bool) {
	if roomID, ok = a.rooms.Get(itemID); ok {
		_, ok = a.users.Get(admittedUser{userID, roomID})
	}
	return roomID, ok
}

// Add remembers that a user may like the songs of a room, of which the item is one.
func (a *Admitted) Add(itemID, userID, roomID string) {
	a.rooms.Add(itemID, roomID)
	a.users.Add(admittedUser{userID, roomID}, struct{}{})
}

// Forget forgets a user in the room.
func (a *Admitted) Forget(userID, roomID string) { a.users.Remove(admittedUser{userID, roomID}) }
