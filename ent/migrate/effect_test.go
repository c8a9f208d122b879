package migrate_test

import (
	"strings"
	"testing"

	"antwon.dj/backend/ent/migrate"
	"antwon.dj/backend/internal/testdb"
)

// membersMigration alters memberships, then rooms, then users.
const membersMigration = "20261125094640"

// interrupted returns a MySQL database that was being migrated when its process was killed, after the first statement
// of membersMigration was recorded and before the second one ran.
func interrupted(t *testing.T) *oldDatabase {
	t.Helper()
	url := testdb.EmptyMySQL(t)
	db, driver := connect(t, url)
	if _, err := migrate.ApplyTo(t.Context(), db, driver, membersMigration); err != nil {
		t.Fatal(err)
	}
	old := &oldDatabase{t: t, sql: db}
	old.exec("ALTER TABLE rooms DROP COLUMN members_version, DROP COLUMN requests_open")
	old.exec("ALTER TABLE users DROP COLUMN device_hash")
	old.exec("UPDATE schema_revisions SET applied = 1 WHERE version = ?", membersMigration)
	hashes := selectAll(t, db, "SELECT partial_hashes FROM schema_revisions WHERE version = '"+membersMigration+"'")
	first, _, _ := strings.Cut(hashes[0], ",")
	old.exec("UPDATE schema_revisions SET partial_hashes = ? WHERE version = ?", first+"]", membersMigration)
	old.exec("UPDATE schema_revisions_tables SET applied = 1, tables = ? WHERE version = ?",
		migrate.DescribeTables(t, db), membersMigration)
	return old
}

// A change of the tables that somebody else made while a migration was interrupted is not taken for the effect of the
// statement that comes next.
func TestChangesOfOthersAreNotTakenForAMigrations(t *testing.T) {
	t.Parallel()
	const (
		one   = "ADD COLUMN members_version bigint NOT NULL DEFAULT 0"
		other = "ADD COLUMN requests_open bool NOT NULL DEFAULT 1"
	)
	for change, want := range map[string]string{
		"CREATE TABLE notes (id bigint PRIMARY KEY)": "",
		"ALTER TABLE rooms ADD INDEX by_name (name)": "",
		"ALTER TABLE rooms " + one + ", " + other:    "", // it is the statement itself
		"ALTER TABLE rooms " + other:                 "somebody else may have changed them",
	} {
		old := interrupted(t)
		old.exec(change)
		_, err := migrate.ApplyTo(t.Context(), old.sql, "mysql", "")
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("after %s the error is %v, want %q", change, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("after %s: %v", change, err)
			continue
		}
		columns := strings.Join(selectAll(t, old.sql, "SHOW COLUMNS FROM rooms"), "\n")
		if !strings.Contains(columns, "members_version") || !strings.Contains(columns, "requests_open") {
			t.Errorf("after %s the migration has left a statement out; rooms has the columns\n%s", change, columns)
		}
	}
}

// What each statement of the migrations does to the tables is known, so that an interrupted one can be continued.
func TestEffectsOfAllMigrationsAreKnown(t *testing.T) {
	statements, unknown := migrate.UnknownEffects(t)
	for _, statement := range unknown {
		t.Errorf("it cannot be told whether this took effect: %s", statement)
	}
	if statements < 40 {
		t.Errorf("only %d statements were looked at", statements)
	}
}
