package sockets

import (
	"errors"
	"syscall"
)

// Read reads the bytes that have arrived, without waiting. Lost is true if nothing more can arrive.
func Read(socket syscall.RawConn, buffer []byte) (n int, lost bool) {
	var err error
	failed := socket.Read(func(fd uintptr) bool {
		n, err = syscall.Read(int(fd), buffer)
		for errors.Is(err, syscall.EINTR) {
			n, err = syscall.Read(int(fd), buffer)
		}
		return true // returning false would wait
	})
	switch {
	case failed == nil && errors.Is(err, syscall.EAGAIN):
		return 0, false
	case failed != nil || err != nil:
		return 0, true
	default:
		return n, n == 0
	}
}
