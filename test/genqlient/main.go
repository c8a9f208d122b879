// Command genqlient is a guest with the client that Khan's genqlient generates. Commands come in and events go out,
// each as JSON on a line; cmd/antwon's tests tell the story. It does what test/node/story/main.mjs does with npm's
// clients.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"os"
	"sync"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// run executes the commands for a server until the input ends.
func run(ctx context.Context, server string) error {
	out := &events{encoder: json.NewEncoder(os.Stdout)}
	session, err := newSession(server, func() { out.tell(event{Event: "renewed"}) })
	if err != nil {
		return err
	}
	g := newGuest(session, server, out.tell)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return err
		}
		if err := g.obey(ctx, c); err != nil {
			out.tell(event{Event: "failed", Message: err.Error()})
		}
	}
	out.tell(event{Event: "report"})
	return lines.Err()
}

// command is a line of the input. Which fields it has depends on what to do.
type command struct {
	Do, Code, Name, Token, RoomID, Song, ItemID string
}

// event is a line of the output.
type event struct {
	Event   string `json:"event"`
	ID      string `json:"id,omitempty"`
	Token   string `json:"token,omitempty"`
	Data    any    `json:"data,omitempty"`
	Message string `json:"message,omitempty"`
}

// events writes events of several goroutines.
type events struct {
	mu      sync.Mutex
	encoder *json.Encoder // guarded by mu
}

func (e *events) tell(told event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.encoder.Encode(told); err != nil {
		log.Fatal(err)
	}
}
