//go:build unix

package gqlserver

import (
	"errors"
	"sync"
	"syscall"
)

// attempt writes to a socket what it takes at once.
type nonblockingWrite struct {
	buffer    []byte // for frames that are put together here
	data      []byte
	n         int
	err       error
	writeOnce func(fd uintptr) bool // made once, so that an attempt allocates nothing
}

var nonblockingWrites = sync.Pool{New: func() any {
	a := &nonblockingWrite{buffer: make([]byte, 0, 4<<10)}
	a.writeOnce = func(fd uintptr) bool {
		a.n, a.err = syscall.Write(int(fd), a.data)
		for errors.Is(a.err, syscall.EINTR) {
			a.n, a.err = syscall.Write(int(fd), a.data)
		}
		return true // do not wait
	}
	return a
}}

// write writes a frame that consists of two parts, and returns how much of it was taken.
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

// release gives the attempt back, unless it has grown large.
func (a *nonblockingWrite) release() {
	const large = 64 << 10
	a.data = nil
	if cap(a.buffer) <= large {
		nonblockingWrites.Put(a)
	}
}
