//go:build unix

package sockets

import (
	"errors"
	"sync"
	"syscall"
)

// Writer writes to a socket without waiting. It is reused, so that a write allocates nothing.
type Writer struct {
	Buffer    []byte // in which the two parts of a frame are joined
	data      []byte
	n         int
	err       error
	writeOnce func(fd uintptr) bool // passed to RawConn.Write; made once
}

var writers = sync.Pool{New: func() any {
	a := &Writer{Buffer: make([]byte, 0, 4<<10)}
	a.writeOnce = func(fd uintptr) bool {
		a.n, a.err = syscall.Write(int(fd), a.data)
		for errors.Is(a.err, syscall.EINTR) {
			a.n, a.err = syscall.Write(int(fd), a.data)
		}
		return true // returning false would wait until the socket is writable
	}
	return a
}}

// NewWriter returns a Writer, which has to be released.
func NewWriter() *Writer { return writers.Get().(*Writer) }

// Write writes a frame that consists of two parts, and returns how many bytes the socket accepted. Without a socket it
// writes nothing.
func (a *Writer) Write(socket syscall.RawConn, own, shared []byte) (n int, err error) {
	if socket == nil {
		return 0, nil
	}
	a.data = own
	if len(shared) > 0 {
		a.Buffer = append(own, shared...)
		a.data = a.Buffer
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

// Release returns the Writer to the pool, unless its buffer has become large.
func (a *Writer) Release() {
	const large = 64 << 10
	a.data = nil
	if cap(a.Buffer) <= large {
		writers.Put(a)
	}
}
