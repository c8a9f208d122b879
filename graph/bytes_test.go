package graph_test

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// A like is a message of the same few bytes however long the queue is, in the frames of a client that selects what
// packages/client does. The ids of songs are random, so the compressed size is only bounded.
func TestBytesOfALike(t *testing.T) {
	document := clientsDocument(t)
	onBothDatabases(t, func(p *fixture) {
		for _, c := range []struct {
			songs, liked           int // the length of the queue, and the place of the liked song, from 1
			likeBytes, unlikeBytes int
			maxCompressed          int
		}{
			{20, 1, 225, 225, 200},
			{20, 20, 287, 288, 210}, // it moves to the first place and back to the twentieth
			{99, 1, 226, 226, 200},  // the version has one digit more
			{99, 99, 288, 289, 210},
		} {
			for n := len(p.queue()); n < c.songs; n++ {
				p.must(p.addSong(p.host, n))
			}
			itemID := p.queue()[c.liked-1].ID
			if like, unlike := p.bytesOf(document, itemID, false); like != c.likeBytes || unlike != c.unlikeBytes {
				p.Errorf("of %d songs the like of number %d has %d bytes, and taking it back %d; want %d and %d",
					c.songs, c.liked, like, unlike, c.likeBytes, c.unlikeBytes)
			}
			if like, unlike := p.bytesOf(document, itemID, true); max(like, unlike) > c.maxCompressed {
				p.Errorf("of %d songs the like of number %d has %d bytes compressed, and taking it back %d; want at most %d",
					c.songs, c.liked, like, unlike, c.maxCompressed)
			}
		}
	})
}

// clientsDocument returns the subscription that packages/client sends.
func clientsDocument(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../packages/client/src/operations.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(source), "`subscription FollowedQueue")
	document, _, ended := strings.Cut(rest, "`")
	if !found || !ended {
		t.Fatal("packages/client has no subscription FollowedQueue")
	}
	return "subscription FollowedQueue" + document
}

// bytesOf returns how many bytes a subscriber of the queue reads for a like of an item, and for taking it back.
func (p *fixture) bytesOf(document, itemID string, compressed bool) (like, unlike int) {
	p.Helper()
	counter := &countingConn{}
	dialer := &websocket.Dialer{EnableCompression: compressed, NetDialContext: counter.dial}
	feed, err := p.first.subscribeWith(dialer, p.host, document, map[string]any{"roomId": p.roomID})
	p.must(err)
	defer feed.Close()
	next := func() int {
		before := counter.read
		var event struct{ RoomQueueChanges change }
		p.must(feed.next(&event))
		return counter.read - before
	}
	next()
	_, err = p.first.jukebox.LikeQueueItem(p.host.ctx, itemID, nil)
	p.must(err)
	like = next()
	_, err = p.first.jukebox.UnlikeQueueItem(p.host.ctx, itemID, nil)
	p.must(err)
	return like, next()
}

// countingConn counts the bytes that are read from a connection.
type countingConn struct {
	net.Conn
	read int
}

func (c *countingConn) dial(ctx context.Context, network, address string) (_ net.Conn, err error) {
	c.Conn, err = new(net.Dialer).DialContext(ctx, network, address)
	return c, err
}

func (c *countingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read += n
	return n, err
}
