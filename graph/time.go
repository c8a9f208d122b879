package graph

import (
	"errors"
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// timeLayout is RFC 3339 with exactly six digits after the decimal point.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

// MarshalTime writes a DateTime of the schema, in UTC.
func MarshalTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+t.UTC().Format(timeLayout)+`"`) // writes into memory, which does not fail
	})
}

// UnmarshalTime reads a DateTime of the schema: RFC 3339, in any time zone.
func UnmarshalTime(v any) (time.Time, error) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, errTime
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, errTime
	}
	return t, nil
}

var errTime = errors.New("a time is written like 2026-11-23T20:15:00Z, with its time zone")

// Scalars has a check for each custom scalar of the schema, for gqlserver.Config.
var Scalars = map[string]func(any) error{
	"DateTime": func(v any) error { _, err := UnmarshalTime(v); return err },
}
