/*
Package push tells guests who asked for it, by the push service of their browser, that their song is next or plays.

	sender.go        Sender, and what it is made with
	keys.go          the keys by which push services know this deployment
	subscription.go  the fields of a browser's subscription, and the hosts that its endpoint may have
	store.go         storing and deleting subscriptions
	announce.go      the queue of occasions, and the recipients of their notices
	delivery.go      one message to one push service

# What blocks

Announce never blocks: it puts an occasion into a queue, which only the goroutines of Run read. If the queue is full,
the occasion is dropped and counted. Each request to a push service has a time limit, a notice is tried a few times at
most, and none is sent once its occasion has passed. When the context of Run ends, Run still sends the occasions in the
queue, within its drain time.

# Who sends

The server that stores a step of the player announces it. If there are several servers, that is the one with the room's
lease. Before it sends a notice, it claims the subscription's row in the database for the occasion, so no occasion is
announced to a subscription twice in a row. When it looks up the recipients, it leaves out guests who were removed or
have signed out, and closed rooms.
*/
package push
