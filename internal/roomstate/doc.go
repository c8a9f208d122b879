// Package roomstate reads what rooms look like: it makes party.State from the rows of the database.
//
// A Loader is the source of the feeds (live.Source). It reads a room, its player and those of its queue items that are
// newer than a known state in one statement, which is consistent without a transaction; what rarely changes (settings,
// history, pending commands, members who are removed or away) only when its version says so. party.Merge makes the next
// state of it.
//
// Use cases read single queue items, songs and users through the same Loader, which caches songs. It never writes, and
// checks no permissions: its callers do.
//
//	columns.go   the table of columns that a state is read from
//	load.go      states and their parts
//	items.go     single queue items
//	loader.go    songs and users, which complete them
//	settings.go  the settings in a room's row
package roomstate
