package gqlserver

import (
	"cmp"
	"time"

	"antwon.dj/backend/internal/gqlserver/guard"
)

// Limits bound what clients may use. A field that is zero has the default that its comment names.
type Limits struct {
	BodyBytes    int64        // maximum size of the body of a POST: 256 KiB
	MessageBytes int64        // maximum size of a message from a WebSocket client, after decompression: 64 KiB
	Tokens       int          // maximum number of tokens in a document: 1,000
	Document     guard.Limits // see guard.Limits

	Operations            int // running at the same time on one connection: 100
	OperationsPerSecond   int // started on one connection, on average, with bursts of up to Operations: 20
	ConnectionsPerUser    int // open at the same time: 50
	ConnectionsPerAddress int // open at the same time; all guests of a party may share an address: 2,000
	AnonymousPerAddress   int // open at the same time without credentials, or before these have come: 200

	OperationCost  int // points that an operation may cost at most, see estimate.go: 50,000
	CostPerUser    int // points per second that a user may spend, with bursts of 20 s: 5,000
	CostPerAddress int // points per second that an address may spend, with bursts of 40 s: 50,000
	AnswerBytes    int // maximum size of a response: 4 MiB

	OperationTime time.Duration // maximum duration of a query or mutation: 20 s

	AnonymousIdle time.Duration // how long a WebSocket without credentials may stay open without an operation: 1 min

	InitTimeout  time.Duration // from the upgrade to connection_init: 10 s
	PingInterval time.Duration // between pings; a client that sends nothing for two intervals is disconnected: 25 s
	WriteTimeout time.Duration // within which a client has to accept some of the bytes sent to it: 10 s
	Linger       time.Duration // how long a shared stream goes on without subscribers: 5 s
	DrainWindow  time.Duration // over which Drain spreads the closing of connections: 2 s
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
		AnonymousPerAddress:   cmp.Or(l.AnonymousPerAddress, 200),
		AnonymousIdle:         cmp.Or(l.AnonymousIdle, time.Minute),
		OperationCost:         cmp.Or(l.OperationCost, 50_000),
		CostPerUser:           cmp.Or(l.CostPerUser, 5000),
		CostPerAddress:        cmp.Or(l.CostPerAddress, 50_000),
		AnswerBytes:           cmp.Or(l.AnswerBytes, 4<<20),
		OperationTime:         cmp.Or(l.OperationTime, 20*time.Second),
		InitTimeout:           cmp.Or(l.InitTimeout, 10*time.Second),
		PingInterval:          cmp.Or(l.PingInterval, 25*time.Second),
		WriteTimeout:          cmp.Or(l.WriteTimeout, 10*time.Second),
		Linger:                cmp.Or(l.Linger, 5*time.Second),
		DrainWindow:           cmp.Or(l.DrainWindow, 2*time.Second),
	}
}
