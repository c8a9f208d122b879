/*
Package push tells guests who asked for it, by the push service of their browser, that their song is next or plays.

	sender.go        Sender, and what it is made with
	keys.go          the keys by which push services know this deployment
	subscription.go  what a browser's subscription consists of, and where it may point
	store.go         who subscribes, and unsubscribes
	announce.go      the queue of occasions, and who is told of one
	delivery.go      one message to one push service

# What may block what

Announce never blocks: it puts an occasion into a queue, which only the goroutines of Run read. If the queue is full,
the occasion is dropped and counted. Each request to a push service has a time limit, a notice is tried a few times at
most, and none is sent once its occasion has passed. When its context ends, Run still sends what waits, within its drain
time.

# Who sends

The server that has stored what the player does announces it: of several servers, that is the one with the room's lease.
Before a notice is sent, its row is claimed in the database, so no occasion is announced twice in a row to one
subscription.
Whether the guest may still be told is read at that moment: nothing is sent to a guest who was removed or has signed
out, or from a room that is closed.
*/
package push
