/*
Package bulk reads and writes the rows of many changes of rooms with one statement of each kind, in the transaction that
the changes share. A like and two hundred likes take the same number of round trips.

It knows no rule: package jukebox reads what the changes refer to, package likes decides each of them in memory, and
package jukebox writes what came of all of them. The room's lock holds from the first read to the commit, so nothing
changes in between.

The statements are plain SQL, because ent builds each of them from objects, which takes longer than the database needs
to run it.
*/
package bulk
