package jukebox_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/testdb"
)

// examined is how many rows one statement of a purge may read of a table, by the database's estimate.
const examined = 1_500

// However full the tables are, each statement that finds or deletes old rows reads only a few rows, by an index.
// Otherwise it would exceed its timeout.
func TestPurgeFindsRowsByIndexes(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: -short")
	}
	t.Run("sqlite", func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		p.fill()
		spans := tracetest.NewInMemoryExporter()
		provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
		ctx, span := provider.Tracer("test").Start(t.Context(), "purge")
		p.must(p.deleteExpired(ctx))
		span.End()
		var statements []string
		for _, span := range spans.GetSpans() {
			for _, attribute := range span.Attributes {
				if attribute.Key == "db.query.text" {
					statements = append(statements, attribute.Value.AsString())
				}
			}
		}
		p.expectPlans(statements)
	})
	t.Run("mysql", func(t *testing.T) {
		server := testdb.Private(t, "--log-output=TABLE")
		p := newParty(t, server.PartyURL())
		p.fill()
		server.Exec("SET GLOBAL general_log = 1")
		p.must(p.deleteExpired(t.Context()))
		server.Exec("SET GLOBAL general_log = 0")
		server.Exec("GRANT SELECT ON mysql.general_log TO antwon@'%'")
		const logged = "SELECT argument FROM mysql.general_log WHERE command_type = 'Query'"
		p.expectPlans(p.selectAll(logged, "argument"))
	})
}

// expectPlans checks how the database executes these statements, each of which it has been sent.
func (p *fixture) expectPlans(statements []string) {
	p.Helper()
	checked := map[string]bool{} // by table
	for _, statement := range statements {
		word, _, _ := strings.Cut(statement, " ")
		if (word != "SELECT" && word != "DELETE") || !strings.Contains(statement, " FROM ") {
			continue
		}
		_, table, _ := strings.Cut(strings.ReplaceAll(statement, "FROM (SELECT id FROM", "FROM"), " FROM ")
		table, _, _ = strings.Cut(table, " ")
		checked[strings.Trim(table, "`")] = true
		if problem := p.planProblem(statement); problem != "" && !strings.Contains(statement, " nodes ") {
			p.Errorf("%s\n%s", statement, problem) // nodes has a row for each server
		}
	}
	for _, table := range []string{
		"users", "sessions", "ended_sessions", "logins", "spotify_authorizations", "memberships", "idempotency_keys",
		"rooms", "room_playbacks", "room_leases", "room_commands", "songs", "queue_items", "likes", "skip_votes",
		"room_events",
	} {
		if !checked[table] {
			p.Errorf("no statement looked for rows of %s", table)
		}
	}
}

// planProblem returns what is wrong with the way in which the database executes a statement, or "".
func (p *fixture) planProblem(statement string) string {
	p.Helper()
	if p.store.Dialect == dialect.SQLite {
		for _, step := range p.selectAll("EXPLAIN QUERY PLAN "+statement, "detail") {
			if strings.HasPrefix(step, "SCAN ") && step != "SCAN piece" && step != "SCAN CONSTANT ROW" {
				return step
			}
		}
		return ""
	}
	for _, step := range p.selectAll("EXPLAIN "+statement, "type", "rows", "table", "key", "select_type") {
		words := strings.Split(step, " ")
		rows, _ := strconv.Atoi(words[1])
		limited := strings.Contains(statement, "LIMIT 1000)") // which the number of rows does not consider
		if (rows > examined && !limited) || (words[0] == "ALL" && !strings.HasPrefix(words[2], "<")) {
			return step
		}
	}
	return ""
}

// selectAll returns some columns of a query's result. It leaves the arguments of the query NULL.
func (p *fixture) selectAll(query string, columns ...string) (lines []string) {
	p.Helper()
	var args []any
	if p.store.Dialect == dialect.SQLite {
		args = make([]any, strings.Count(query, "?"))
	}
	rows, err := p.store.SQL.DB.QueryContext(p.Context(), query, args...)
	p.must(err)
	defer rows.Close()
	names, err := rows.Columns()
	p.must(err)
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		p.must(rows.Scan(into...))
		var line []string
		for _, column := range columns {
			line = append(line, values[slices.Index(names, column)].String)
		}
		lines = append(lines, strings.Join(line, " "))
	}
	p.must(rows.Err())
	return lines
}

// fill gives each table that grows thousands of rows which stay, and a few of each kind that is deleted.
func (p *fixture) fill() {
	p.Helper()
	now := time.Now().UTC()
	old, hour, ancient := now.Add(-48*time.Hour), now.Add(time.Hour), now.Add(-2*keepRooms)
	const numbers = ` FROM (WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 54)
		SELECT 10000 + a.i * 55 + b.i AS i FROM n a, n b) numbers`
	const room = "CONCAT('r', 10000 + i % 300)"
	for _, of := range []struct {
		table, columns, values string
		args                   []any
	}{
		{"users", "id, kind, display_name, created_at", "CONCAT('u', i), 'GUEST', '', ?", []any{old}},
		{"songs", "id, name, artists, album_name, duration_ms, explicit, playable, spotify_url, isrc, fetched_at",
			"CONCAT('s', i), '', '[]', '', 1, FALSE, TRUE, '', '', ?", []any{ancient}},
		{"sessions", "id, user_id, family, token_hash, created_at, expires_at",
			"CONCAT('t', i), CONCAT('u', i), CONCAT('f', i), CONCAT('h', i), ?, ?", []any{old, hour}},
		{"rooms", "id, host_id, name, code, status, version, created_at, closed_at",
			"CONCAT('r', i), 'u10000', '', '', 'CLOSED', 1, ?, ?", []any{old, old}},
		{"memberships", "id, room_id, user_id, display_name, role, joined_at",
			"CONCAT('m', i), " + room + ", CONCAT('u', i), '', 'GUEST', ?", []any{old}},
		{"queue_items", "id, room_id, song_id, added_by_id, added_at, age, version, state, like_count",
			"CONCAT('i', i), " + room + ", CONCAT('s', i), CONCAT('u', i), ?, 1, 1, 'PLAYED', 0", []any{old}},
		{"likes", "item_id, user_id", "CONCAT('i', i), CONCAT('u', i)", nil},
		{"skip_votes", "item_id, user_id", "CONCAT('i', i), CONCAT('u', i)", nil},
		{"room_events", "id, room_id, actor_id, kind, at",
			"CONCAT('e', i), " + room + ", CONCAT('u', i), 'JOINED', ?", []any{old}},
		{"room_commands", "id, room_id, kind, version, state, created_at",
			"CONCAT('c', i), " + room + ", 'SKIP', 1, 'PENDING', ?", []any{now}},
		{"room_playbacks", "id, song_id, version, status, observed_at, health",
			"CONCAT('r', i), CONCAT('s', i), 1, 'STOPPED', ?, 'OK'", []any{now}},
		{"room_leases", "id, node_id, epoch", "CONCAT('r', i), '', 1", nil},
		{"idempotency_keys", "user_id, `key`, mutation, arguments_hash, object_id, created_at",
			"CONCAT('u', i), 'key', '', '', '', ?", []any{now}},
		{"ended_sessions", "id, ended_at", "CONCAT('f', i), ?", []any{now}},
		{"logins", "id, state_hash, browser_hash, nonce, verifier, return_to, expires_at",
			"CONCAT('l', i), CONCAT('l', i), '', '', '', '', ?", []any{hour}},
		{"spotify_authorizations", "id, user_id, state_hash, browser_hash, verifier, return_to, expires_at",
			"CONCAT('a', i), 'u10000', CONCAT('a', i), '', '', '', ?", []any{hour}},
	} {
		insert := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s %s", of.table, of.columns, of.values, numbers)
		if of.table == "rooms" { // each has songs
			insert += " WHERE i < 10300"
		}
		p.must(jukebox.Exec(p.Context(), p.store, insert, of.args...))
	}
	p.fillOld(ancient)
	if p.store.Dialect == dialect.MySQL {
		for _, table := range p.selectAll("SHOW TABLES", "Tables_in_antwon") {
			p.must(jukebox.Exec(p.Context(), p.store, "ANALYZE TABLE "+table))
		}
	}
}

// fillOld makes a few of the rows so old that they are deleted, and adds a few guests who did nothing.
func (p *fixture) fillOld(ancient time.Time) {
	p.Helper()
	for _, update := range []string{
		"rooms SET closed_at = ? WHERE id IN ('r10001', 'r10002')",
		"sessions SET expires_at = ? WHERE id = 't10010'",
		"sessions SET used_at = ?, family = '01234567-0123-8' WHERE id = 't10011'",
		"room_commands SET created_at = ? WHERE id = 'c10012'",
		"idempotency_keys SET created_at = ? WHERE user_id = 'u10013'",
		"ended_sessions SET ended_at = ? WHERE id = 'f10014'",
		"logins SET expires_at = ? WHERE id = 'l10015'",
		"spotify_authorizations SET expires_at = ? WHERE id = 'a10016'",
	} {
		p.must(jukebox.Exec(p.Context(), p.store, "UPDATE "+update, ancient))
	}
	for _, table := range []string{"likes", "skip_votes"} {
		p.must(jukebox.Exec(p.Context(), p.store, "DELETE FROM "+table+" WHERE user_id LIKE 'u1302%'"))
	}
	for _, item := range []string{"likes WHERE item_id", "skip_votes WHERE item_id", "queue_items WHERE id"} {
		p.must(jukebox.Exec(p.Context(), p.store, "DELETE FROM "+item+" LIKE 'i1302%'"))
	}
}
