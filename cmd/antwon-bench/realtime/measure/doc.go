// Package measure contains the measurements of a realtime run, each a method of Bench:
//
//	bench.go        Bench, and the sizes of its measurements
//	payload.go      CheckPayloads: whether all servers send the same
//	pressure.go     Pressure: throughput, processor time and memory while likes come faster than they can be delivered;
//	                and the latency of one like after the other
//	memory.go       Memory: what subscribers cost while nothing happens
//	storm.go        Storm: what subscribers notice of clients that do not behave
//	latency.go      Flow: the latency of likes that come at a constant rate
//	wire.go         Wire: the bytes of a like for one client, in frames as the server sends them
//	compression.go  and the same with compression
//	cost.go         LikeCosts: the processor time of a like with one subscriber
//	sharing.go      Executions: how often a server executes an operation that several clients subscribe to
//	resume.go       Resume: how fast clients are current again after the server was restarted
//	churn.go        Churn: what many connections leave behind
//
// Each runs one trial or several, and fails if a client does (see package trial).
//
// It is built on Linux only, like everything that it uses.
package measure
