// Package attack attacks the program with the most expensive requests that a guest can send, and prints how that
// affects another guest.
//
// For each kind of attack it starts the program in a process of its own, with a room of 500 songs, and attacks it from
// one address: first as one guest, then as thirty. Meanwhile a bystander at another address of this machine reads the
// queue five times per second. A table says how many requests were answered and refused, how many bytes that took, the
// bystander's latency, and how much memory the server had at most.
//
// Attackers, bystander and server share the machine, so a lane that is refused waits 20 ms before it tries again:
// otherwise the attackers' own processor time would be what is measured.
//
// It needs Linux, for its /proc.
package attack
