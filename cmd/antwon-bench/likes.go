package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"antwon.dj/backend/internal/account"
)

// benchLikes compares likes with the bare prepared statements of one like, in one room and over a hundred.
func benchLikes(ctx context.Context, url string, each time.Duration) error {
	const rooms = 100
	p, err := newParty(ctx, url, rooms)
	if err != nil {
		return err
	}
	defer p.close()
	bare, err := prepareBare(ctx, url)
	if err != nil {
		return err
	}
	defer bare.db.Close()
	fmt.Printf("%-22s %8s %12s %12s %8s\n", "likes a second", "callers", "antwon", "bare SQL", "ratio")
	for _, spread := range []int{1, rooms} {
		for _, callers := range []int{1, 16, 64} {
			ours, theirs, err := compare(ctx, p, bare, spread, callers, each)
			if err != nil {
				return err
			}
			fmt.Printf("%-22s %8d %12.0f %12.0f %7.0f%%\n", fmt.Sprintf("%d room(s)", spread), callers, ours, theirs, 100*ours/theirs)
		}
	}
	return nil
}

// compare measures in turns, so that a noisy moment of the machine meets both.
func compare(ctx context.Context, p *benchRoom, bare *bareLike, spread, callers int, each time.Duration) (ours, theirs float64, err error) {
	var likers []context.Context
	for caller := range callers {
		guests, err := p.guests(ctx, caller%spread, 1)
		if err != nil {
			return 0, 0, err
		}
		likers = append(likers, guests...)
	}
	const turns = 2
	for range turns {
		n, err := rate(ctx, callers, each/turns, func(_ context.Context, caller, n int) error {
			return toggle(p, likers[caller], p.items[caller%spread].ID, n)
		})
		if err != nil {
			return 0, 0, err
		}
		ours += n / turns
		n, err = rate(ctx, callers, each/turns, func(ctx context.Context, caller, n int) error {
			room := caller % spread
			viewer, err := account.ViewerFrom(likers[caller])
			if err != nil {
				return err
			}
			return bare.toggle(ctx, p.rooms[room].ID, p.items[room].ID, viewer.UserID, n)
		})
		if err != nil {
			return 0, 0, err
		}
		theirs += n / turns
	}
	return ours, theirs, nil
}

// toggle likes and unlikes in turn: each is a change of the room.
func toggle(p *benchRoom, liker context.Context, itemID string, n int) (err error) {
	if n%2 == 0 {
		_, err = p.LikeQueueItem(liker, itemID, nil)
	} else {
		_, err = p.UnlikeQueueItem(liker, itemID, nil)
	}
	return err
}

// bareLike is what a like needs of the database and nothing else, as prepared statements.
type bareLike struct {
	db                                                   *sql.DB
	bump, version, item, liked, insert, remove, up, down *sql.Stmt
}

func prepareBare(ctx context.Context, databaseURL string) (*bareLike, error) {
	db, err := bareDB(databaseURL)
	if err != nil {
		return nil, err
	}
	b := &bareLike{db: db}
	for text, stmt := range map[string]**sql.Stmt{
		"UPDATE rooms SET version = version + 1 WHERE id = ? AND status = 'OPEN'":      &b.bump,
		"SELECT version FROM rooms WHERE id = ?":                                       &b.version,
		"SELECT state, like_count FROM queue_items WHERE id = ?":                       &b.item,
		"SELECT COUNT(*) FROM likes WHERE item_id = ? AND user_id = ?":                 &b.liked,
		"INSERT INTO likes (item_id, user_id) VALUES (?, ?)":                           &b.insert,
		"DELETE FROM likes WHERE item_id = ? AND user_id = ?":                          &b.remove,
		"UPDATE queue_items SET like_count = like_count + 1, version = ? WHERE id = ?": &b.up,
		"UPDATE queue_items SET like_count = like_count - 1, version = ? WHERE id = ?": &b.down,
	} {
		if *stmt, err = db.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func bareDB(databaseURL string) (*sql.DB, error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		db, err := sql.Open("sqlite", "file:"+path+"?_fk=1&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate")
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, err
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, err
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.DBName = "tcp", u.Host, u.User.Username(), strings.Trim(u.Path, "/")
	cfg.Passwd, _ = u.User.Password()
	cfg.Params = map[string]string{"tx_isolation": "'READ-COMMITTED'"}
	if !mariaDB(cfg) {
		cfg.Params = map[string]string{"transaction_isolation": "'READ-COMMITTED'"}
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(32)
	db.SetMaxIdleConns(32)
	return db, nil
}

// mariaDB tells whether the server knows the variable by MariaDB's old name.
func mariaDB(cfg *mysql.Config) bool {
	db, err := sql.Open("mysql", cfg.FormatDSN())
	if err != nil {
		return false
	}
	defer db.Close()
	return db.Ping() == nil
}

// toggle runs the statements, again after a deadlock, as antwon does.
func (b *bareLike) toggle(ctx context.Context, roomID, itemID, userID string, n int) error {
	for {
		err := b.try(ctx, roomID, itemID, userID, n)
		if e, ok := errors.AsType[*mysql.MySQLError](err); !ok || e.Number != 1213 {
			return err
		}
	}
}

func (b *bareLike) try(ctx context.Context, roomID, itemID, userID string, n int) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	if _, err := tx.StmtContext(ctx, b.bump).ExecContext(ctx, roomID); err != nil {
		return err
	}
	var version, likes int64
	var state string
	if err := tx.StmtContext(ctx, b.version).QueryRowContext(ctx, roomID).Scan(&version); err != nil {
		return err
	}
	if err := tx.StmtContext(ctx, b.item).QueryRowContext(ctx, itemID).Scan(&state, &likes); err != nil {
		return err
	}
	write, count := b.insert, b.up
	if n%2 != 0 {
		write, count = b.remove, b.down
	} else if err := tx.StmtContext(ctx, b.liked).QueryRowContext(ctx, itemID, userID).Scan(&likes); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, write).ExecContext(ctx, itemID, userID); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, count).ExecContext(ctx, version, itemID); err != nil {
		return err
	}
	return tx.Commit()
}
