//go:build !linux

package realtime

import (
	"context"
	"errors"
	"io"
)

var errNotLinux = errors.New("this needs Linux, for its epoll and its /proc")

// Run returns an error.
func Run(context.Context, []string, io.Writer) error { return errNotLinux }

// Serve returns an error.
func Serve(context.Context, []string) error { return errNotLinux }
