package jukebox

import (
	"context"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
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

func callerFrom(ctx context.Context) Caller {
	caller, _ := ctx.Value(callerKey{}).(Caller)
	return caller
}

// deviceHash is what is kept of the caller's device, or nil.
func deviceHash(ctx context.Context) *string {
	device := callerFrom(ctx).Device
	if device == "" {
		return nil
	}
	hashed := database.Hash([]byte(device))
	return &hashed
}

var errBanned = party.Errorf(party.Forbidden, "you were removed from this room for good")

// mayCome refuses devices from which somebody was banned, and too many people from one address.
func (j *Jukebox) mayCome(ctx context.Context, roomID string) error {
	if device := deviceHash(ctx); device != nil {
		banned, err := j.db.Read.Membership.Query().
			Where(membership.RoomID(roomID), membership.Role(string(party.RoleBanned)), membership.HasUserWith(user.DeviceHash(*device))).Exist(ctx)
		if err != nil {
			return err
		}
		if banned {
			return errBanned
		}
	}
	return j.pace.newcomer(ctx)
}
