package gqlserver

import (
	"cmp"
	"time"
)

// Limits bound what one client may cost. A field that is zero has the default named beside it.
type Limits struct {
	BodyBytes    int64         // of a POST's body: 256 KiB
	MessageBytes int64         // of a message from a WebSocket client: 64 KiB
	Tokens       int           // in a document: 1,000
	RootFields   int           // of an operation, fragments counted where they are spread: 20
	Operations   int           // running at once on one connection: 100
	InitTimeout  time.Duration // from the upgrade to connection_init: 10 s
	PingInterval time.Duration // between pings; a pong may take two of them: 25 s
	WriteTimeout time.Duration // for a client to take a message: 10 s
}

func (l Limits) withDefaults() Limits {
	return Limits{
		BodyBytes:    cmp.Or(l.BodyBytes, 256<<10),
		MessageBytes: cmp.Or(l.MessageBytes, 64<<10),
		Tokens:       cmp.Or(l.Tokens, 1000),
		RootFields:   cmp.Or(l.RootFields, 20),
		Operations:   cmp.Or(l.Operations, 100),
		InitTimeout:  cmp.Or(l.InitTimeout, 10*time.Second),
		PingInterval: cmp.Or(l.PingInterval, 25*time.Second),
		WriteTimeout: cmp.Or(l.WriteTimeout, 10*time.Second),
	}
}
