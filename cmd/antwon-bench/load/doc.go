// Package load is a crowd of WebSocket clients that costs as little as possible, because it shares the machine with the
// server that is measured: one goroutine and one epoll for all of them, one read for each message, and nothing allocated on
// the way. It speaks graphql-transport-ws as far as a subscriber has to, and takes note of every message that carries a
// "version": when it was complete, how many bytes it had on the wire, and who got it.
//
// A client that is refused, cut off, or told anything that it did not ask for fails the whole crowd: figures of a server
// that lost somebody are worth nothing.
//
// There is one for Linux only.
package load
