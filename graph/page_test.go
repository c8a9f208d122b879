package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// page is a page of any list.
type page struct {
	Edges      []struct{ Cursor string }
	Nodes      []struct{ ID string }
	TotalCount int
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
}

// A client pages through a list from its beginning to its end and back again, and sees each entry once.
func TestListsArePagedInBothDirections(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for n := range 5 {
			p.join(fmt.Sprint("Guest ", n))
		}
		ask := func(arguments string) page {
			var answer struct{ Room struct{ Members page } }
			p.first.ask(p.host, `query($r: ID!) { room(id: $r) { members`+arguments+` {
				edges { cursor } nodes { id } totalCount
				pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`, &answer)
			return answer.Room.Members
		}
		var forth, back []string
		shown := ask("(first: 4)")
		if info := shown.PageInfo; !info.HasNextPage || info.HasPreviousPage || shown.TotalCount != 6 {
			t.Errorf("the first page: %+v", shown)
		}
		forth = append(forth, ids(shown)...)
		shown = ask(fmt.Sprintf("(first: 4, after: %q)", shown.PageInfo.EndCursor))
		if info := shown.PageInfo; info.HasNextPage || !info.HasPreviousPage {
			t.Errorf("the last page: %+v", shown)
		}
		forth = append(forth, ids(shown)...)

		shown = ask("(last: 4)")
		if info := shown.PageInfo; info.HasNextPage || !info.HasPreviousPage || shown.Edges[0].Cursor != info.StartCursor {
			t.Errorf("the page at the end: %+v", shown)
		}
		back = ids(shown)
		shown = ask(fmt.Sprintf("(last: 4, before: %q)", shown.PageInfo.StartCursor))
		if info := shown.PageInfo; !info.HasNextPage || info.HasPreviousPage {
			t.Errorf("the page before: %+v", shown)
		}
		back = append(ids(shown), back...)
		everybody := ids(ask(""))
		if len(everybody) != 6 || !slices.Equal(forth, everybody) || !slices.Equal(back, everybody) {
			t.Errorf("forth %v, back %v, want %v", forth, back, everybody)
		}
	})
}

func ids(p page) (ids []string) {
	for _, node := range p.Nodes {
		ids = append(ids, node.ID)
	}
	return ids
}

// Arguments that make no sense are refused with the name of the argument and a sentence.
func TestWrongPagesAreRefused(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		lists := []string{"members", "history", "log"}
		for arguments, want := range map[string]string{
			`first: 0`:                  "first must be 1 to 100.",
			`first: -1`:                 "first must be 1 to 100.",
			`first: 101`:                "first must be 1 to 100.",
			`last: -1`:                  "last must be 1 to 100.",
			`first: 1, last: 1`:         "last must not be used together with first.",
			`last: 1, after: "x"`:       "after must not be used together with last.",
			`before: "x"`:               "before must be used together with last.",
			`first: 1, after: "cursor"`: "after is not a cursor of this list.",
			`last: 1, before: "cursor"`: "before is not a cursor of this list.",
		} {
			for _, list := range lists {
				query := fmt.Sprintf("{ room(id: %q) { %s(%s) { nodes { __typename } } } }", p.roomID, list, arguments)
				p.expectBadInput(query, want)
			}
		}
		for arguments, want := range map[string]string{
			`first: 0`:      "first must be 1 to ",
			`first: 51`:     "first must be 1 to ",
			`after: ""`:     "after is not a cursor of this list.",
			`after: "MTA="`: "after is not a cursor of this list.",
		} {
			p.expectBadInput(fmt.Sprintf("{ viewer { playlists(%s) { nodes { name } } } }", arguments), want)
			query := fmt.Sprintf("{ searchSongs(roomId: %q, query: \"a\", %s) { degraded } }", p.roomID, arguments)
			p.expectBadInput(query, want)
		}
	})
}

func (p *fixture) expectBadInput(query, message string) {
	p.Helper()
	answer := p.first.send(p.host, query)
	field, _, _ := strings.Cut(message, " ")
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "BAD_USER_INPUT" ||
		answer.Errors[0].Extensions.Field != field || !strings.HasPrefix(answer.Errors[0].Message, message) {
		p.Errorf("%s: %+v, want %q", query, answer.Errors, message)
	}
}
