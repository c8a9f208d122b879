//go:build !linux

package sockets

import "syscall"

// Poller waits for no sockets: connections read by themselves.
type Poller struct{}

// Add refuses to wait for a socket.
func (*Poller) Add(syscall.RawConn, Pollable, *Place, bool) bool { return false }

// Resume does nothing.
func (*Poller) Resume(Place) {}

// Remove does nothing.
func (*Poller) Remove(Place) {}

// Close does nothing.
func (*Poller) Close() {}

// Read reads nothing: there is no socket that a Poller waits for.
func Read(syscall.RawConn, []byte) (n int, lost bool) { return 0, true }
