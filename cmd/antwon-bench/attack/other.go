//go:build !linux

package attack

import (
	"context"
	"errors"
	"io"
)

// Run returns an error.
func Run(context.Context, []string, io.Writer) error {
	return errors.New("this needs Linux, for its /proc")
}
