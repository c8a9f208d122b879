package jukebox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/migrate"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// Plan is how the database executes a statement.
type Plan struct {
	Statement, Text string
	Read            int // rows that were read, including index entries; 0 on SQLite, which does not count them
}

// Explain makes the database explain every query that is read from now on. The returned function returns the plans
// since its last call.
func Explain(s *database.DB) func() []Plan {
	e := &explainer{Driver: entsql.OpenDB(s.Dialect, s.SQL.DB)}
	s.Read = ent.NewClient(ent.Driver(e))
	return func() []Plan {
		e.mu.Lock()
		defer e.mu.Unlock()
		plans := e.plans
		e.plans = nil
		return plans
	}
}

type explainer struct {
	dialect.Driver
	mu    sync.Mutex
	plans []Plan
}

func (e *explainer) Query(ctx context.Context, query string, args, v any) error {
	plan, err := e.explain(ctx, query, args)
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.plans = append(e.plans, plan)
	e.mu.Unlock()
	return e.Driver.Query(ctx, query, args, v)
}

func (e *explainer) explain(ctx context.Context, query string, args any) (Plan, error) {
	if e.Dialect() == dialect.SQLite {
		text, err := queryValues(ctx, e.Driver, "EXPLAIN QUERY PLAN "+query, args)
		return Plan{Statement: query, Text: strings.Join(text, " ")}, err
	}
	tx, err := e.Tx(ctx) // stays on one connection, which counts what it reads
	if err != nil {
		return Plan{}, err
	}
	defer tx.Rollback()
	text, err := queryValues(ctx, tx, "EXPLAIN "+query, args)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Statement: query, Text: strings.Join(text, " ")}
	for _, sign := range []int{-1, 1} {
		counts, err := queryValues(ctx, tx, "SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'", []any{})
		if err != nil {
			return Plan{}, err
		}
		for i := 1; i < len(counts); i += 2 {
			n, _ := strconv.Atoi(counts[i])
			plan.Read += sign * n
		}
		if sign < 0 {
			if _, err := queryValues(ctx, tx, query, args); err != nil {
				return Plan{}, err
			}
		}
	}
	return plan, nil
}

// queryValues returns all values of a query's result, row by row.
func queryValues(ctx context.Context, db dialect.ExecQuerier, query string, args any) (values []string, err error) {
	rows := &entsql.Rows{}
	if err := db.Query(ctx, query, args, rows); err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		row := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for _, value := range row {
			values = append(values, value.String)
		}
	}
	return values, rows.Err()
}

// PlayMuch gives a room n members, n played songs and n lines in its log, of which nine in ten are likes. Each hundred
// items are of one song. It uses one transaction without a time limit: on a busy machine it takes long.
func PlayMuch(ctx context.Context, s *database.DB, roomID string, n int) error {
	tx, err := s.Write.Tx(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	const atOnce = 100
	for first := 0; first < n; first += atOnce {
		if err := playHundred(ctx, tx, roomID, first, first+atOnce); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// playHundred adds what PlayMuch adds for the songs from first to end, without end.
func playHundred(ctx context.Context, tx *ent.Tx, roomID string, first, end int) error {
	began := database.Microseconds(time.Now().Add(-30 * 24 * time.Hour))
	uri := fmt.Sprintf("spotify:track:much%d", first)
	err := tx.Song.Create().SetID(uri).SetName("Song").SetArtists([]string{"Artist"}).SetAlbumName("Album").
		SetDurationMs(1).SetExplicit(false).SetPlayable(true).SetSpotifyURL("").SetIsrc("").SetFetchedAt(began).Exec(ctx)
	if err != nil {
		return err
	}
	var users []*ent.UserCreate
	var members []*ent.MembershipCreate
	var items []*ent.QueueItemCreate
	var events []*ent.RoomEventCreate
	for i := first; i < end; i++ {
		user, item, kind := database.NewID(), database.NewID(), party.EventLiked
		at := began.Add(time.Duration(i) * time.Minute)
		if i%10 == 0 {
			kind = party.EventAdded
		}
		users = append(users, tx.User.Create().SetID(user).SetKind(string(party.GuestUser)).
			SetDisplayName("Guest").SetCreatedAt(at))
		members = append(members, tx.Membership.Create().SetID(database.NewID()).SetRoomID(roomID).SetUserID(user).
			SetDisplayName("Guest").SetRole(string(party.RoleGuest)).SetJoinedAt(at))
		items = append(items, tx.QueueItem.Create().SetID(item).SetRoomID(roomID).SetSongID(uri).
			SetAddedByID(user).SetAddedAt(at).SetAge(1).SetVersion(1).SetState(string(party.Played)).
			SetLikeCount(0).SetRecording("much").SetStartedAt(at).SetEndedAt(at))
		events = append(events, tx.RoomEvent.Create().SetID(database.NewID()).SetRoomID(roomID).
			SetAt(at).SetKind(string(kind)).SetActorID(user).SetItemID(item).SetVersion(1))
	}
	return errors.Join(tx.User.CreateBulk(users...).Exec(ctx), tx.Membership.CreateBulk(members...).Exec(ctx),
		tx.QueueItem.CreateBulk(items...).Exec(ctx), tx.RoomEvent.CreateBulk(events...).Exec(ctx))
}

// Rows counts the rows of each table.
func Rows(ctx context.Context, s *database.DB) (map[string]int, error) {
	rows := map[string]int{}
	for _, table := range migrate.Tables {
		var n int
		if err := s.SQL.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table.Name).Scan(&n); err != nil {
			return nil, err
		}
		rows[table.Name] = n
	}
	return rows, nil
}

// Accepted returns how many of a guest's songs were accepted.
func Accepted(ctx context.Context, s *database.DB, roomID, userID string) (int, error) {
	return countAccepted(ctx, s.Read.QueueItem, roomID, userID)
}

// RememberMuch stores n idempotency keys.
func RememberMuch(ctx context.Context, s *database.DB, n int) error {
	var keys []*ent.IdempotencyKeyCreate
	for i := range n {
		keys = append(keys, s.Write.IdempotencyKey.Create().SetUserID("somebody").SetKey(fmt.Sprint(i)).
			SetMutation("addSong").SetArgumentsHash("").SetObjectID("").
			SetCreatedAt(database.Microseconds(time.Now())))
	}
	return s.Write.IdempotencyKey.CreateBulk(keys...).Exec(ctx)
}
