package migrate

import (
	"database/sql"
	"testing"

	"entgo.io/ent/dialect"
)

// ApplyTo makes a database as an older version of the program left it.
var ApplyTo = applyTo

// DescribeTables identifies what the tables of a MySQL database look like.
func DescribeTables(t *testing.T, db *sql.DB) string {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tables, err := describeTables(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// UnknownEffects counts the statements of the migrations for MySQL that change tables, and returns those of which the
// effect cannot be looked up.
func UnknownEffects(t *testing.T) (statements int, unknown []string) {
	t.Helper()
	dir, err := directory(dialect.MySQL)
	if err != nil {
		t.Fatal(err)
	}
	files, err := dir.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		all, err := file.Stmts()
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range all {
			if changesRows(statement) {
				continue
			}
			statements++
			if _, ok := effectsOf(statement); !ok {
				unknown = append(unknown, statement)
			}
		}
	}
	return statements, unknown
}
