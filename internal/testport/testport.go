// Package testport gives tests addresses for servers that they start, often in other processes.
package testport

import (
	"net"
	"strconv"
	"testing"
)

// Free returns a port of 127.0.0.1 on which nothing listens. On Linux it belongs to the test until the test ends: a
// server can listen on it and stop any number of times, and neither other tests nor connections get it meanwhile.
func Free(tb testing.TB) int {
	tb.Helper()
	port, err := reserve(tb)
	if err != nil {
		tb.Fatalf("find a free port: %v", err)
	}
	return port
}

// FreeAddress returns 127.0.0.1 with a port that Free returns.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(Free(tb)))
}
