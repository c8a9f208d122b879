package testport_test

import (
	"net"
	"testing"

	"antwon.dj/backend/internal/testport"
)

// The test takes so many ports that a reserved one would be among them if Linux gave it away.
func TestReservedPortGoesToNobodyElse(t *testing.T) {
	reserved := map[int]bool{}
	for range 500 {
		port := testport.Free(t)
		if reserved[port] {
			t.Fatalf("port %d was reserved twice", port)
		}
		reserved[port] = true
	}
	for range 2_000 {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		for who, addr := range map[string]net.Addr{"server": listener.Addr(), "connection": conn.LocalAddr()} {
			if port := addr.(*net.TCPAddr).Port; reserved[port] {
				t.Errorf("a %s was given port %d, which is reserved", who, port)
			}
		}
		_ = conn.(*net.TCPConn).SetLinger(0) // no port stays in TIME_WAIT
		_ = conn.Close()
		_ = listener.Close()
	}
}
