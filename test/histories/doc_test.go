// Package histories_test plays parties in a world that breaks, records what every client saw, and checks afterwards
// that all of it can be true together.
//
// # The world
//
// Two servers share a MariaDB and a NATS server, or one server has SQLite; all of them, and a simulated Spotify, are
// processes of their own. Guests add, like, unlike and withdraw songs, come and go; the host removes songs and changes
// a setting; four followers keep a copy of the queue by roomQueueChanges, as packages/client does. A nemesis kills,
// suspends and restarts servers, database and NATS, and cuts, delays and black-holes the lines between all of them
// (toxiproxy). Each act goes to any of the servers; most have an idempotency key and are repeated, at any server, until
// their outcome is known.
//
// # The record
//
// Of each act: its beginning and end by the monotonic clock, its attempts, and its outcome. An act is done if it was
// acknowledged, refused if the answer was a clear no to its only attempt, and otherwise unknown: then it may have taken
// effect at any time since, or not at all. Triggers in the database are the witness: they write what was committed, in
// which order, and over whose connection. A proxy before the simulated Spotify writes down which server sent which
// command.
//
// # The checks
//
//	likes        for each item there is an order of all acts that explains all answers (linearizability, by porcupine)
//	settings     the same for a setting that the host changes
//	adds         no acknowledged song is lost, none is there twice, and none that was refused or that nobody asked for
//	removals     the same for removed and withdrawn songs
//	like events  the same for likes, by the room's log
//	joins        the same for guests
//	limits       no song was added beyond the queue's length, a guest's limit, a guest's quota or the cooldown
//	followers    all who saw a version saw the same queue; nobody went back; all got the end, which is what queries show
//	versions     the room's versions form a chain, and something was written with each of them
//	drivers      only the server with the lease wrote steps of the player, and sent commands
//	heard        no song was heard twice
//	recovery     after each fault, each server acknowledged an act again
//
// TestForgedHistoriesAreFound shows that each check finds what it is for. A failed check tells its story: the acts
// concerned and the faults that overlap them, in the order of time.
//
// This is a module of its own, so that the program's go.mod does not get toxiproxy and what it needs. It uses the
// program's packages for tests by a replace directive, and builds the program and the NATS server from the program's
// module.
package histories_test
