package graph

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// PlayConnection is a page of a room's history.
type PlayConnection struct {
	Edges    []PlayEdge
	Nodes    []lists.Play
	PageInfo PageInfo
	count    func(context.Context) (int, error)
}

// TotalCount returns how many plays there are on all pages.
func (c *PlayConnection) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }

// MemberConnection is a page of a room's members.
type MemberConnection struct {
	Edges    []MemberEdge
	Nodes    []lists.Member
	PageInfo PageInfo
	count    func(context.Context) (int, error)
}

// TotalCount returns how many members there are on all pages.
func (c *MemberConnection) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }

// edgesOf returns an edge for each node of a page, and where the page is in the list. more says whether the list goes
// on in the direction of the page. On the other side it goes on if the client gave a cursor, because the cursor's own
// row is there.
func edgesOf[Node, Edge any](
	args lists.PageArgs, nodes []Node, more bool, edge func(i int, node Node) (Edge, string),
) ([]Edge, PageInfo) {
	info := PageInfo{HasNextPage: more, HasPreviousPage: args.After != nil}
	if args.Last != nil {
		info = PageInfo{HasNextPage: args.Before != nil, HasPreviousPage: more}
	}
	edges := make([]Edge, len(nodes))
	for i, node := range nodes {
		var cursor string
		edges[i], cursor = edge(i, node)
		if i == 0 {
			info.StartCursor = &cursor
		}
		info.EndCursor = &cursor
	}
	return edges, info
}

// offsetPrefix begins the cursors of lists at Spotify, which knows places in a list by their numbers only.
const offsetPrefix = "offset "

// offsetCursor returns the cursor of the entry with this number in a list, from 1.
func offsetCursor(number int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(offsetPrefix + strconv.Itoa(number)))
}

// parseOffset returns how many entries the client wants (usual, if first is nil), and the number of the entry after
// which they begin. It returns an error if after is no cursor of offsetCursor.
func parseOffset(first *int, after *string, usual int) (limit, offset int, err error) {
	if limit = usual; first != nil {
		limit = *first
	}
	if after == nil {
		return limit, 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(*after)
	number, isOffset := strings.CutPrefix(string(text), offsetPrefix)
	offset, numberErr := strconv.Atoi(number)
	if err != nil || !isOffset || numberErr != nil || offset < 1 {
		return 0, 0, party.BadInput("after", "is not a cursor of this list")
	}
	return limit, offset, nil
}
