package testport

import (
	"errors"
	"syscall"
	"testing"
)

// reserve binds a socket that does not listen, until the test ends, and returns its port. With SO_REUSEADDR, which
// servers set, too, the socket does not keep a server from listening on the port, but Linux does not give the port to
// any other socket that asks for a free one.
func reserve(tb testing.TB) (port int, err error) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	tb.Cleanup(func() { _ = syscall.Close(socket) })
	if err := errors.Join(
		syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1),
		syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
	); err != nil {
		return 0, err
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return bound.(*syscall.SockaddrInet4).Port, nil
}
