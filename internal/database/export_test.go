package database

import "context"

// RDSRoots are the certificates of Amazon RDS.
var RDSRoots = rdsRoots

// Ask returns the result of a query for one value, which connections for reading and for writing must agree on.
func Ask(ctx context.Context, s *DB, query string) (answer string, err error) {
	if err := s.SQL.QueryRowContext(ctx, query).Scan(&answer); err != nil {
		return "", err
	}
	tx, err := s.Write.Tx(ctx)
	if err != nil {
		return "", err
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var written string
	for rows.Next() {
		if err := rows.Scan(&written); err != nil {
			return "", err
		}
	}
	if written != answer {
		answer += " for readers, " + written + " for writers"
	}
	return answer, rows.Err()
}
