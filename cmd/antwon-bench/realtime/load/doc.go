// Package load contains the load generator's clients, over WebSocket or Server-Sent Events. They cost as little as
// possible, because they share the machine with the server under test: one goroutine and one epoll for all of them, one
// read per message, and no allocation for what arrives. They speak the part of graphql-transport-ws that a subscriber
// needs, and record every message that carries a "version": when it was complete, how many bytes it had on the wire,
// and which client received it.
//
// If a client is refused, disconnected, or sent an older version or anything that it did not ask for, all clients fail:
// figures of a server that has lost a subscriber are worthless.
//
// Methods of Clients may be called from any goroutine.
//
// It is built on Linux only, which has epoll.
package load
