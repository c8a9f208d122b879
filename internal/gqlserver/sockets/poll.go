// Package sockets reads, writes and waits for many sockets without a goroutine or a timer for each: a [Poller] waits
// for all of them, [Read] and [Writer] do what is possible at once, and [Deadlines] calls back at set times. If the
// operating system cannot do that, or a socket has no descriptor, they report it: then the caller needs a goroutine.
package sockets

// Pollable is notified by a Poller that its socket can be read: bytes have arrived, or the connection has ended.
type Pollable interface {
	// OnReadable must neither wait nor call the Poller. The buffer is for reading, and only during the call. If it
	// returns true, it is called again when there is something to read; otherwise only after Poller.Resume.
	OnReadable(buffer []byte) (again bool)
}

// Place is a socket's place in a Poller. The zero value is none.
type Place struct {
	fd         int32
	generation uint32 // tells sockets apart that had the same descriptor one after the other; 0: none
	onlyEnd    bool   // it is reported only when the connection has ended
}

const pollBuffer = 16 << 10 // bytes that are read from a socket before the next one's turn
