// Package trial runs one server under one load: a Runner starts the server on a copy of the seed and warms it up, and a
// measurement then connects clients to it and has it perform likes. A trial counts only if, at its end, no client was
// refused, disconnected, or sent an error or an older version.
//
// It is built on Linux only, like everything that it uses.
package trial
