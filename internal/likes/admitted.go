package likes

import lru "github.com/hashicorp/golang-lru/v2"

// Admitted remembers which users may like the songs of which rooms, according to an earlier query, and to which room
// each song belongs. A like of such a user needs no query before its transaction. What is remembered may be out of
// date. That does no harm: the transaction reads the user's role itself and decides by it. The check before only keeps
// strangers from using up the rate limit of a room. The zero value cannot be used. An Admitted is safe for concurrent
// use.
type Admitted struct {
	rooms *lru.Cache[string, string] // the room of each item, which never changes
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

// RoomOf returns the id of an item's room. ok reports whether it is remembered that the user may like the songs of that
// room.
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
