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

// Comparison cannot be made.
type Comparison struct{}

// NewComparison returns an error.
func NewComparison(context.Context, int) (*Comparison, error) { return nil, errNotLinux }

// TimesBare returns an error.
func (*Comparison) TimesBare(context.Context, int, int, string) (Times, error) {
	return Times{}, errNotLinux
}

// Close does nothing.
func (*Comparison) Close() {}
