package account

import (
	"context"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/ratelimit"
)

// Caller describes the client that sent a request. It authenticates nobody: it serves to limit rates and to recognise
// the browsers of banned members.
type Caller struct {
	Address    string // the IP address, without a port
	Connection string // tells the connections of the address apart; empty: unknown, as behind many proxies
	BrowserID  string // the random id in the cookie that tells browsers apart; empty: it has none yet
	NewBrowser bool   // the browser did not bring BrowserID, but may be given it with the response
}

// Source returns the source by which rate limits count the caller.
func (c Caller) Source() ratelimit.Source {
	return ratelimit.Source{
		Address: c.Address, Connection: c.Connection, Browser: c.BrowserID, NewBrowser: c.NewBrowser,
	}
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

// BrowserHash returns the hash under which the database knows the caller's browser, or nil if the browser has no
// id.
func BrowserHash(ctx context.Context) *string {
	id := CallerFrom(ctx).BrowserID
	if id == "" {
		return nil
	}
	hashed := database.Hash([]byte(id))
	return &hashed
}
