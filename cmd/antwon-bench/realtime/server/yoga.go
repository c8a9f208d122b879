//go:build linux

package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// yoga is graphql-yoga in a process of Node. The jukebox stays in this process, which hands Node each change of a
// channel as a line, once Node has requested the channel's state.
type yoga struct {
	*Backend
	ctx     context.Context
	address string // where Node listens
	pid     int

	mu    sync.Mutex
	feeds map[Channel]*Feed // they end with the process
	lines io.Writer         // Node's standard input
}

// startYoga starts Node, and returns when it listens. Node ends with its standard input, and so with this process.
func startYoga(ctx context.Context, b *Backend, dir string) (*yoga, error) {
	y := &yoga{Backend: b, ctx: ctx, feeds: map[Channel]*Feed{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /whole", y.serveWhole)
	source, err := listen(ctx, anyAddress, &http.Server{Handler: mux})
	if err != nil {
		return nil, err
	}
	node := exec.CommandContext(ctx, "node", "--expose-gc", filepath.Join(dir, "server.mjs"),
		filepath.Join(dir, "../../../../schema.graphqls"), "http://"+source)
	node.Stderr = os.Stderr
	if y.lines, err = node.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := node.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := node.Start(); err != nil {
		return nil, err
	}
	var at struct{ Port int }
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&at); err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	y.address, y.pid = net.JoinHostPort("127.0.0.1", fmt.Sprint(at.Port)), node.Process.Pid
	return y, nil
}

// serveWhole answers with a channel's present state, and from then on Node gets the channel's changes.
func (y *yoga) serveWhole(w http.ResponseWriter, r *http.Request) {
	feed, err := y.follow(Channel{RoomID: r.FormValue("roomId"), Field: r.FormValue("field")})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(feed.Whole()) // fails only if Node has gone
}

func (y *yoga) follow(channel Channel) (*Feed, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if feed := y.feeds[channel]; feed != nil {
		return feed, nil
	}
	feed, err := y.Follow(y.ctx, channel)
	if err != nil {
		return nil, err
	}
	y.feeds[channel] = feed
	go y.forward(channel, feed)
	return feed, nil
}

// forward writes a channel's changes to Node. While Node does not read, it skips states.
func (y *yoga) forward(channel Channel, feed *Feed) {
	for {
		payload, err := feed.Next(y.ctx)
		if err != nil {
			return
		}
		y.mu.Lock()
		_, err = fmt.Fprintf(y.lines, `{"roomId":%q,"field":%q,"payload":%s}`+"\n", channel.RoomID, channel.Field, payload)
		y.mu.Unlock()
		if err != nil {
			return // Node has gone
		}
	}
}

// usage is that of Node alone.
func (y *yoga) usage(collect bool) (Usage, error) {
	url := "http://" + y.address + "/usage"
	if collect {
		url += "?collect=1"
	}
	request, err := http.NewRequestWithContext(y.ctx, http.MethodGet, url, nil)
	if err != nil {
		return Usage{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Usage{}, err
	}
	defer response.Body.Close()
	var used struct{ CPU, RSS int64 }
	err = json.NewDecoder(response.Body).Decode(&used)
	return Usage{CPU: time.Duration(used.CPU) * time.Microsecond, RSS: used.RSS, Executions: -1}, err
}
