package account

import (
	"context"

	"antwon.dj/backend/internal/database"
)

// Caller is where a request comes from. It proves nothing, and only keeps some out.
type Caller struct {
	Address string // of the network, without a port
	Device  string // what the browser was given to be known by; empty: nothing yet
}

type callerKey struct{}

// WithCaller returns a context for a request that comes from there.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func CallerFrom(ctx context.Context) Caller {
	caller, _ := ctx.Value(callerKey{}).(Caller)
	return caller
}

// deviceHash is what is kept of the caller's device, or nil.
func DeviceHash(ctx context.Context) *string {
	device := CallerFrom(ctx).Device
	if device == "" {
		return nil
	}
	hashed := database.Hash([]byte(device))
	return &hashed
}
