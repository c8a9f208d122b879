package migrate_test

import (
	"database/sql"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/go-sql-driver/mysql"

	"antwon.dj/backend/ent/migrate"
	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

const afterKeeping = "20261128090406" // the last migration before kinds of events and columns got other names

// A server that starts on a database from before the kinds PASSED_ON and GUEST_REMOVED renames the old ones, and leaves
// every other event as it is.
func TestOldEventKindsAreRenamed(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, url string) {
		events := []struct{ kind, detail, wantKind, wantDetail string }{
			{"HANDED_ON", "", "PASSED_ON", ""},
			{"LEFT_OUT", "BANNED", "GUEST_REMOVED", "BANNED"},
			{"UNDONE", "HANDED_ON", "UNDONE", "PASSED_ON"},
			{"UNDONE", "LIKED", "UNDONE", "LIKED"},
			{"SETTINGS", "fallback, fallbackPlaylistURI", "SETTINGS", "fallback, fallbackPlaylistUri"},
			{"SETTINGS", "name", "SETTINGS", "name"},
		}
		old := openOld(t, url)
		for i, e := range events {
			old.exec("INSERT INTO room_events (id, room_id, at, kind, detail) VALUES (?, 'room', ?, ?, ?)",
				strconv.Itoa(i), old.now, e.kind, e.detail)
		}

		db := open(t, url)
		for i, e := range events {
			got := db.Read.RoomEvent.Query().Where(roomevent.ID(strconv.Itoa(i))).OnlyX(t.Context())
			if got.Kind != e.wantKind || *got.Detail != e.wantDetail {
				t.Errorf("%s %s became %s %s, want %s %s", e.kind, e.detail, got.Kind, *got.Detail, e.wantKind, e.wantDetail)
			}
		}
	})
}

// A server that starts on a database from before three columns were renamed finds in them what stood there.
func TestRenamedColumnsKeepTheirValues(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, url string) {
		old := openOld(t, url)
		old.exec("UPDATE users SET device_hash = 'phone' WHERE id = 'host'")
		old.exec(`INSERT INTO spotify_accounts (id, user_id, account_id, display_name, sealed_tokens, authorized_at)
			VALUES ('account', 'host', 'hanna', 'Hanna', 'tokens', ?)`, old.now)
		old.exec(`INSERT INTO room_playbacks (id, version, status, observed_at, health, begun)
			VALUES ('room', 1, 'PLAYING', ?, 'OK', TRUE)`, old.now)

		db := open(t, url)
		if got := db.Read.User.GetX(t.Context(), "host").BrowserHash; got == nil || *got != "phone" {
			t.Errorf("the host's browser is %v, want phone", got)
		}
		if got := db.Read.SpotifyAccount.GetX(t.Context(), "account").EncryptedTokens; string(got) != "tokens" {
			t.Errorf("the host's encrypted tokens are %q, want tokens", got)
		}
		if !db.Read.RoomPlayback.GetX(t.Context(), "room").HasPlayed {
			t.Error("the room has not played yet, want that it has")
		}
	})
}

// oldDatabase is a database with one room, as a server left it that knew the migrations up to afterKeeping.
type oldDatabase struct {
	t   *testing.T
	sql *sql.DB
	now string
}

func openOld(t *testing.T, databaseURL string) *oldDatabase {
	t.Helper()
	db, driver := connect(t, databaseURL)
	if _, err := migrate.ApplyTo(t.Context(), db, driver, afterKeeping); err != nil {
		t.Fatal(err)
	}
	return fillOld(t, db)
}

// connect opens a database as it is, without migrating it.
func connect(t *testing.T, databaseURL string) (db *sql.DB, driver string) {
	t.Helper()
	driver, source := dialect.SQLite, strings.TrimPrefix(databaseURL, "sqlite:")
	if at, ok := strings.CutPrefix(databaseURL, "mysql://"); ok {
		server, err := url.Parse("mysql://" + at)
		if err != nil {
			t.Fatal(err)
		}
		cfg := mysql.NewConfig()
		cfg.Net, cfg.Addr, cfg.DBName = "tcp", server.Host, strings.Trim(server.Path, "/")
		cfg.User = server.User.Username()
		cfg.Passwd, _ = server.User.Password()
		driver, source = dialect.MySQL, cfg.FormatDSN()
	}
	db, err := sql.Open(map[string]string{dialect.SQLite: "sqlite", dialect.MySQL: "mysql"}[driver], source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // only a test's own rows are in it
	return db, driver
}

// fillOld adds a host and a room to a database with the migrations up to afterKeeping.
func fillOld(t *testing.T, db *sql.DB) *oldDatabase {
	t.Helper()
	old := &oldDatabase{t, db, time.Now().UTC().Format("2006-01-02 15:04:05")}
	old.exec("INSERT INTO users (id, kind, display_name, created_at) VALUES ('host', 'HOST', 'Hanna', ?)", old.now)
	old.exec(`INSERT INTO rooms (id, host_id, name, code, status, version, created_at)
		VALUES ('room', 'host', 'Party', 'PARTY', 'OPEN', 1, ?)`, old.now)
	return old
}

func (o *oldDatabase) exec(statement string, values ...any) {
	o.t.Helper()
	if _, err := o.sql.ExecContext(o.t.Context(), statement, values...); err != nil {
		o.t.Fatal(err)
	}
}

func open(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
