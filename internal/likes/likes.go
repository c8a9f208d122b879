/*
Package likes decides changes of likes that share a transaction, one after the other in memory, each as if the ones
before it were stored, and then stores the results of all of them, with the statements of package bulk. A change of a
like follows the same rules as every other change of a room, which package jukebox describes.
*/
package likes

import (
	"time"

	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/party"
)

// Change adds or takes back one like. Liking twice, or unliking what is not liked, changes nothing.
type Change struct {
	RoomID, ItemID, UserID string
	Unlike                 bool
	Once                   *Key // nil: the change has no idempotency key
	// Its outcome, if it succeeds.
	Item     *party.QueueItem // as it is after the change, with the URI of its song only; nil if Repeated is true
	Repeated bool             // the like was changed by an earlier request
}

// Wanted returns what the change needs to read from the database.
func (c *Change) Wanted() bulk.Wanted {
	wanted := bulk.Wanted{ItemID: c.ItemID, UserID: c.UserID}
	if c.Once != nil {
		wanted.KeyHash, wanted.CountKeys = c.Once.Hash, bulk.CountKeysIfLiked // then the like changes nothing
	}
	if c.Unlike {
		wanted.CountKeys = bulk.CountAllKeys
	}
	return wanted
}

// KeyLifetime is how long after a mutation a repetition with the same idempotency key is recognised.
const KeyLifetime = 24 * time.Hour

// Key identifies a mutation that may be repeated.
type Key struct {
	UserID, Hash            string
	Mutation, ArgumentsHash string // what the key was used for
}

// CheckSame returns a Conflict unless the key was stored for the same request.
func (k *Key) CheckSame(mutation, argumentsHash string) error {
	if mutation != k.Mutation || argumentsHash != k.ArgumentsHash {
		return party.Errorf(party.Conflict, "This idempotency key was used for another request. Choose a new one.")
	}
	return nil
}

// Room is an open room that a transaction has locked, and what the changes of the transaction have done to it so far.
type Room struct {
	ID                string
	Version           int64
	MembersVersion    int64 // the version at which a role last changed
	LikesAfterMinutes int   // the room's setting
	Written           bool  // something has to be committed
	Events            []bulk.Event
	AffectedUsers     []string // not nil, which would mean everybody
}

// mayChange returns why nobody can like or unlike a song in this state, or nil.
func mayChange(state party.QueueItemState) error {
	if state == party.Removed {
		return party.Errorf(party.NotFound, "This song is no longer in the queue.")
	}
	if refusal := party.MayLike(state); refusal != nil {
		return refusal.Err()
	}
	return nil
}

// KeysPerObject is how many idempotency keys are kept for one user and one song or room, if the user likes and unlikes
// that song again and again, or repeats mutations that change nothing. A client has far fewer requests under way.
const KeysPerObject = 100
