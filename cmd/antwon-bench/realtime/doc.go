// Package realtime puts the same load on three servers, one at a time, and prints what they did beside what the program
// aims at. The load is up to thousands of subscribers, and likes that change their rooms; the servers are the program
// itself, gqlgen's own WebSocket transport, and a broadcast without GraphQL.
//
// A run consists of sections, in this order, which -only selects by name:
//
//   - pressure: throughput, processor time and memory while likes come faster than they can be delivered, and the
//     latency of one like after the other.
//   - flow: the latency of likes that come at a constant rate.
//   - wire: the bytes of a like.
//   - cost: the processor time of a like.
//   - sharing: executions of an operation that several clients subscribe to.
//   - resume: reconnecting after a restart of the server.
//   - churn: what many connections leave behind.
//
// The first two compare all servers; the others concern the program alone. The whole run fails if a client is refused,
// disconnected, or sent an error or an older version, and if the servers do not send the same payloads.
//
// The packages below, from the bottom up: seed is the database from which all servers start, server the three servers,
// load the clients, trial one server under one load, and measure the measurements of the sections. This package is the
// command and its report.
//
// It needs Linux, for its epoll and its /proc. Elsewhere Run and Serve return an error.
package realtime
