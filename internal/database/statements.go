package database

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements are prepared statements of a pool of SQLite connections that read, because SQLite spends more time on
// parsing a query than on running it. A nil one has none. It is safe for concurrent use.
type statements struct {
	db     *sql.DB
	mu     sync.RWMutex
	byText map[string]*sql.Stmt // texts never contain values; guarded by mu
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, byText: map[string]*sql.Stmt{}}
}

// get returns the prepared statement for a text, which it prepares if there is none yet. It returns nil if the text
// cannot be prepared, or if too many are prepared already.
func (s *statements) get(ctx context.Context, query string) *sql.Stmt {
	if s == nil {
		return nil
	}
	s.mu.RLock()
	stmt, full := s.byText[query], len(s.byText) >= maxStatements
	s.mu.RUnlock()
	if stmt != nil || full {
		return stmt
	}
	stmt, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil // it is run unprepared, and then reports what is wrong
	}
	return s.store(query, stmt)
}

// store keeps a statement, or closes it if another caller has just prepared the same or there is no room for it. It
// returns the one that is kept.
func (s *statements) store(query string, stmt *sql.Stmt) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept := s.byText[query]; kept != nil || len(s.byText) >= maxStatements {
		_ = stmt.Close()
		return kept
	}
	s.byText[query] = stmt
	return stmt
}

// close closes the statements, which must not be used afterwards.
func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.byText {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}
