/*
Package gqlserver serves a GraphQL schema: queries and mutations over HTTP (POST and GET), all operations over WebSocket
with the protocol graphql-transport-ws, and all operations as Server-Sent Events in the distinct connections mode of
graphql-sse. It does not know what the schema is about.

# Guarantees

  - Each operation is executed in the context that Authenticate returned for its credentials. Invalid credentials are
    refused; they are never treated like missing ones.
  - An error or a panic of a resolver reaches a client only through Present.
  - An error in a document or its variables is the client's: the operation is refused before it is executed, and the
    WebSocket and its other operations go on.
  - A document that would cost too much is refused before it is validated, see package guard.
  - An operation that can cost more than Limits.OperationCost is refused before it is executed. Each operation is
    charged to its user and its address. While these have spent more than Limits allow, their operations are refused,
    over every transport.
  - Operations wait for their turn for a bounded time, and a bounded number of them waits. An operation hardly ever
    waits for those of another address.
  - A subscription with the directive @shared that selects no field with @viewer is executed once for each new state and
    each version that a subscriber has, however many subscribers there are. A SubscribeFunc admits each subscriber, in
    the subscriber's own context. The context of the execution has no viewer, so that a field that depends on the viewer
    but lacks the directive fails for everybody.
  - A subscriber is first sent the present state, which is never older than Grant.MinVersion, and then every change in
    order. A slow subscriber skips states: nothing is queued for it, and no other subscriber waits for it.
  - A client that accepts nothing for Limits.WriteTimeout is disconnected, and so is one that sends nothing for two ping
    intervals.
  - Each WebSocket is closed with one of the statuses in close_status.go, which also determine whether clients
    reconnect.
  - Drain ends all WebSockets, event streams and subscriptions, and waits until none of them runs any longer.

# How a change reaches its subscribers

A subscription field has a [Source] of states. A stream executes one operation for all its subscribers. Its goroutine
asks the source for the newest state, executes the operation on the event that leads there from the state before, keeps
the response as bytes, and notifies the subscribers. A subscription is a cursor: it knows the version that was sent
last. When it is notified, it picks up the response that leads from its version to the present one. If no subscriber has
needed that response before, the stream executes the operation for it. Responses to older states are discarded. Of a
list that is always shown as a whole, a shared stream executes only the elements that are new: see package incremental.

The stream's goroutine writes to each socket what the socket accepts at once. If a socket does not accept everything, a
goroutine of that connection writes the rest, and then picks up the response that is newest at that time.

# Goroutines and locks

An idle connection has no goroutine: on Linux, one goroutine of the handler waits for all sockets, see package sockets
and docs/adr/023. It reads the bytes that have arrived and answers control frames. A connection has a goroutine while it
handles other messages, one for each query or mutation that it executes, one that writes while the client is slow, and
one that ends it. If its socket has no descriptor, or the system is not Linux, one more goroutine reads. Each stream has
one. Drain waits for all of them. An event stream over HTTP/2 or TLS, or of a query or mutation, runs in the goroutine
of its request.

streams.mu is locked before stream.mu; connection.mu is never held together with either. None of them is held during an
execution, a write to a socket, or any other wait. The poller's mutex is locked before all of them, and the mutex of the
deadlines after all of them.

# Files

	gqlserver.go, limits.go, source.go        the configuration, and what a schema's subscriptions provide
	engine.go, executor.go                    preparing and executing an operation
	documents.go, values.go, persisted.go     parsing, validation, persisted queries
	params.go, coerce.go, uses.go             the parameters of a request, and the values of variables
	http.go, negotiate.go, responder.go       GraphQL over HTTP
	sse.go, sse_connection.go                 Server-Sent Events: of requests, and on connections of their own
	websocket.go, connection.go, operation.go WebSockets: the handshake, a connection, the operations on it
	reading.go, frame_reader.go               reading what clients send, and its frames
	message.go, frame.go, close_status.go     the protocol graphql-transport-ws and its frames (deflate compresses them)
	outbox.go                                 writing to slow clients
	streams.go, stream.go                     the streams that execute subscriptions
	subscription.go, share.go                 their subscribers, and which of them share a stream
	registry.go, connection_limiter.go        open connections: draining and limits
	estimate.go, answer.go                    the estimate of an operation's cost; the size of its answer
	payer.go, turns.go                        the budgets of users and addresses; bounds on simultaneous executions
	essential.go                              mutations that are executed although the budget is spent
	cost.go                                   what an operation used of its limits, for clients that ask
	metrics.go, trace.go                      metrics and spans
*/
package gqlserver
