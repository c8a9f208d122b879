package guard

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// tokens is the server's token limit.
const tokens = 1000

//go:embed testdata/introspection.graphql
var introspection string

const subscription = `subscription RoomQueueChanges($roomId: ID!, $since: Int) {
	roomQueueChanges(roomId: $roomId, since: $since) {
		version since reset order removedIds
		upserted { ...Item }
		likes { itemId likeCount }
		moved { itemId position }
	}
}
fragment Item on QueueItem { id likeCount likedByViewer state position song { ...Song } addedBy { displayName } }
fragment Song on Song { uri name artists albumName imageUrl durationMs explicit spotifyUrl }`

// harmless has documents like those that clients send.
var harmless = map[string]string{
	"introspection": introspection,
	"subscription":  subscription,
	"short":         `{viewer{email}}`,
	"mutation": `mutation($c: String!, $n: String!) { joinRoom(code: $c, displayName: $n) { session { accessToken ` +
		`} room { id name } } }`,
	"many at once": `mutation{` +
		each(20, func(i int) string { return fmt.Sprintf(`m%d: likeQueueItem(itemId: "%d"){id} `, i, i) }) + `}`,
	"skipped parts": `query($x: Boolean!){room(id: "1"){id queue @include(if: $x){version} ...@skip(if: ` +
		`$x){playback{status}}}}`,
	"an editor": subscription +
		` query Two{viewer{email}} query Three{viewer{user{id}}} fragment Unused on Song{name}`,
}

// bombs has short documents that expand to 2^24 fields or more; the shallow ones to 2^15.
var bombs = map[string]string{
	"spreads":          bomb(24, `...A%[2]d ...A%[2]d`),
	"inline fragments": bomb(24, `...{...A%[2]d} ...on Query{...A%[2]d}`),
	"aliases":          bomb(24, `a:q{...A%[2]d} b:q{...A%[2]d}`),
	"shallow aliases":  bomb(15, `a:q{...A%[2]d} b:q{...A%[2]d}`),
	"fields":           bomb(24, `q{...A%[2]d s} q{s ...A%[2]d}`),
	"shallow fields":   bomb(15, `q{...A%[2]d s} q{s ...A%[2]d}`),
	"fields and more":  bomb(24, `q{...A%[2]d q{...A%[2]d}} ...{q{s ...A%[2]d}}`),
	"directives":       bomb(24, `...A%[2]d @skip(if: true) ...A%[2]d @include(if: false)`),
	"of nothing":       strings.Replace(bomb(24, `...A%[2]d ...A%[2]d`), "__typename", "...None", 1),
	"never spread":     `{s} ` + strings.TrimPrefix(bomb(24, `...A%[2]d ...A%[2]d`), `{...A0} `),
}

// bomb returns a document with a fragment for each level, in which %[2]d is the number of the next fragment.
func bomb(levels int, level string) string {
	return `{...A0} ` + each(levels, func(i int) string {
		return fmt.Sprintf("fragment A%d on Query{"+level+"} ", i, i+1)
	}) + fmt.Sprintf(`fragment A%d on Query{__typename}`, levels)
}

// quadratic has documents that do not expand, but whose validation takes up to three seconds.
var quadratic = map[string]string{
	"one field 990 times": `{q{` + strings.Repeat("s ", 990) + `}}`,
	"within inline fragments": `{q{` + strings.Repeat("...{", 160) + strings.Repeat("s ", 480) +
		strings.Repeat("}", 160) + `}}`,
	"many within them": `{q{` + strings.Repeat("...{", 160) + numbered(480) + strings.Repeat("}", 160) + `}}`,
	"in every operation": each(80, func(i int) string { return fmt.Sprintf("query o%d{...F} ", i) }) +
		`fragment F on Query{q{` + strings.Repeat("s ", 480) + `}}`,
	"values in every of them": each(80, func(i int) string { return fmt.Sprintf("query o%d{...F} ", i) }) +
		`fragment F on Query{l(v: [` + strings.Repeat("1 ", 480) + `])}`,
	"unknown in each of them": each(80, func(i int) string { return fmt.Sprintf("query o%d{...F} ", i) }) +
		`fragment F on Query{q{` + strings.Repeat("...U ", 240) + `}}`,
	"in every fragment": `{s}` +
		each(60, func(i int) string { return fmt.Sprintf("fragment A%d on Query{...A%d} ", i, i+1) }) +
		`fragment A60 on Query{` + numbered(480) + `}`,
	"fields of repeated ones": `{` + strings.Repeat("q{q{q{", 4) + strings.Repeat("q{s} ", 40) +
		strings.Repeat("}}}", 4) + `}`,
	"a large circle": `{...F0} fragment F0 on Query{` + numbered(300) +
		each(60, func(i int) string { return fmt.Sprintf("...F%d ", i+1) }) + `} ` +
		each(60, func(i int) string { return fmt.Sprintf("fragment F%d on Query{...F0} ", i+1) }),
	"a large unknown fragment": each(60, func(i int) string { return fmt.Sprintf("fragment F%d on Query{...G} ", i) }) +
		`{s} fragment G on Query{` + numbered(450) + `}`,
}

// within has documents that pass, each as close as possible to a limit of Limits.
var within = map[string]string{
	"repeats": `{q{` + strings.Repeat("...{", 160) + strings.Repeat("s ", 21) + strings.Repeat("}", 160) + `}}`,
	"nodes":   `{q{` + strings.Repeat("...{", 12) + numbered(280) + strings.Repeat("}", 12) + `}}`,
	"fields":  `{q{q{` + numbered(490) + `}}q{q{` + numbered(490) + `}}}`,
	"every op": each(60, func(i int) string { return fmt.Sprintf("query o%d{...F} ", i) }) + `fragment F on Query{q{q{` +
		numbered(60) + `}}}`,
}

func numbered(n int) string {
	return each(n, func(i int) string { return fmt.Sprintf("f%d ", i) })
}

func each(n int, part func(int) string) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(part(i))
	}
	return all.String()
}

func parse(t testing.TB, text string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, tokens)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc
}
