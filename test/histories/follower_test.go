package histories_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// queued is an item of the queue as followers select it.
type queued struct {
	ID        string
	LikeCount int
	State     string
	AddedBy   *struct{ DisplayName string }
}

const queuedFields = `id likeCount state addedBy { displayName }`

func (q queued) String() string {
	by := "nobody"
	if q.AddedBy != nil {
		by = q.AddedBy.DisplayName
	}
	return fmt.Sprintf("%s %s by %s, %d likes", q.ID, q.State, by, q.LikeCount)
}

func show(queue []queued) string {
	lines := make([]string, len(queue))
	for i, q := range queue {
		lines[i] = q.String()
	}
	return strings.Join(lines, " | ")
}

// change is a difference between two versions of the queue, as the schema's RoomQueueChange describes it.
type change struct {
	Version  int64
	Reset    bool
	Upserted []queued
	Likes    []struct {
		ItemID    string
		LikeCount int
	}
	RemovedIDs []string `json:"removedIds"`
	Moved      []struct {
		ItemID   string `json:"itemId"`
		Position int
	}
	Order []string
}

// follower keeps a copy of the queue by applying its changes. When its connection ends, it continues at the next
// server.
type follower struct {
	observer // guarded by mu while it follows
	mu       sync.Mutex
	items    map[string]queued
	order    []string
	resumed  int
}

func newFollower(name string) *follower {
	return &follower{observer: observer{name: name, saw: map[int64]string{}}, items: map[string]queued{}}
}

// version is the version that the follower has; 0: none.
func (f *follower) version() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.versions) == 0 {
		return 0
	}
	return f.versions[len(f.versions)-1]
}

// queue returns the songs that, as the follower saw last, wait and may still be liked.
func (f *follower) queue() (items []pooled) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range f.order {
		if q := f.items[id]; q.State == "QUEUED" && q.AddedBy != nil {
			items = append(items, pooled{id, q.AddedBy.DisplayName})
		}
	}
	return items
}

// sawVersion returns what the follower saw at a version.
func (f *follower) sawVersion(version int64) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, ok := f.saw[version]
	return text, ok
}

// follow follows the queue until ctx ends. Each time a connection ends, it goes on to the next server.
func (f *follower) follow(ctx context.Context, w *world, token string, at int) {
	for ; ctx.Err() == nil; at++ {
		_ = f.listen(ctx, w.servers[at%len(w.servers)].line.address, w.room, token) // the connection's end is no failure
		f.resumed++
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// silence is how long a follower waits for a message. The servers send pings more often than that.
const silence = 6 * time.Second

// listen applies changes until the connection ends.
func (f *follower) listen(ctx context.Context, address, room, token string) error {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: silence}
	conn, response, err := dialer.DialContext(ctx, "ws://"+address+"/graphql", nil)
	if err != nil {
		return err
	}
	_ = response.Body.Close() // a handshake's body is in memory already
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := conn.WriteJSON(map[string]any{"type": "connection_init",
		"payload": map[string]string{"authorization": "Bearer " + token}}); err != nil {
		return err
	}
	variables := map[string]any{"r": room}
	if version := f.version(); version > 0 {
		variables["since"] = version
	}
	const query = `subscription($r: ID!, $since: Int) { roomQueueChanges(roomId: $r, since: $since) {
		version reset upserted { ` + queuedFields + ` } likes { itemId likeCount } removedIds moved { itemId position } order
	} }`
	if err := conn.WriteJSON(map[string]any{
		"type": "subscribe", "id": "1", "payload": map[string]any{"variables": variables, "query": query},
	}); err != nil {
		return err
	}
	for {
		if err := f.receive(conn); err != nil {
			return err
		}
	}
}

func (f *follower) receive(conn *websocket.Conn) error {
	var message struct {
		Type    string
		Payload json.RawMessage
	}
	_ = conn.SetReadDeadline(time.Now().Add(silence)) // an error shows when reading
	if err := conn.ReadJSON(&message); err != nil {
		return err
	}
	switch message.Type {
	case "ping":
		return conn.WriteJSON(map[string]string{"type": "pong"})
	case "error", "complete":
		return fmt.Errorf("the subscription ended: %s", message.Payload)
	case "next":
		var payload struct {
			Data *struct{ RoomQueueChanges change }
		}
		if err := json.Unmarshal(message.Payload, &payload); err != nil || payload.Data == nil {
			return fmt.Errorf("no change: %s, %w", message.Payload, err)
		}
		f.apply(payload.Data.RoomQueueChanges)
	}
	return nil
}

// apply applies a change as docs/api.md and packages/client do.
func (f *follower) apply(c change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.Reset {
		f.order, f.items = nil, map[string]queued{}
	}
	for _, id := range c.RemovedIDs {
		delete(f.items, id)
	}
	for _, item := range c.Upserted {
		f.items[item.ID] = item
	}
	for _, liked := range c.Likes {
		item := f.items[liked.ItemID]
		item.LikeCount = liked.LikeCount
		f.items[liked.ItemID] = item
	}
	gone := slices.Clone(c.RemovedIDs)
	for _, m := range c.Moved {
		gone = append(gone, m.ItemID)
	}
	if c.Order != nil {
		f.order = slices.Clone(c.Order)
	} else {
		f.order = slices.DeleteFunc(f.order, func(id string) bool { return slices.Contains(gone, id) })
		for _, m := range c.Moved {
			f.order = slices.Insert(f.order, min(m.Position-1, len(f.order)), m.ItemID)
		}
	}
	queue := make([]queued, 0, len(f.order))
	for _, id := range f.order {
		queue = append(queue, f.items[id])
	}
	if len(f.items) != len(f.order) {
		queue = append(queue, queued{ID: fmt.Sprintf("items without a place: %v", slices.Collect(maps.Keys(f.items)))})
	}
	f.versions = append(f.versions, c.Version)
	f.saw[c.Version] = show(queue)
}
