package account

import (
	"context"

	"antwon.dj/backend/internal/database"
)

// Caller describes the client that sent a request. It authenticates nobody: it serves to limit rates and to recognise
// banned devices.
type Caller struct {
	Address string // the IP address, without a port
	Device  string // the random id in the browser's device cookie; empty: it has none yet
}

type callerKey struct{}

// WithCaller returns a context for a request that c sent.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom returns the Caller that WithCaller put into the context, or an empty one.
func CallerFrom(ctx context.Context) Caller {
	caller, _ := ctx.Value(callerKey{}).(Caller)
	return caller
}

// DeviceHash returns the hash under which the database knows the caller's device, or nil if the caller has no device
// id.
func DeviceHash(ctx context.Context) *string {
	device := CallerFrom(ctx).Device
	if device == "" {
		return nil
	}
	hashed := database.Hash([]byte(device))
	return &hashed
}
