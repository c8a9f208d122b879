// Package server contains the servers that are put under the same load, and the load generator's side of them.
//
// Each server is a process of its own. It opens a jukebox on its copy of the seed and serves it at one address; at
// another address, the controls, the load generator requests likes and reads processor time and memory. The jukebox and
// the controls are the same in all, so that a like costs the same in each. What differs is the handler:
//
//   - antwon.go: the program's own graph, gqlserver and server.
//   - stock.go: the same schema on gqlgen's own WebSocket transport. docs/benchmarks.md quotes this file.
//   - bare.go: a broadcast of the same payloads without GraphQL.
//   - peers/centrifuge, a program that uses this package: the same with the library centrifuge.
//   - yoga.go: starts peers/yoga, on Node, and hands it the changes. Only what Node uses is counted there.
//
// The other files are feed.go and payload.go, which encode the payloads without GraphQL; peers.go, which finds the
// servers of other modules; serve.go, the process; controls.go, its controls; usage.go, what it reads about itself; and
// process.go, how the load generator starts, controls and kills it.
//
// It is built on Linux only: it reads /proc.
package server
