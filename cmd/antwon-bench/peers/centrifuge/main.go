//go:build linux

// Command centrifuge is a server that antwon-bench puts under the same load as the program: the same jukebox, and in
// place of GraphQL the library centrifuge, set up as in its README, with its defaults (but see writeTimeout). Each
// change of a channel (one field of one room) is published once, as the same payload that the other servers send. A new
// subscriber gets the channel's present state with the reply. Like the bare server, it only publishes: there is no
// authentication.
//
// It is in a module of its own, so that the program does not get its dependencies.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/centrifugal/centrifuge"

	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
)

func main() {
	if err := server.ServePeer(context.Background(), os.Args[1:], newServer); err != nil {
		fmt.Fprintln(os.Stderr, "centrifuge:", err)
		os.Exit(1)
	}
}

// writeTimeout is not centrifuge's default, which is a second: on two cores that the load generator and thousands of
// connections share, that disconnects clients that do read, with the code 3009 (write error) and without a close frame.
const writeTimeout = 10 * time.Second

func newServer(ctx context.Context, b *server.Backend) (*http.Server, error) {
	node, err := centrifuge.New(centrifuge.Config{
		LogLevel: centrifuge.LogLevelWarn,
		LogHandler: func(e centrifuge.LogEntry) {
			slog.Warn(e.Message, "fields", e.Fields)
		},
	})
	if err != nil {
		return nil, err
	}
	p := &publisher{Backend: b, ctx: ctx, node: node, feeds: map[string]*server.Feed{}}
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{}}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnDisconnect(func(e centrifuge.DisconnectEvent) {
			if e.Code != centrifuge.DisconnectConnectionClosed.Code { // the client has not closed it
				slog.Warn("disconnected", "code", e.Code, "reason", e.Reason)
			}
		})
		client.OnSubscribe(func(e centrifuge.SubscribeEvent, done centrifuge.SubscribeCallback) {
			feed, err := p.follow(e.Channel)
			if err != nil {
				slog.Warn(err.Error(), "channel", e.Channel)
				done(centrifuge.SubscribeReply{}, centrifuge.ErrorInternal)
				return
			}
			done(centrifuge.SubscribeReply{Options: centrifuge.SubscribeOptions{Data: feed.Whole()}}, nil)
		})
	})
	if err := node.Run(); err != nil {
		return nil, err
	}
	// Its documentation names the pool of write buffers and small read buffers for servers with many connections.
	config := centrifuge.WebsocketConfig{WriteTimeout: writeTimeout, UseWriteBufferPool: true, ReadBufferSize: 512}
	return &http.Server{Handler: centrifuge.NewWebsocketHandler(node, config)}, nil
}

// publisher publishes each channel that somebody has subscribed to.
type publisher struct {
	*server.Backend
	ctx  context.Context
	node *centrifuge.Node

	mu    sync.Mutex
	feeds map[string]*server.Feed // by the names of their channels; they end with the process
}

// follow returns the feed of a channel, such as "ROOM/roomQueue", and starts it for the first subscriber.
func (p *publisher) follow(name string) (*server.Feed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if feed := p.feeds[name]; feed != nil {
		return feed, nil
	}
	room, field, _ := strings.Cut(name, "/")
	feed, err := p.Follow(p.ctx, server.Channel{RoomID: room, Field: field})
	if err != nil {
		return nil, err
	}
	p.feeds[name] = feed
	go func() {
		for {
			payload, err := feed.Next(p.ctx)
			if err != nil {
				return
			}
			if _, err := p.node.Publish(name, payload); err != nil {
				slog.Error("publish", "channel", name, "error", err)
			}
		}
	}()
	return feed, nil
}
