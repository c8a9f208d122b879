/*
Package jukebox is the program: the rooms, their queues and players, and what each user may do in them. Package
roomstate reads the states of rooms for it; package account has the users and their sessions; packages bulk, likes and
offers are parts of its changes. All data is in the database, and what is kept in memory is a cache of it: all servers
on the same database show the same rooms.

# Use cases

A use case is an exported method of [Jukebox]. It takes the viewer from the context (account.WithViewer), checks with
authorize or authorizeItem that the viewer's role permits the action and that no rate limit is exceeded, and returns
plain values of package party, never rows of the database. Doc comments name who may call a method: "for members", "for
guests", "for hosts"; co-hosts and hosts may do whatever guests may.

An error that the client should see is a [party.Error] with a code and a sentence. Every other error is a failure of the
server; it is wrapped with a description of the failed operation, and the caller logs it.

All methods may be called concurrently. A method returns after its change was committed, so whatever is read afterwards
includes it. A context that ends while a change runs does not undo the change: the client cannot know whether it was
made, and repeats the mutation with the same idempotency key.

# Changes

Every change of an open room goes through changer.change, which runs a function in a transaction. These rules hold:

  - The lock: the first statement of the transaction raises the version of the room, if the room is open. (Likes differ:
    on SQLite, which locks the whole database, they lock no row; on MySQL, a transaction for several rooms locks their
    rows by a query.) The row stays locked until the commit, so changes of one room run one after the other, on all
    servers, and whatever the function reads of the room cannot change before the commit. authorize has read the
    viewer's role earlier; if a role has changed since, it is checked again inside the transaction. A like is always
    decided by the role that its transaction reads, so authorizeLike does not read that of a viewer whom it remembers.
  - Read, decide, write: a function refuses, by returning a party.Error, before its first write. A refused change leaves
    nothing behind and does not disturb the changes that share its transaction. An error after the first write, or of
    any other type, rolls the transaction back.
  - It may run again: after a deadlock, or after another change of the same transaction has failed, the function is
    called with a new roomTx. It must keep nothing from an earlier run, and must do nothing outside the transaction.
    Whatever it needs from Spotify is fetched before the change.
  - Versions: what watchers see is written through roomTx.versioned, and changed rows carry roomTx.version. What is not
    part of the room's state, such as an idempotency key, is written through roomTx.unversioned. A change that wrote
    nothing versioned does not raise the version, so that versions have no gaps. A change that wrote nothing at all is
    not committed.
  - Affected users: a change names the users for whom more than the shared state changes (roomTx.affects,
    roomTx.affectsNobody). A change that declares nothing affects everybody, which costs time but is never wrong.
  - Hints: a hint is published after the commit and never before. It may get lost: feeds also compare versions
    regularly.
  - Idempotency: changeOnce stores the key of a mutation in the same transaction as its change. A repetition within a
    day returns the first result and changes nothing. Refusals are not stored.

Changes that wait at the same time share a transaction, and thereby a commit, as far as there is time for them: see
changer. Likes next to each other also share their statements: see package likes. They follow the same rules, except
that they are decided in memory. Only what no watcher sees is written in ordinary transactions: new rooms, new members,
closed rooms, nodes, and when members were last connected; and the versions of all rooms, after a backup was restored
(package timeline).

# State

A room's state ([party.State]) is everything that its members can see, at one version. roomstate.Loader loads it with
one query, and from then on only the rows that are newer than the state at hand. Watchers read states from the hub
(package live), one feed for each watched room; requests load them with Jukebox.currentState. States are immutable and
shared.

# Files

Each file name begins with its concern:

	access_    the viewer's role and permissions in a room, rate limits
	catalog_   searching songs that the viewer may add; package catalog knows the songs
	change_    the transaction of a change, groups of changes, idempotency
	guest_     joining a room, a guest's own view, merging a guest who signs in
	history_   writing the log of events, export as a playlist; package lists reads both
	member_    roles and removal, presence, members who are away, signing out
	player_    commands, skip votes, leases, and the steps that drivers write
	queue_     adding, liking, approving, pinning, removing and reading songs, undo
	room_      creating, settings and closing rooms; package purge deletes them
	state_     watching the state of a room, which package roomstate reads

and besides them:

	account.go    what happens to rooms when a user's account changes
	jukebox.go    Config, New and Close; node.go returns objects by their ids
	metrics.go    metrics for operators
	unavailable.go  the error of requests while the database is unavailable
	values.go     conversions of columns

# Goroutines

The package starts none for a change. [New] starts those of the hub and of the reactions, and [Jukebox.Close] waits for
them. [Jukebox.RunPresence] and [Jukebox.Timeline]'s Run run until their context ends, on the goroutines of their
callers. The mutexes of presence and nodeWatch are held for a few map operations, and never while the program waits for
the database, the bus or Spotify.
*/
package jukebox
