package testport_test

import (
	"net"
	"testing"

	"antwon.dj/backend/internal/testport"
)

func TestServerCanListenAgainAndAgain(t *testing.T) {
	address := testport.FreeAddress(t)
	for range 3 {
		if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", address); err == nil {
			t.Fatal("something listens already")
		}
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		_ = listener.Close()
	}
}
