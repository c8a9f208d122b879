/*
Package bulk reads and writes the rows of many changes of rooms with one statement of each kind, in the transaction that
the changes share. A like and two hundred likes take the same number of round trips.

It knows no rule: package jukebox reads with it what the changes refer to, and package likes decides each change in
memory and then writes the results of all of them. The room's lock holds from the first read to the commit, so nothing
changes in between.

The statements are plain SQL, because ent builds each of them from objects, which takes longer than the database needs
to run it.
*/
package bulk
