// Package schema describes the tables of the database: what is stored about users, rooms, their queues and players.
//
// From it ent generates the client, and ent/migrate/diff the migrations. The tables are the same on MySQL and SQLite:
//
//   - Rows that other rows refer to have UUIDv7 strings as ids, which sort by age.
//   - What may exist only once among active rows, such as the code of an open room, is in a unique column that is NULL
//     for all other rows.
//   - Values that the program enumerates are strings, so that a new value needs no migration.
//   - Times are in UTC and precise to a microsecond.
//   - A room's version grows with each change. Rows that members can see have the version at which they last changed,
//     so that a feed can load only newer rows.
//
// The tables of users, their sessions, ended sessions, logins, Spotify accounts, memberships, push subscriptions and
// idempotency keys are in people.go; those of rooms, songs, queue items, likes, votes and events in room.go; those of
// playback, commands, nodes, the timeline and leases in player.go.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"entgo.io/ent/schema/mixin"
)

const (
	idLength   = 36  // of a UUID
	nameLength = 160 // 40 characters of up to four bytes
	uriLength  = 128
	kindLength = 24 // of the values that the program enumerates
)

// identified gives a table its UUIDv7 primary key.
type identified struct{ mixin.Schema }

func (identified) Fields() []ent.Field {
	return []ent.Field{field.String("id").MaxLen(idLength).Immutable()}
}

// precise makes a time column store microseconds. MySQL's default type stores whole seconds, and ends in 2038.
var precise = map[string]string{dialect.MySQL: "datetime(6)"}

// referring returns the index of a foreign key, so that a row it refers to can be deleted without reading the whole
// table. MySQL creates such an index by itself, under this name.
func referring(column, name string) ent.Index { return index.Fields(column).StorageKey(name) }
