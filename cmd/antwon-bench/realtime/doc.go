// Package realtime puts the same load on five servers, one at a time, and prints their figures beside the program's
// aims. The load is up to thousands of subscribers, and likes that change their rooms; the servers are the program
// itself, gqlgen's own WebSocket transport, a broadcast without GraphQL, and two whose dependencies this module does
// not have: the library centrifuge, and graphql-yoga on Node. With -docs, the figures and a plot are written into the
// documentation.
//
// A run consists of sections, in this order, which -only selects by name:
//
//   - pressure: throughput, processor time and memory while likes come faster than they can be delivered, and the
//     latency of one like after the other.
//   - steady: the latency of a few likes per second in the largest room.
//   - memory: what subscribers cost while nothing happens.
//   - storm: what subscribers notice of others that stall or reset their connections.
//   - flow: the latency of likes that come at a constant rate.
//   - wire: the bytes of a like.
//   - cost: the processor time of a like.
//   - sharing: executions of an operation that several clients subscribe to.
//   - resume: reconnecting after a restart of the server.
//   - churn: what many connections leave behind.
//
// The first one compares all servers; steady and flow compare those that are fast enough; the others concern the
// program alone. A trial has no figures if a client is refused, disconnected, or sent an error or an older version. The
// whole run fails if the servers do not send the same payloads.
//
// The packages below, from the bottom up: seed is the database from which all servers start, server the servers, load
// the clients, trial one server under one load, and measure the measurements of the sections. This package is the
// command and its report.
//
// It needs Linux, for its epoll and its /proc. Elsewhere Run and Serve return an error.
package realtime
