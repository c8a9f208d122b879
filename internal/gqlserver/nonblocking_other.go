//go:build !unix

package gqlserver

import (
	"sync"
	"syscall"
)

// nonblockingWrite writes nothing on this operating system: a goroutine does every write.
type nonblockingWrite struct{ buffer []byte }

var nonblockingWrites = sync.Pool{New: func() any { return &nonblockingWrite{buffer: make([]byte, 0, 4<<10)} }}

func (a *nonblockingWrite) write(syscall.RawConn, []byte, []byte) (n int, err error) { return 0, nil }

func (a *nonblockingWrite) release() { nonblockingWrites.Put(a) }
