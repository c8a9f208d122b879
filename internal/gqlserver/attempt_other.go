//go:build !unix

package gqlserver

import (
	"sync"
	"syscall"
)

// attempt would write to a socket what it takes at once; here every write waits in a goroutine.
type attempt struct{ buffer []byte }

var attempts = sync.Pool{New: func() any { return &attempt{buffer: make([]byte, 0, 4<<10)} }}

func (a *attempt) write(syscall.RawConn, []byte, []byte) (n int, err error) { return 0, nil }

func (a *attempt) release() { attempts.Put(a) }
