/*
Package gqlserver puts a GraphQL schema on the wire: queries and mutations as GraphQL over HTTP has them (POST and GET), and
everything over WebSocket with the protocol graphql-transport-ws, and as Server-Sent Events in graphql-sse's distinct
connections. It knows nothing of what the schema is about.

# What is promised

  - Every operation runs in the context that Authenticate made of its credentials. Wrong credentials are refused, never
    taken for none.
  - What a resolver fails or panics with reaches a client only through Present.
  - A document that would cost too much is refused before it is validated, see package guard.
  - A subscription that is @shared, and selects nothing that is @viewer, is executed once for each new state and each version
    that somebody leads on from, however many follow it. Each of them was let in by Open, with their own context; the
    execution has no viewer at all, so what asks for one by mistake fails, for all.
  - A subscriber is first sent the present state, never one older than what Open knew, and then every change, in order. Who
    is slow skips ahead: no backlog is kept for anybody, and nobody waits for anybody else.
  - A client that takes nothing for Limits.WriteTimeout is cut off, and so is one that says nothing for two pings. Neither
    holds anything for longer.
  - Every WebSocket ends in one of the ways listed in endings.go, each of which says what the client does next.
  - Drain ends all that lasts, and waits until nothing runs any more.

# How a change reaches its subscribers

A subscription field has a [Source] of states. A [stream] is one operation that somebody follows: its goroutine asks the
source for the newest state, executes the operation on the event that leads there from the state before, keeps the response
as bytes, and tells those who follow. A subscription is a cursor: the version it was sent last. Told that there is news, it
takes the one response that leads on from its version; if nobody has taken that one yet, the stream executes it. Nothing is
kept of older states.

The stream's goroutine writes to each socket what it takes at once. Where a socket does not take everything, a goroutine of
that connection writes the rest, and when it is done takes what is newest then.

# Goroutines and locks

Each connection has a goroutine that reads, one for each query or mutation under way, and one that writes while the client
is slow; each stream has one. Drain waits for all of them. A stream of events has its request's.

streams.mu is taken before stream.mu; connection.mu is never held together with either. None of them is held while anything
is executed, written or waited for.
*/
package gqlserver
