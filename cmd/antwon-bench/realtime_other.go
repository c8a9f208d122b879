//go:build !linux

package main

import (
	"context"
	"errors"
	"io"
)

var errNotLinux = errors.New("this needs Linux, for its epoll and its /proc")

func realtime(context.Context, []string, io.Writer) error { return errNotLinux }

func serve(context.Context, []string) error { return errNotLinux }
