// Package histories_test plays a party in a world that breaks.
package histories_test
