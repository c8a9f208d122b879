//go:build !unix

package sockets

import (
	"sync"
	"syscall"
)

// Writer writes nothing on this operating system: a goroutine does every write.
type Writer struct{ Buffer []byte }

var writers = sync.Pool{New: func() any { return &Writer{Buffer: make([]byte, 0, 4<<10)} }}

// NewWriter returns a Writer, which has to be released.
func NewWriter() *Writer { return writers.Get().(*Writer) }

// Write writes nothing.
func (a *Writer) Write(syscall.RawConn, []byte, []byte) (n int, err error) { return 0, nil }

// Release returns the Writer to the pool.
func (a *Writer) Release() { writers.Put(a) }
