/*
Package database opens the program's database, MySQL or SQLite, and runs transactions in it.

A DB has three ways to the data. Read and Write are clients of ent; transactions are begun with InTx, which runs them
again after a deadlock. SQL is the connection pool for queries that do not use ent. Every statement is timed and, if it
is part of a trace, recorded as a span.

The package promises that the rest of the program finds the same behaviour in both databases: the newest migrations,
which one server applies while others wait; READ COMMITTED or stricter; foreign keys; text that is compared byte by
byte; times in UTC with microseconds; and commits that survive a power cut. Where the databases differ nevertheless, its
helpers hide that: Now, Microseconds, Hash and NewID.

All methods of DB are safe for concurrent use. On SQLite all transactions share one connection, so a transaction that
waits for another one waits forever: never begin one within another. A transaction may take at most TxTimeout.

Every wait for a database has a bound, because a network may lose a connection silently: that of the caller's context,
TxTimeout, or the connection's own. When it has passed, Unavailable returns true for the error, and the idle connections
are replaced, too.

cmd/antwon opens the DB, and the packages that store or read rows share it, such as internal/account, internal/jukebox,
internal/roomstate and internal/purge. The tables are described in ent/schema.

	database.go     opening, migrating and closing a database; with await.go, which waits for one that is not available
	mysql.go        MySQL: time limits, variables and the pool
	lock.go         one server for each SQLite file
	checkpoint.go   keeping SQLite's write-ahead log small
	ready.go        whether a database accepts writes
	unavailable.go  which errors are temporary
	url.go          the URLs of databases; tls.go has what their TLS trusts
	credentials.go  passwords of MySQL that change while the program runs
	retry.go        transactions: InTx, attempts and backoff
	delete.go       deleting many rows a few at a time
	prepared.go     prepared statements on SQLite's connection that writes; statements.go on those that read
	observed.go     metrics and traces of statements
	values.go       ids, hashes and times
*/
package database
