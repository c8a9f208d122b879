//go:build linux

package server

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// Channel is what the servers without GraphQL broadcast: one field of one room.
type Channel struct{ RoomID, Field string }

// Feed follows a channel. Its payloads are those of GraphQL's responses, byte for byte.
type Feed struct {
	channel Channel
	watcher *jukebox.Watcher

	mu    sync.Mutex
	state *party.State
}

// Follow starts a feed at the room's present state. The caller closes it.
func (b *Backend) Follow(ctx context.Context, channel Channel) (*Feed, error) {
	if channel.Field != queueField && channel.Field != changesField {
		return nil, errors.New("no such field: " + channel.Field)
	}
	watcher, err := b.Watch(ctx, channel.RoomID)
	if err != nil {
		return nil, err
	}
	state, err := watcher.Next(ctx)
	if err != nil {
		watcher.Close()
		return nil, err
	}
	return &Feed{channel: channel, watcher: watcher, state: state}, nil
}

// Next waits for the next state and returns what has changed in it. A caller that is too slow for every state skips to
// the newest. It must not be called by two goroutines at once.
func (f *Feed) Next(ctx context.Context) ([]byte, error) {
	state, err := f.watcher.Next(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	since := f.state.Version
	f.state = state
	return f.payload(&since), nil
}

// Whole returns what a new subscriber gets: everything, as of the last call of Next.
func (f *Feed) Whole() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.payload(nil)
}

// Close ends the feed, and a call of Next.
func (f *Feed) Close() { f.watcher.Close() }

const queueField, changesField = "roomQueue", "roomQueueChanges"

// payload returns what has changed since a version or, if that is nil, everything. The caller holds the mutex.
func (f *Feed) payload(since *int64) []byte {
	var event any
	if f.channel.Field == queueField {
		event = queueEvent(f.state.RoomQueue())
	} else {
		event = changeEvent(f.state.QueueChange(since))
	}
	payload, err := json.Marshal(map[string]any{"data": map[string]any{f.channel.Field: event}})
	if err != nil {
		panic(err) // plain values can always be encoded
	}
	return payload
}
