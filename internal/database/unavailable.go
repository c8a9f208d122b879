package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// unavailable are the numbers of MySQL's errors that are no fault of the statement: it may succeed later, or on another
// connection.
var unavailable = []uint16{
	1021, 1114, // the disk or the table is full
	1040, 1203, // too many connections
	1047,       // a Galera node that is not ready
	1053, 1077, // it shuts down
	1205, 1213, // a lock timeout, a deadlock
	1290, 1792, 1836, // it is read-only
	1317, 1927, 4031, // the statement or the connection was ended
}

// missingRight are the numbers of MySQL's errors for a user who lacks a right.
var missingRight = []uint16{1044, 1142, 1143, 1227, 1370}

func isMissingRight(number uint16) bool { return slices.Contains(missingRight, number) }

// unavailableSQLite are SQLite's results that are no fault of the statement.
var unavailableSQLite = []int{
	sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
	sqlite3.SQLITE_CANTOPEN,
}

// Unavailable reports whether an error of this package's databases says that the database does not answer, or cannot
// write, at present: the same may succeed later. After a failed commit it is unknown whether the transaction took
// place.
func Unavailable(err error) bool {
	if _, ok := errors.AsType[refusedCredentials](err); ok {
		return true
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return slices.Contains(unavailable, e.Number)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return slices.Contains(unavailableSQLite, e.Code()&0xff)
	}
	_, network := errors.AsType[net.Error](err)
	return network || isLost(err)
}

// isLost reports whether an error says that the database has not answered on its connection, or that the connection
// leads to a server that is read-only: the driver reports that as driver.ErrBadConn.
func isLost(err error) bool {
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) ||
		errors.Is(err, context.DeadlineExceeded)
}
