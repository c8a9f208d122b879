package gqlserver

import (
	"cmp"
	"time"

	"antwon.dj/backend/internal/gqlserver/guard"
)

// Limits bound what clients may cost. A field that is zero has the default named beside it.
type Limits struct {
	BodyBytes    int64        // of a POST's body: 256 KiB
	MessageBytes int64        // of a message from a WebSocket client, decompressed: 64 KiB
	Tokens       int          // in a document: 1,000
	Document     guard.Limits // what a document may ask for, see there

	Operations            int // running at once on one connection: 100
	OperationsPerSecond   int // begun on one connection; as many as may run at once may also begin at once: 20
	ConnectionsPerUser    int // that last: 50
	ConnectionsPerAddress int // that last, for a party shares one address: 2,000

	OperationTime time.Duration // for a query or mutation: 20 s

	InitTimeout  time.Duration // from the upgrade to connection_init: 10 s
	PingInterval time.Duration // between pings; a client that says nothing for two of them is gone: 25 s
	WriteTimeout time.Duration // for a client to take something of what is sent: 10 s
	Linger       time.Duration // how long a shared subscription runs on without followers: 5 s
	DrainWindow  time.Duration // over which Drain spreads the endings: 2 s
}

func (l Limits) withDefaults() Limits {
	return Limits{
		BodyBytes:             cmp.Or(l.BodyBytes, 256<<10),
		MessageBytes:          cmp.Or(l.MessageBytes, 64<<10),
		Tokens:                cmp.Or(l.Tokens, 1000),
		Document:              l.Document,
		Operations:            cmp.Or(l.Operations, 100),
		OperationsPerSecond:   cmp.Or(l.OperationsPerSecond, 20),
		ConnectionsPerUser:    cmp.Or(l.ConnectionsPerUser, 50),
		ConnectionsPerAddress: cmp.Or(l.ConnectionsPerAddress, 2000),
		OperationTime:         cmp.Or(l.OperationTime, 20*time.Second),
		InitTimeout:           cmp.Or(l.InitTimeout, 10*time.Second),
		PingInterval:          cmp.Or(l.PingInterval, 25*time.Second),
		WriteTimeout:          cmp.Or(l.WriteTimeout, 10*time.Second),
		Linger:                cmp.Or(l.Linger, 5*time.Second),
		DrainWindow:           cmp.Or(l.DrainWindow, 2*time.Second),
	}
}
