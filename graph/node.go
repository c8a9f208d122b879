package graph

// Node is an object that clients can load again by its id: a *party.Room, *party.QueueItem, *party.Participant or
// *party.User.
type Node any
