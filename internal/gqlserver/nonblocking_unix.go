//go:build unix

package gqlserver

import (
	"errors"
	"sync"
	"syscall"
)

// nonblockingWrite writes to a socket without waiting. It is reused, so that a write allocates nothing.
type nonblockingWrite struct {
	buffer    []byte // in which the two parts of a frame are joined
	data      []byte
	n         int
	err       error
	writeOnce func(fd uintptr) bool // passed to RawConn.Write; made once
}

var nonblockingWrites = sync.Pool{New: func() any {
	a := &nonblockingWrite{buffer: make([]byte, 0, 4<<10)}
	a.writeOnce = func(fd uintptr) bool {
		a.n, a.err = syscall.Write(int(fd), a.data)
		for errors.Is(a.err, syscall.EINTR) {
			a.n, a.err = syscall.Write(int(fd), a.data)
		}
		return true // returning false would wait until the socket is writable
	}
	return a
}}

// write writes a frame that consists of two parts, and returns how many bytes the socket accepted. Without a socket it
// writes nothing.
func (a *nonblockingWrite) write(socket syscall.RawConn, own, shared []byte) (n int, err error) {
	if socket == nil {
		return 0, nil
	}
	a.data = own
	if len(shared) > 0 {
		a.buffer = append(own, shared...)
		a.data = a.buffer
	}
	a.n, a.err = 0, nil
	if err := socket.Write(a.writeOnce); err != nil {
		return 0, err
	}
	if errors.Is(a.err, syscall.EAGAIN) {
		return 0, nil
	}
	return max(0, a.n), a.err
}

// release returns the nonblockingWrite to the pool, unless its buffer has become large.
func (a *nonblockingWrite) release() {
	const large = 64 << 10
	a.data = nil
	if cap(a.buffer) <= large {
		nonblockingWrites.Put(a)
	}
}
