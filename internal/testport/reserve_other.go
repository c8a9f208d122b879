//go:build !linux

package testport

import (
	"net"
	"testing"
)

// reserve returns a port that was free a moment ago.
func reserve(tb testing.TB) (port int, err error) {
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}
