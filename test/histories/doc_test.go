// Package histories_test plays parties while servers, databases and connections fail. It records what every client saw,
// and checks afterwards that all of this is consistent.
//
// # The world
//
// Either two servers share a MariaDB and a NATS server, or one server has SQLite. The servers, MariaDB, NATS and a
// simulated Spotify are processes of their own. Guests come and go, and add, like, unlike and withdraw songs. The host
// removes songs and changes a setting. Four followers keep a copy of the queue by roomQueueChanges, as packages/client
// does. A nemesis kills, suspends and restarts servers, database and NATS, and cuts, delays and black-holes the
// connections between them (toxiproxy). Each act is sent to a random server. Most acts have an idempotency key and are
// repeated, each time at a random server, until their outcome is known.
//
// # The record
//
// For each act the record has its beginning and end by the monotonic clock, its attempts, and its outcome. An act is
// done if it was acknowledged. It is refused if a server clearly said no and no earlier attempt can have had an effect.
// Otherwise it is unknown: it may have taken effect at any time since its beginning, or not at all. Triggers in the
// database are the witness: they record what was committed, in which order, and over which server's connection. A proxy
// in front of the simulated Spotify records which server sent which command.
//
// # The checks
//
//	likes        for each item there is an order of all acts that explains all answers (linearizability, by porcupine)
//	settings     the same for a setting that the host changes
//	adds         no acknowledged song is lost; none was added twice, after a refusal, or without a request
//	removals     the same for removed and withdrawn songs
//	like events  the room's log has no like twice, and none that was refused or that nobody asked for
//	joins        no acknowledged guest is lost; none is there twice or after a refusal
//	limits       no song was added beyond the queue's length, a guest's limit, a guest's quota or the cooldown
//	followers    all who saw a version saw the same queue; nobody went back; all reached a version that queries show
//	versions     the room's versions form a chain, and something was written with each of them
//	drivers      only the server with the lease recorded steps of the player and sent commands
//	heard        no song was heard twice
//	recovery     after each fault, each server acknowledged an act again
//
// TestForgedHistoriesAreFound shows that each check finds the violations that it is meant to find. A failed check shows
// the story of the violation: the acts concerned, and the faults that overlap them, in chronological order.
//
// This is a module of its own, so that toxiproxy and its dependencies do not get into the program's go.mod. By a
// replace directive, it uses the program's packages for tests, and it builds the program and the NATS server from the
// program's module.
package histories_test
