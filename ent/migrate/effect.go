package migrate

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// effect is one thing that a statement does to the tables of MySQL: afterwards they have what it names, or no longer.
type effect struct {
	table, kind, name string // kind is TABLE, COLUMN or INDEX; the name of a TABLE is the table's
	present           bool
}

// quoted is a name in a statement.
const quoted = "`([^`]+)`"

var (
	alterTable  = regexp.MustCompile("^ALTER TABLE " + quoted + " ")
	wholeTable  = regexp.MustCompile("^(CREATE|DROP) TABLE " + quoted)
	wholeIndex  = regexp.MustCompile("^(CREATE|DROP)(?: UNIQUE)? INDEX " + quoted + " ON " + quoted)
	addsOrDrops = regexp.MustCompile("^(ADD|DROP)(?: UNIQUE)? (COLUMN|INDEX) " + quoted)
	renames     = regexp.MustCompile("^RENAME (COLUMN|INDEX) " + quoted + " TO " + quoted)
)

// effectsOf returns what a statement that changes tables does. ok is false if it does something else, too, such as
// changing a column's type.
func effectsOf(statement string) (effects []effect, ok bool) {
	statement = strings.TrimSpace(statement)
	if match := wholeTable.FindStringSubmatch(statement); match != nil {
		return []effect{{match[2], "TABLE", match[2], match[1] == "CREATE"}}, true
	}
	if match := wholeIndex.FindStringSubmatch(statement); match != nil {
		return []effect{{match[3], "INDEX", match[2], match[1] == "CREATE"}}, true
	}
	match := alterTable.FindStringSubmatch(statement)
	if match == nil {
		return nil, false
	}
	for _, clause := range splitClauses(strings.TrimPrefix(statement, match[0])) {
		if is := addsOrDrops.FindStringSubmatch(clause); is != nil {
			effects = append(effects, effect{match[1], is[2], is[3], is[1] == "ADD"})
		} else if is := renames.FindStringSubmatch(clause); is != nil {
			effects = append(effects, effect{match[1], is[1], is[2], false}, effect{match[1], is[1], is[3], true})
		} else {
			return nil, false
		}
	}
	return effects, true
}

// splitClauses splits the clauses of an ALTER TABLE at those commas that are neither in parentheses nor in texts.
func splitClauses(text string) (clauses []string) {
	depth, begin := 0, 0
	inText := false
	for i, r := range text {
		switch {
		case r == '\'':
			inText = !inText
		case inText:
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			clauses = append(clauses, strings.TrimSpace(text[begin:i]))
			begin = i + 1
		}
	}
	return append(clauses, strings.TrimSpace(text[begin:]))
}

// took reports whether a statement has taken effect on tables that have changed since the one before it. MySQL does all
// that a statement says or nothing of it. If the tables show neither, somebody else has changed them, and only a human
// can say what to do.
func (r runner) took(ctx context.Context, statement string) (bool, error) {
	effects, ok := effectsOf(statement)
	done := 0
	for _, e := range effects {
		is, err := r.has(ctx, e)
		if err != nil {
			return false, err
		}
		if is == e.present {
			done++
		}
	}
	switch {
	case ok && done == len(effects):
		return true, nil
	case ok && done == 0:
		return false, nil
	}
	return false, fmt.Errorf("the tables do not show whether the statement took effect at which this migration was "+
		"interrupted; somebody else may have changed them: %s", strings.TrimSpace(statement))
}

// has reports whether the database has what an effect names.
func (r runner) has(ctx context.Context, e effect) (bool, error) {
	query := map[string]string{
		"TABLE": "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ? " +
			"AND table_name = ?",
		"COLUMN": "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? " +
			"AND column_name = ?",
		"INDEX": "SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? " +
			"AND index_name = ?",
	}[e.kind]
	var n int
	err := r.conn.QueryRowContext(ctx, query, e.table, e.name).Scan(&n)
	return n > 0, err
}
