// Package seed creates the SQLite database of a run, of which each server under test gets a copy. So all servers start
// with the same rows and the same versions. A manifest beside the database has its ids and access tokens, for other
// processes.
//
// It is built on Linux only, like everything that uses it.
package seed
