// Package schema describes the tables: what is stored of hosts, guests, rooms, their queues and their players.
//
// Rows that others refer to are named by UUIDv7 strings. What must never be doubled is guarded by unique columns that are
// NULL once the row is not active any more, which means the same on MySQL and SQLite. Times are UTC with microseconds.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"entgo.io/ent/schema/mixin"
)

const (
	idLength   = 36  // a UUID
	nameLength = 160 // 40 characters of up to four bytes
	uriLength  = 128
	kindLength = 24 // values that the program enumerates: varchar, so that new ones need no migration
)

// identified gives a table its UUIDv7 primary key.
type identified struct{ mixin.Schema }

func (identified) Fields() []ent.Field {
	return []ent.Field{field.String("id").MaxLen(idLength).Immutable()}
}

// precise makes a time column hold microseconds; MySQL's default type ends in 2038 and at whole seconds.
var precise = map[string]string{dialect.MySQL: "datetime(6)"}

// referring is the index of a foreign key, so that what it refers to can be deleted without reading the whole table. MySQL has
// one by itself, under this name.
func referring(column, name string) ent.Index { return index.Fields(column).StorageKey(name) }
